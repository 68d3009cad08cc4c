"""Photos of parcels, labels and goods as a phone takes them, with the truth about each.

``photo`` draws one picture; everything that is not given is drawn at random from the seed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import cv2
import numpy as np

from benchmarks.synth import parcels
from benchmarks.synth.canvas import Canvas, Spot, placed, rectangle, upright_box
from benchmarks.synth.goods import BOXES, cutout
from benchmarks.synth.labels import DOTS_PER_MM, RenderedLabel, render_label
from benchmarks.synth.optics import (
    Camera,
    Matrix,
    Picture,
    add_noise,
    blurred,
    light_field,
    lit,
    sharpened,
    through,
)
from benchmarks.synth.slices import Part, draw_options
from benchmarks.synth.sticker import Wear, as_quad, stick
from benchmarks.synth.surfaces import GROUNDS, texture
from benchmarks.synth.truth import LabelTruth, Shot, ThingTruth
from benchmarks.synth.waybills import DOMESTIC

Parcel = Literal["none", "carton", "mailer", "open-carton"]
_MAX_TRIES = 30


def _camera(
    rng: np.random.Generator,
    size: tuple[int, int],
    *,
    label_w_mm: float,
    label_width_px: float,
    turn_deg: float,
    tilt: float,
) -> Camera:
    """The half-size canvas's camera that shows the label's top edge ``label_width_px`` long at full size."""
    heading = rng.uniform(0, 2 * np.pi)
    focal = 0.78 * max(size)
    distance = max(330.0, focal * label_w_mm / label_width_px)
    centre = (size[0] * (0.5 + rng.uniform(-0.1, 0.1)), size[1] * (0.5 + rng.uniform(-0.1, 0.1)))
    camera = Camera(focal, distance, centre, tilt * np.cos(heading), tilt * np.sin(heading))
    edge = through(
        camera.plane(0) @ placed((0, 0, turn_deg)),
        np.array([[-label_w_mm / 2, -label_w_mm * 0.7], [label_w_mm / 2, -label_w_mm * 0.7]]),
    )
    focal *= label_width_px / float(np.linalg.norm(edge[1] - edge[0]))
    return replace(camera, focal_px=focal / 2, centre_px=(centre[0] / 2, centre[1] / 2))


class _Scene:
    """One picture being composed on its half-size canvas."""

    def __init__(self, rng: np.random.Generator, size: tuple[int, int], camera: Camera, table_mm: float) -> None:
        self.rng = rng
        half = (-(-size[0] // 2), -(-size[1] // 2))
        blank = np.zeros((half[1], half[0], 3), np.uint8)
        self.canvas = Canvas(blank, camera, table_mm, float(rng.uniform(0, 360)), np.zeros(blank.shape[:2], np.uint8))
        self.things: list[ThingTruth] = []
        self.codes: list[str] = []
        self.taken = np.zeros((half[1] // 8, half[0] // 8), np.float32)
        """How much it matters that a place stays free, in eighths of canvas pixels."""

    def occupy(self, quad: Matrix, weight: float) -> None:
        area = np.zeros_like(self.taken)
        cv2.fillPoly(area, [(quad / 8).round().astype(np.int32)], weight)
        np.maximum(self.taken, area, out=self.taken)

    def add(
        self,
        kind: Literal["goods", "parcel", "hand", "screen", "page", "clutter"],
        name: str,
        quad: Matrix,
        sealed: bool | None = None,
    ) -> None:
        self.things.append(ThingTruth(kind, name, as_quad(quad * 2), sealed))

    def free_spot(self, radius_mm: float, z_mm: float) -> tuple[float, float]:
        """Where a thing of a radius covers nothing important and is well in the picture."""
        h, w = self.taken.shape
        back = np.linalg.inv(self.canvas.camera.plane(z_mm))
        best, best_cost = (0.0, 0.0), 1e9
        r = max(2.0, radius_mm * self.canvas.camera.focal_px / self.canvas.camera.distance_mm / 8)
        for _ in range(_MAX_TRIES):
            x, y = self.rng.uniform(0.08, 0.92) * w, self.rng.uniform(0.08, 0.92) * h
            x0, x1, y0, y1 = int(x - r), int(x + r) + 1, int(y - r), int(y + r) + 1
            seen = self.taken[max(0, y0) : y1, max(0, x0) : x1]
            outside = 1 - seen.size / ((x1 - x0) * (y1 - y0))
            cost = float(seen.mean()) + 0.8 * outside
            if cost < best_cost:
                spot = through(back, np.array([[x * 8, y * 8]]))[0]
                best, best_cost = (float(spot[0]), float(spot[1])), cost
        return best

    def goods(self, name: str, z_mm: float, fit_mm: float) -> None:
        """Puts one piece of goods on a plane, no larger than ``fit_mm`` across."""
        rng = self.rng
        turn = float(rng.uniform(0, 360))
        if name in BOXES:
            sizes = {
                "product-box": (170.0, 120.0, 60.0),
                "book": (145.0, 205.0, 18.0),
                "toy-block": (45.0, 45.0, 45.0),
            }
            w, d, h = (v * rng.uniform(0.85, 1.15) for v in sizes[name])
            shrink = min(1.0, fit_mm / max(w, d))
            box = (w * shrink, d * shrink, h * shrink)
            x, y = self.free_spot(max(box[:2]) * 0.62, z_mm)
            faces, found = parcels.product_faces(rng, "book" if name == "book" else "product-box", box)
            quad = self.canvas.box(box, (x, y, turn), z_mm, faces, lit_deg=self.canvas.sun_deg + 180)
            self.codes += found
        else:
            thing = cutout(rng, name)
            thing = replace(thing, side_mm=min(thing.side_mm, fit_mm))
            x, y = self.free_spot(thing.side_mm * 0.5, z_mm)
            quad = self.canvas.stand(thing, (x, y, turn), z_mm)
        self.occupy(upright_box(quad), 0.8)
        self.add("goods", name, quad)

    def hand(self, target_mm: tuple[float, float], z_mm: float) -> None:
        """A hand that reaches in from the nearest edge, fingertips near a spot."""
        back = np.linalg.inv(self.canvas.camera.plane(z_mm))
        h, w = self.canvas.bgr.shape[:2]
        middle = through(back, np.array([[w / 2, h / 2]]))[0]
        away = np.array(target_mm) - middle
        turn = float(np.degrees(np.arctan2(-away[0], away[1]))) + float(self.rng.normal(0, 15))
        picture, alpha, size_mm, tip_mm = parcels.hand(self.rng)
        tip = through(placed((0, 0, turn)), np.array([[0.0, tip_mm]]))[0]
        spot = (float(target_mm[0] - tip[0]), float(target_mm[1] - tip[1]), turn)
        self.canvas.cast(through(placed(spot), rectangle(size_mm[0] * 0.34, size_mm[1] * 0.9)), z_mm - 4, 20, 0.35)
        corners = self.canvas.lay_flat(picture, alpha, size_mm, spot, z_mm + 6, front=True)
        height, width = self.canvas.bgr.shape[:2]
        quad = upright_box(np.clip(corners, 0, (width - 1, height - 1)))
        self.add("hand", "hand", quad)


def _wear(rng: np.random.Generator, given: dict[str, float | bool | None], scale: float) -> Wear:
    known = {k: v for k, v in given.items() if v is not None}
    base: dict[str, float | bool] = {
        "blur_px": float(rng.uniform(0.4, 0.9)),
        "sharpening": float(rng.uniform(0, 0.6)),
        "scale": scale,
    }
    return Wear(**{**base, **known})  # type: ignore[arg-type]


def _parcel(
    scene: _Scene,
    rng: np.random.Generator,
    kind: Parcel,
    label: RenderedLabel,
    *,
    turn_deg: float,
    height_mm: float,
    second: bool,
) -> None:
    """Draws what the label sits on, roughly in line with it."""
    lw, lh = label.size_mm
    spread = 2.3 if second else 1.0
    turn = turn_deg + float(rng.normal(0, 5))
    if kind == "carton":
        box = (max(lw * spread + 40, rng.uniform(190, 330)), max(lh + 30, rng.uniform(170, 300)), height_mm)
        shift = through(
            placed((0, 0, turn)),
            np.array([[(box[0] - lw * spread) * rng.uniform(-0.3, 0.3), (box[1] - lh) * rng.uniform(-0.3, 0.3)]]),
        )[0]
        if second:
            shift += through(placed((0, 0, turn)), np.array([[lw * 0.55, 0.0]]))[0]
        spot: Spot = (float(shift[0]), float(shift[1]), turn)
        quad = scene.canvas.box(
            box, spot, -height_mm, parcels.carton_faces(rng, box), lit_deg=scene.canvas.sun_deg + 180
        )
        scene.occupy(quad, 0.35)
        scene.add("parcel", "carton", quad, True)
    elif kind == "mailer":
        w, h = max(lw * spread + 30, rng.uniform(200, 320)), max(lh + 40, rng.uniform(240, 380))
        picture, alpha = parcels.mailer(rng, w, h)
        at = through(placed((0, 0, turn)), np.array([[lw * 0.55 if second else 0.0, rng.uniform(-10, 20)]]))[0]
        spot = (float(at[0]), float(at[1]), turn)
        foot = through(placed(spot), rectangle(w * 0.97, h * 0.97))
        scene.canvas.cast(foot, scene.canvas.table_mm, height_mm, 0.5)
        quad = scene.canvas.lay_flat(picture, alpha, (w, h), spot, -2.0)
        scene.occupy(quad, 0.35)
        scene.add("parcel", "mailer", quad, True)
    elif kind == "open-carton":
        size = (float(rng.uniform(200, 280)), float(rng.uniform(160, 220)), height_mm)
        # The label sits on the flap below it: the opening lies above the label's top edge.
        gap = (lh + size[1]) / 2 + 6
        at = through(placed((0, 0, turn_deg)), np.array([[0.0, -gap]]))[0]
        spot = (float(at[0]), float(at[1]), turn_deg)
        parcels.draw_open_carton(scene.canvas, rng, size, spot, 0.0)
        quad = through(scene.canvas.camera.plane(0) @ placed(spot), rectangle(size[0], size[1]))
        scene.add("parcel", "carton", quad, False)


def _clutter(scene: _Scene, rng: np.random.Generator) -> None:
    """A tablet with a tracking page or a stray sheet of paper."""
    if rng.random() < 0.4:
        x, y = scene.free_spot(120, scene.canvas.table_mm)
        turn = float(rng.uniform(0, 360))
        scene.canvas.cast(through(placed((x, y, turn)), rectangle(130, 200)), scene.canvas.table_mm, 8)
        quad = scene.canvas.lay_flat(
            parcels.tabletop_screen(rng), None, (130, 198), (x, y, turn), scene.canvas.table_mm + 6
        )
        scene.add("screen", "tablet", quad)
    else:
        x, y = scene.free_spot(120, scene.canvas.table_mm)
        turn = float(rng.uniform(0, 360))
        sheet = texture("newspaper", int(rng.integers(3)))[:900, :640]
        scene.canvas.cast(through(placed((x, y, turn)), rectangle(148, 210)), scene.canvas.table_mm, 2, 0.35)
        quad = scene.canvas.lay_flat(sheet, None, (148, 210), (x, y, turn), scene.canvas.table_mm + 0.5)
        scene.add("page", "printed-page", quad)


def photo(
    seed: int,
    *,
    size: tuple[int, int] = (4000, 3000),
    carriers: Sequence[str] | None = None,
    numbers: Sequence[str | None] = (),
    n_labels: int = 1,
    label_size_mm: tuple[float, float] | None = None,
    label_width_px: float = 1000.0,
    module_dots: int | None = None,
    turn_deg: float = 0.0,
    tilt_deg: float | None = None,
    parcel: Parcel = "carton",
    goods: Sequence[str] = (),
    ground: str | None = None,
    clutter: bool = False,
    hand: bool = False,
    hand_on_label: bool = False,
    blur_px: float | None = None,
    motion_px: float | None = None,
    motion_deg: float = 0.0,
    glare: float | None = None,
    wrinkle: float | None = None,
    faded: float | None = None,
    scratched_barcode: bool = False,
    covered_digits: bool = False,
    noise: float | None = None,
    chat_long_edge: int | None = None,
) -> Shot:
    """One photo. ``size`` is (width, height); ``label_width_px`` is the first label's top edge before any shrinking.

    ``n_labels`` may be 0 (goods or parcel alone). ``chat_long_edge`` shrinks and recompresses like a chat app.
    """
    rng = np.random.default_rng(seed)
    scale = min(1.0, chat_long_edge / max(size)) if chat_long_edge else 1.0
    names = [str(c) for c in carriers or rng.choice(DOMESTIC, max(1, n_labels), replace=False)]
    picked = list(numbers) + [None] * max(1, n_labels)
    labels = [
        render_label(rng, names[i % len(names)], picked[i], size_mm=label_size_mm, module_dots=module_dots)
        for i in range(max(1, n_labels))
    ]
    tilt = float(np.radians(rng.uniform(0, 24) if tilt_deg is None else tilt_deg))
    camera = _camera(
        rng, size, label_w_mm=labels[0].size_mm[0], label_width_px=label_width_px, turn_deg=turn_deg, tilt=tilt
    )
    height_mm = {
        "none": 0.0,
        "mailer": float(rng.uniform(12, 30)),
        "carton": float(rng.uniform(60, 150)),
        "open-carton": float(rng.uniform(70, 130)),
    }[parcel]
    scene = _Scene(rng, size, camera, -height_mm)
    canvas = scene.canvas
    kind = ground or str(rng.choice(GROUNDS))
    canvas.fill_ground(
        kind,
        int(rng.integers(3)),
        float(rng.uniform(260, 520)),
        float(rng.choice([0, 90]) + rng.normal(0, 12)),
    )
    spots = _label_spots(rng, labels, turn_deg)
    label_quads = [
        through(camera.plane(0) @ placed(s), rectangle(*lab.size_mm))
        for s, lab in zip(spots, labels, strict=False)
        if n_labels
    ]
    for quad in label_quads:
        scene.occupy(quad, 3.0)
    if clutter:
        _clutter(scene, rng)
    if parcel != "none":
        _parcel(scene, rng, parcel, labels[0], turn_deg=turn_deg, height_mm=height_mm, second=n_labels > 1)
    span_mm = min(size) / (2 * camera.focal_px / camera.distance_mm)
    for name in goods:
        # Beside the parcel when there is room, else on it: a close-up shows little of the table.
        on_parcel = parcel in ("carton", "mailer") and (_filled(scene) or rng.random() < 0.25)
        scene.goods(name, 0.0 if on_parcel or parcel == "none" else -height_mm, span_mm * 0.62)
    for quad in label_quads:
        canvas.shadow(quad, 0.3, 3.0)
    if hand or hand_on_label:
        scene.hand(_grip(rng, labels[0], spots[0], hand_on_label), 6.0)
    worn = {
        "blur_px": blur_px,
        "motion_px": motion_px,
        "motion_deg": motion_deg,
        "glare": glare,
        "wrinkle": wrinkle,
        "faded": faded,
        "scratched_barcode": scratched_barcode,
        "covered_digits": covered_digits,
    }
    if parcel == "mailer" and wrinkle is None:
        worn["wrinkle"] = float(rng.uniform(0.1, 0.3))
    wear = _wear(rng, worn, scale)
    light = light_field(rng, (canvas.bgr.shape[1], canvas.bgr.shape[0]))
    picture = _developed(canvas, light, wear, size)
    truths: list[LabelTruth] = []
    for i in range(min(n_labels, len(spots))):
        to_photo = _onto_photo(labels[i], spots[i], camera)
        truth = stick(picture, labels[i], to_photo, wear, rng, light=light, front=canvas.front)
        if truth is not None:
            truths.append(truth)
            scene.codes += labels[i].other_codes
    add_noise(picture, float(rng.choice([1.0, 1.5, 2.5, 4.0])) if noise is None else noise, rng)
    quality = int(rng.integers(60, 93))
    things = scene.things
    if scale < 1:
        picture, quality = _through_chat(picture, scale, int(rng.integers(70, 93)), rng)
        things = [replace(t, quad=as_quad(np.array(t.quad) * scale)) for t in things]
    what = f"{parcel}, {n_labels} label{'s' * (n_labels != 1)}, {'+'.join(goods) or 'no goods'} on {kind}"
    return Shot(picture, tuple(truths), tuple(things), tuple(scene.codes), what, seed, quality)


def _label_spots(rng: np.random.Generator, labels: Sequence[RenderedLabel], turn_deg: float) -> list[Spot]:
    """The first label in the middle, a second one beside it."""
    spots: list[Spot] = [(0.0, 0.0, turn_deg)]
    if len(labels) > 1:
        aside = labels[0].size_mm[0] / 2 + labels[1].size_mm[0] / 2 + rng.uniform(4, 14)
        at = through(placed((0, 0, turn_deg)), np.array([[aside, rng.uniform(-15, 15)]]))[0]
        spots.append((float(at[0]), float(at[1]), turn_deg + float(rng.normal(0, 6))))
    return spots


def _grip(rng: np.random.Generator, label: RenderedLabel, spot: Spot, on_label: bool) -> tuple[float, float]:
    """Where fingertips rest: beside the label, or on its edge."""
    width, height = label.size_mm
    reach = (-0.4 if rng.random() < 0.5 else 0.4) if on_label else 0.66
    at = through(placed(spot), np.array([[width * reach, height * rng.uniform(0.1, 0.42)]]))[0]
    return float(at[0]), float(at[1])


def _filled(scene: _Scene) -> bool:
    """Whether parcel and labels fill most of the picture."""
    return bool((scene.taken > 0).mean() > 0.62)


def _developed(canvas: Canvas, light: Picture, wear: Wear, size: tuple[int, int]) -> Picture:
    """The canvas under its light, blurred, sharpened and enlarged to the photo's size."""
    half = blurred(lit(canvas.bgr, light), wear.blur_px / 2, wear.motion_px / 2, wear.motion_deg)
    if wear.sharpening:
        half = sharpened(half, wear.sharpening)
    canvas.front = blurred(canvas.front, wear.blur_px / 2, wear.motion_px / 2, wear.motion_deg)
    big = cv2.resize(half, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(big[: size[1], : size[0]])


def _onto_photo(label: RenderedLabel, spot: Spot, camera: Camera) -> Matrix:
    """(3, 3): label pixels to photo pixels."""
    w, h = label.size_mm
    to_mm = np.array([[1 / DOTS_PER_MM, 0, -w / 2], [0, 1 / DOTS_PER_MM, -h / 2], [0, 0, 1]])
    return np.asarray(np.diag([2.0, 2.0, 1.0]) @ camera.plane(0) @ placed(spot) @ to_mm)


def _through_chat(picture: Picture, scale: float, first_quality: int, rng: np.random.Generator) -> tuple[Picture, int]:
    """Shrinks and compresses once; returns the picture and the quality of the second compression."""
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    _, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, first_quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8), int(rng.integers(60, 81))


def sample_photo(seed: int, part: Part = "waybill") -> Shot:
    """One photo of a benchmark slice; the shares of everything stand in ``slices``."""
    return photo(seed, **draw_options(seed, part))
