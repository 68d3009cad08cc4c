"""Whole photos: a scene is drawn up from the seed, photographed, and its truth written down."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator

from ..truth import LabelTruth, Quad, Shot, ThingTruth
from . import damage, legible, pages, surfaces
from .camera import Bgr, Optics, Plane, aim, expose, outline, paste, scale_at
from .conditions import Light, draw_light, draw_optics, finish
from .labels import print_label
from .numbers import DOMESTIC, INTERNATIONAL, Waybill
from .placing import apart, draw_turn, moved_origin, place, reach
from .sheet import Sheet

HARMS = {
    "none": 0.35,
    "blur": 0.15,
    "motion": 0.10,
    "glare": 0.10,
    "scratched": 0.10,
    "covered": 0.10,
    "worn": 0.10,
}
"""Share of photos with each harm; one harm a photo, on all its labels."""
TWO_LABELS = 0.12
FOREIGN = 0.12
"""Share of labels from international carriers."""
MESSENGER = (0.2, 0.2, 0.05)
"""Share of photos made small by a chat app, per slice: the smallest labels hardly survive it."""
STICKER_BESIDE = 0.25
SLICES = ((1400.0, 2000.0), (800.0, 1050.0), (540.0, 680.0))
"""Label widths in pixels, before a chat app; the slice is the seed modulo 3."""
PARCELS = ("mailer", "carton", "envelope", "mailer", "carton")


def _share(rng: Generator, shares: dict[str, float]) -> str:
    names = list(shares)
    return names[int(rng.choice(len(names), p=np.array(list(shares.values())) / sum(shares.values())))]


def _quad(corners: np.ndarray, shrink: float) -> Quad:
    c = [(float(x) * shrink, float(y) * shrink) for x, y in corners]
    return (c[0], c[1], c[2], c[3])


def _bill(rng: Generator, avoid: str = "") -> Waybill:
    table = INTERNATIONAL if rng.random() < FOREIGN else DOMESTIC
    names = [name for name in table if name != avoid]
    return table[names[int(rng.integers(len(names)))]](rng)


def _wear(rng: Generator, sheet: Sheet, harm: str, on: str) -> damage.Wear:
    wear = damage.no_wear(sheet)
    if on == "mailer":
        damage.bend(rng, wear, float(rng.uniform(0.5, 3.0)))
        damage.crease(rng, wear, int(rng.integers(1, 5)), 0.35)
    elif rng.random() < 0.4:
        damage.crease(rng, wear, int(rng.integers(1, 3)), 0.25)
    if harm == "glare":
        damage.film_glare(rng, wear, sheet.marks)
    elif harm == "scratched":
        damage.scratch(rng, wear, sheet.marks)
    elif harm == "covered":
        damage.cover_digits(rng, wear, sheet.marks)
    elif harm == "worn":
        if rng.random() < 0.5:
            damage.fade(rng, wear, float(rng.uniform(0.35, 0.95)))
        else:
            damage.crease(rng, wear, int(rng.integers(6, 14)), float(rng.uniform(0.7, 1.4)))
    elif harm == "none" and rng.random() < 0.12:
        # A thumb that holds the parcel at the label's corner hides nothing that matters.
        tip = (sheet.width * float(rng.uniform(0.9, 0.98)), sheet.height * float(rng.uniform(0.93, 0.98)))
        damage.finger(rng, wear, tip, float(rng.uniform(20, 70)), float(rng.uniform(6, 8)))
    return wear


def _paste_sheet(canvas: Bgr, sheet: Sheet, wear: damage.Wear, plane: Plane, optics: Optics) -> None:
    mm = (sheet.width, sheet.height)
    per_mm = scale_at(plane, sheet.width / 2, sheet.height / 2)
    # Large labels are sampled from the printer's dots doubled, small ones from an area average.
    per_mm = min(2.0 * sheet.dots, per_mm * 1.05) if per_mm <= sheet.dots else 2.0 * sheet.dots
    print_, tint = damage.worn_print(sheet, wear, per_mm)
    paste(canvas, print_, per_mm=per_mm, tint=tint, size_mm=mm, plane=plane, relief=wear.relief, optics=optics)


def _enlarge(quarter: Bgr, size: tuple[int, int], optics: Optics) -> Bgr:
    soft = optics.radius / surfaces.QUARTER
    if soft > 0.6:
        quarter = np.asarray(cv2.GaussianBlur(quarter, (0, 0), soft / 2 + 0.3), dtype=np.uint8)
    return np.asarray(cv2.resize(quarter, size, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)


def sample_photo(seed: int, size: tuple[int, int] = (4000, 3000)) -> Shot:
    """The photo of ``seed`` with one or two waybill labels; ``size`` is (long, short) edge in pixels.

    The picture comes without JPEG loss: encode it once at ``jpeg_quality``.
    """
    rng = np.random.default_rng([seed, 60413])
    span = SLICES[seed % len(SLICES)]
    k = max(size) / 4000
    span = (span[0] * k, span[1] * k)
    frame = (size[1], size[0]) if rng.random() < 0.6 else size
    harm = _share(rng, HARMS)
    two = bool(rng.random() < TWO_LABELS)
    _, quarter = surfaces.ground(rng, frame)
    light = draw_light(rng, frame)
    planned: list[tuple[Waybill, Sheet, Plane, str]] = []
    for i in range(2 if two else 1):
        bill = _bill(rng, planned[0][0].carrier if planned else "")
        sheet = print_label(rng, bill)
        mm = (sheet.width, sheet.height)
        taken = [(p, (s.width, s.height)) for _, s, p, _ in planned]
        plane = place(rng, mm, span, frame, taken)
        if plane is None and i == 1:
            plane = place(rng, mm, (SLICES[2][0] * k, SLICES[2][1] * k), frame, taken)
        if plane is None and i == 0:
            frame = (frame[1], frame[0])
            _, quarter = surfaces.ground(rng, frame)
            light = draw_light(rng, frame)
            plane = place(rng, mm, span, frame, taken) or aim(
                mm,
                span[0],
                turn_deg=0,
                tilt_deg=0,
                axis_deg=0,
                centre=(frame[0] / 2, frame[1] / 2),
                long_edge=max(frame),
            )
        if plane is not None:
            planned.append((bill, sheet, plane, str(rng.choice(PARCELS))))
    things: list[ThingTruth] = []
    bodies = [_under(rng, quarter, sheet, plane, kind) for _, sheet, plane, kind in planned]
    module = min(
        mark.fine_mm * scale_at(plane, sheet.width / 2, sheet.height / 2)
        for _, sheet, plane, _ in planned
        for mark in sheet.marks
        if mark.bars
    )
    optics = draw_optics(rng, harm, module)
    if rng.random() < 0.3:
        things.extend(_fruit(rng, quarter, frame, [(p, (s.width, s.height)) for _, s, p, _ in planned]))
    canvas = _enlarge(quarter, frame, optics)
    others: list[str] = []
    worn: list[damage.Wear] = []
    for _, sheet, plane, kind in planned:
        wear = _wear(rng, sheet, harm, kind)
        _paste_sheet(canvas, sheet, wear, plane, optics)
        worn.append(wear)
        others.extend(sheet.others)
    if rng.random() < STICKER_BESIDE:
        things.extend(_beside(rng, canvas, frame, optics, others, planned=planned))
    picture, shrink, quality, suffix = finish(rng, canvas, light, MESSENGER[seed % len(SLICES)])
    labels = [
        _truth(bill, sheet, plane, wear, optics=optics, shrink=shrink, light=light)
        for (bill, sheet, plane, _), wear in zip(planned, worn, strict=True)
    ]
    parcels = [
        ThingTruth("parcel", kind, _quad(corners, shrink), True)
        for corners, (_, _, _, kind) in zip(bodies, planned, strict=True)
    ]
    rest = [ThingTruth(t.kind, t.name, _quad(np.array(t.quad), shrink), t.sealed) for t in things]
    return Shot(picture, tuple(labels), tuple(parcels + rest), tuple(others), planned[0][3] + suffix, seed, quality)


def label_scene(seed: int, size: tuple[int, int], top_px: tuple[float, float]) -> tuple[Bgr, Waybill, np.ndarray]:
    """What a film camera is moved over: one parcel with a large, mostly unharmed label, lit, without noise or blur.

    Returns the picture of ``size`` (width, height), what the label says, and its (4, 2) corners in pixels; its top
    edge is within ``top_px``.
    """
    rng = np.random.default_rng([seed, 60414])
    bill = _bill(rng)
    sheet = print_label(rng, bill)
    mm = (sheet.width, sheet.height)
    _, quarter = surfaces.ground(rng, size)
    plane = place(rng, mm, top_px, size, [])
    if plane is None:
        middle = (size[0] / 2, size[1] / 2)
        plane = aim(mm, top_px[0], turn_deg=0, tilt_deg=0, axis_deg=0, centre=middle, long_edge=max(size))
    kind = str(rng.choice(PARCELS))
    _under(rng, quarter, sheet, plane, kind)
    optics = Optics(0.5)
    canvas = _enlarge(quarter, size, optics)
    wear = _wear(rng, sheet, _share(rng, {"clean": 0.7, "glare": 0.1, "scratched": 0.1, "worn": 0.1}), kind)
    _paste_sheet(canvas, sheet, wear, plane, optics)
    light = draw_light(rng, size)
    return expose(canvas, light.field, light.halo), bill, outline(plane, mm)


def _under(rng: Generator, quarter: Bgr, sheet: Sheet, plane: Plane, kind: str) -> np.ndarray:
    """Draw the parcel a label sticks on; returns its (4, 2) outline in pixels."""
    extra = {"mailer": (60, 120), "carton": (30, 140), "envelope": (20, 90)}[kind]
    left, right, above, below = rng.uniform(8, extra[0], 4) + rng.uniform(0, extra[1] - extra[0], 4) * 0.5
    mm = (sheet.width + left + right, sheet.height + above + below)
    body = moved_origin(plane, (-left, -above))
    surfaces.parcel(rng, quarter, body, mm, kind)
    return outline(body, mm)


def _fruit(
    rng: Generator, quarter: Bgr, frame: tuple[int, int], taken: list[tuple[Plane, tuple[float, float]]]
) -> list[ThingTruth]:
    found: list[ThingTruth] = []
    for _ in range(int(rng.integers(1, 4))):
        radius = max(frame) * float(rng.uniform(0.04, 0.08))
        x, y = float(rng.uniform(radius, frame[0] - radius)), float(rng.uniform(radius, frame[1] - radius))
        box = np.array(
            [
                [x - radius, y - radius],
                [x + radius, y - radius],
                [x + radius, y + radius],
                [x - radius, y + radius],
            ]
        )
        square = np.array([[2 * radius, 0, x - radius], [0, 2 * radius, y - radius], [0, 0, 1]])
        if all(apart(square, (1, 1), plane, mm) for plane, mm in taken):
            name = surfaces.fruit(rng, quarter, (x, y), radius)
            found.append(ThingTruth("goods", name, _quad(box, 1.0)))
            taken = [*taken, (square, (1, 1))]
    return found


def _beside(
    rng: Generator,
    canvas: Bgr,
    frame: tuple[int, int],
    optics: Optics,
    others: list[str],
    *,
    planned: list[tuple[Waybill, Sheet, Plane, str]],
) -> list[ThingTruth]:
    """A goods sticker near the first label, where there is room for it."""
    _, label, plane, _ = planned[0]
    kind, sheet = pages.goods_sticker(rng)
    mm = (sheet.width, sheet.height)
    scale = scale_at(plane, label.width / 2, label.height / 2)
    for _ in range(12):
        centre = (float(rng.uniform(0.1, 0.9)) * frame[0], float(rng.uniform(0.1, 0.9)) * frame[1])
        spot = aim(
            mm,
            scale * mm[0],
            turn_deg=draw_turn(rng),
            tilt_deg=float(rng.uniform(0, 20)),
            axis_deg=0,
            centre=centre,
            long_edge=max(frame),
        )
        low_x, low_y, high_x, high_y = reach(spot, mm)
        inside = low_x > 5 and low_y > 5 and high_x < frame[0] - 5 and high_y < frame[1] - 5
        if inside and all(apart(spot, mm, p, (s.width, s.height)) for _, s, p, _ in planned):
            _paste_sheet(canvas, sheet, damage.no_wear(sheet), spot, optics)
            others.extend(sheet.others)
            return [ThingTruth(kind, "sticker", _quad(outline(spot, mm), 1.0))]
    return []


def _truth(
    bill: Waybill,
    sheet: Sheet,
    plane: Plane,
    wear: damage.Wear,
    *,
    optics: Optics,
    shrink: float,
    light: Light,
) -> LabelTruth:
    corners = outline(plane, (sheet.width, sheet.height))
    top = corners[1] - corners[0]
    main = next(mark for mark in sheet.marks if mark.bars)
    middle = ((main.box[0] + main.box[2]) / 2, (main.box[1] + main.box[3]) / 2)
    darkest = float(light.field.mean(axis=2).min())
    view = legible.Viewing(plane, optics, shrink, 200 * min(darkest, 1.0), light.noise)
    bars, digits, readable = legible.judge(wear.hidden, wear.loss, sheet.marks, view)
    return LabelTruth(
        carrier=bill.carrier,
        number=bill.number,
        barcode_text=bill.barcode_text,
        quad=_quad(corners, shrink),
        width_px=float(np.hypot(*top)) * shrink,
        module_px=main.fine_mm * scale_at(plane, *middle, sideways=main.sideways) * shrink,
        turn_deg=float(np.rad2deg(np.arctan2(top[1], top[0])) % 360),
        blur_px=optics.radius / 2 * shrink,
        motion_px=optics.shake * shrink,
        glare=wear.glare,
        wrinkled=wear.wrinkled,
        faded=wear.faded,
        barcode_intact=bars,
        digits_intact=digits,
        legible=readable,
    )


def no_waybill_photo(seed: int, size: tuple[int, int] = (4000, 3000)) -> Shot:
    """A photo of the same world with one to three printed things and no waybill label."""
    rng = np.random.default_rng([seed, 77291])
    frame = (size[1], size[0]) if rng.random() < 0.6 else size
    _, quarter = surfaces.ground(rng, frame)
    light = draw_light(rng, frame)
    optics = draw_optics(rng, "blur" if rng.random() < 0.12 else "none", 4.0)
    names = [str(name) for name in rng.choice(list(pages.PAGES), int(rng.integers(1, 4)), replace=False)]
    planned: list[tuple[str, pages.Kind, Sheet, Plane]] = []
    for name in names:
        kind, sheet = pages.PAGES[name](rng)
        mm = (sheet.width, sheet.height)
        # The page fills a third to two thirds of the frame; small stickers come close to the lens.
        top = float(rng.uniform(0.25, 0.62)) * min(frame) * (1 if sheet.width > 60 else 0.7)
        plane = place(rng, mm, (top * 0.7, top), frame, [(p, (s.width, s.height)) for _, _, s, p in planned])
        if plane is not None:
            planned.append((name, kind, sheet, plane))
    things = [ThingTruth(kind, name, _quad(outline(p, (s.width, s.height)), 1.0)) for name, kind, s, p in planned]
    for _, kind, sheet, plane in planned:
        if kind == "goods" and sheet.width < 100:
            _under(rng, quarter, sheet, plane, "carton")
    if rng.random() < 0.3:
        things.extend(_fruit(rng, quarter, frame, [(p, (s.width, s.height)) for _, _, s, p in planned]))
    canvas = _enlarge(quarter, frame, optics)
    others: list[str] = []
    for _, _, sheet, plane in planned:
        wear = damage.no_wear(sheet)
        if rng.random() < 0.4:
            damage.bend(rng, wear, float(rng.uniform(0.3, 2.0)))
        _paste_sheet(canvas, sheet, wear, plane, optics)
        others.extend(sheet.others)
    picture, shrink, quality, suffix = finish(rng, canvas, light, MESSENGER[0])
    seen = tuple(ThingTruth(t.kind, t.name, _quad(np.array(t.quad), shrink), t.sealed) for t in things)
    return Shot(picture, (), seen, tuple(others), "no waybill" + suffix, seed, quality)
