"""The photos of the same-frame benchmark with their truth, made once and kept as JPEG under ``benchmarks/out``.

Slices: ``heldout`` composites of the held-out world; ``chat`` the same after a chat app; ``labels`` and ``no-waybill``
photos of the held-out waybill generator; ``real`` the development photos; ``real-composed`` real labels with
photographed groceries on real surfaces. Operating points come from elsewhere: see ``same_frame_points``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np

from benchmarks.synth.composites import GOODS, HAND, LABEL, OPENED, SEALED, Composite, compose
from benchmarks.synth.optics import Picture

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "benchmarks" / "out" / "same-frame"
SIZE = (1600, 1200)
FIRST = {"heldout": 250_000, "chat": 350_000, "labels": 12_000, "no-waybill": 12_000, "real-composed": 12_000}
"""The first seed of each slice. Retired, because something was changed after they had been reported: 100,000,
110,000, 120,000, 130,000 and 150,000 to 240,000 of the composites, the same + 100,000 of the chat's, 0 to 11,000 of
the others. The last ten sets are development data now."""
RETIRED = tuple(
    {"heldout": first, "chat": first + 100_000, "no-waybill": other, "real-composed": other}
    for first, other in zip(range(150_000, 250_000, 10_000), range(2_000, 12_000, 1_000), strict=True)
)
SEVEN = RETIRED[:7]
"""The fifth to eleventh sets: the chances' weights are fitted on them, and most points are chosen on them."""
TWELFTH, THIRTEENTH, FOURTEENTH = RETIRED[7:]
"""Sets that have come since. What was changed after them is measured on them, each by itself."""
DAY = 0.5
"""Composites with less light were taken at night, by the renderer's word: nobody calls such a photo plain."""
LABEL_SHARE, GOODS_SHARE, PARCEL_SHARE = 0.003, 0.010, 0.010
"""Of the picture: what is smaller than this but there makes the case marginal, with no plain truth."""
Answer = Literal["yes", "no", "marginal"]
SURFACES = {
    "same_frame/gd_08.jpg": (0.0, 0.66, 1.0, 1.0),
    "same_frame/sf_077.jpg": (0.1, 0.85, 1.0, 1.0),
    "same_frame/sf_078.jpg": (0.0, 0.3, 0.2, 1.0),
    "no_waybill/nw_014.jpg": (0.45, 0.7, 1.0, 1.0),
    "no_waybill/nw_033.png": (0.0, 0.0, 1.0, 1.0),
    "no_waybill/nw_042.png": (0.0, 0.0, 1.0, 1.0),
    "no_waybill/nw_043.png": (0.0, 0.0, 1.0, 1.0),
}
"""Tables and floors of development photos: left, top, right, bottom as fractions."""


@dataclass(frozen=True)
class Case:
    """One photo and what is true of it."""

    id: str
    slice: str
    file: str
    label: Answer
    goods: Answer
    parcel: Answer
    quads: tuple[tuple[tuple[float, float], ...], ...] = ()
    """Label corners as fractions of the picture."""
    label_share: float = 0.0
    """Visible label, of the picture."""
    classes: tuple[str, ...] = ()
    """Kinds of goods."""
    scene: str = ""
    light: float = 1.0
    """Of a day's; below DAY the picture was taken at night."""

    @property
    def path(self) -> Path:
        return Path(self.file) if Path(self.file).is_absolute() else OUT / self.file


def _answer(share: float, least: float) -> Answer:
    return "yes" if share >= least else "no" if share < 1e-5 else "marginal"


def _truth(made: Composite, name: str, part: str) -> Case:
    high, wide = made.kinds.shape
    share = made.share(LABEL)
    covered = 0.0
    for quad in made.label_quads:
        area = np.zeros((high, wide), np.uint8)
        cv2.fillPoly(area, [np.array(quad).round().astype(np.int32)], 1)
        whole = abs(float(cv2.contourArea(np.array(quad, np.float32))))
        covered = max(covered, float((area.astype(bool) & (made.kinds == LABEL)).sum()) / max(whole, 1.0))
    label = _answer(share, LABEL_SHARE)
    if label == "yes" and covered < 0.5:
        label = "marginal"
    goods = _answer(made.share(GOODS), GOODS_SHARE)
    parcel = _answer(made.share(SEALED) + made.share(OPENED), PARCEL_SHARE)
    if parcel == "marginal":
        parcel = "yes" if "carton" in made.scene or "mailer" in made.scene or "opened" in made.scene else "no"
    quads = tuple(tuple((round(x / wide, 5), round(y / high, 5)) for x, y in quad) for quad in made.label_quads)
    hand = "+hand" if made.share(HAND) > 0.01 else ""
    return Case(name, part, f"{part}/{name}.jpg", label, goods, parcel, quads, share, made.goods, made.scene + hand,
                round(made.light, 3))  # fmt: skip


def _write(picture: Picture, to: Path, quality: int, chat: np.random.Generator | None = None) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    if chat is not None:  # a chat app: first the phone's own compression, then small and again
        _, first = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
        picture = np.asarray(cv2.imdecode(first, cv2.IMREAD_COLOR), np.uint8)
        scale = float(chat.uniform(1280, 1600)) / max(picture.shape[:2])
        picture = np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
        quality = int(chat.integers(60, 81))
    cv2.imwrite(str(to), picture, [cv2.IMWRITE_JPEG_QUALITY, quality])


def _whole_world() -> None:
    """Raises FileNotFoundError without the pictures from elsewhere: of drawn things alone it would be another world."""
    from benchmarks.synth import composite_assets as assets

    if not (assets.groceries() and assets.objects(held_out=True) and assets.rooms(held_out=True)):
        raise FileNotFoundError(f"{assets.FOLDER}: fetch it first with python -m benchmarks.synth.composite_assets")


def composites(part: str, count: int, first: dict[str, int] = FIRST) -> Iterator[Case]:
    """Composites of the held-out world: ``heldout`` or ``chat``. Raises FileNotFoundError without its pictures."""
    from benchmarks.synth.composites_heldout import HELD_OUT as PARTS

    for seed in range(first[part], first[part] + count):
        kept = OUT / part / f"{seed}.json"
        if kept.exists():
            yield _case(json.loads(kept.read_text()))
            continue
        _whole_world()
        rng = np.random.default_rng([seed, 41])
        made = compose(rng, PARTS, SIZE if rng.random() < 0.6 else SIZE[::-1])
        case = _truth(made, str(seed), part)
        _write(made.bgr, case.path, made.jpeg_quality, rng if part == "chat" else None)
        kept.write_text(json.dumps(asdict(case)))
        yield case


def _case(kept: dict[str, Any]) -> Case:
    quads = tuple(tuple((float(x), float(y)) for x, y in quad) for quad in kept.pop("quads"))
    return Case(**{**kept, "quads": quads, "classes": tuple(kept["classes"])})


def generator(part: str, count: int, first: dict[str, int] = FIRST) -> Iterator[Case]:
    """Photos of the held-out waybill generator: with labels on parcels, or with printed things and no waybill."""
    from benchmarks.synth.heldout import no_waybill_photo, sample_photo

    for seed in range(first[part], first[part] + count):
        kept = OUT / part / f"{seed}.json"
        if kept.exists():
            yield _case(json.loads(kept.read_text()))
            continue
        shot = sample_photo(seed, (2000, 1500)) if part == "labels" else no_waybill_photo(seed, (2000, 1500))
        high, wide = shot.bgr.shape[:2]
        quads = tuple(tuple((x / wide, y / high) for x, y in label.quad) for label in shot.labels)
        kinds = {thing.kind for thing in shot.things}
        share = sum(abs(float(cv2.contourArea(np.array(q, np.float32)))) for q in quads)
        # A sticker beside the label is named goods by that generator; here it is no plain goods.
        goods: Answer = "yes" if any(t.kind == "goods" and t.name != "sticker" for t in shot.things) else "no"
        if goods == "no" and "goods" in kinds:
            goods = "marginal"
        parcel: Answer = "yes" if "parcel" in kinds else "marginal"
        case = Case(
            str(seed), part, f"{part}/{seed}.jpg", "yes" if quads else "no", goods, parcel, quads, share,
            tuple(t.name for t in shot.things if t.kind == "goods"), shot.scene,
        )  # fmt: skip
        _write(shot.bgr, case.path, shot.jpeg_quality)
        kept.write_text(json.dumps(asdict(case)))
        yield case


def real(folder: Path) -> Iterator[Case]:
    """The development photos of the set same_frame: evaluation only."""
    quads = json.loads((ROOT / "benchmarks" / "truth" / "same_frame_quads.json").read_text())["quads"]
    lines = (folder / "manifest.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines[1:]:
        cells = line.split("\t")
        if cells[0] != "same_frame":
            continue
        truth = json.loads(cells[2])
        own = tuple(tuple((float(x), float(y)) for x, y in quad) for quad in quads.get(cells[1], [])[:1])
        label: Answer = {"yes": "yes", "no": "no", "unreadable": "marginal"}[truth["waybill"]]  # type: ignore[assignment]
        if own and label == "no":
            label = "marginal"  # see the truth file: a label is there, and nobody can read it
        goods: Answer = {"yes": "yes", "no": "no", "ambiguous": "marginal"}[truth["goods"]]  # type: ignore[assignment]
        share = sum(abs(float(cv2.contourArea(np.array(quad, np.float32)))) for quad in own)
        yield Case(
            cells[1], "real", str(folder / cells[1]), label, goods, truth["parcel"], own, share, (cells[8],), "real"
        )


def real_composed(folder: Path, count: int, first: dict[str, int] = FIRST) -> Iterator[Case]:
    """Real labels, cut from development photos, and photographed groceries on surfaces of development photos.

    Raises FileNotFoundError without the photographs.
    """
    from benchmarks.synth import composites as scenes
    from benchmarks.synth import composites_heldout as world
    from benchmarks.synth.composite_assets import groceries
    from benchmarks.synth.composite_parts import Parts, Rng, Sheet, Thing

    quads = json.loads((ROOT / "benchmarks" / "truth" / "same_frame_quads.json").read_text())["quads"]
    labels = []
    for name in (
        "waybill_read/wr_035.JPG",
        "waybill_read/wr_036.JPG",
        "waybill_read/wr_037.JPG",
        "same_frame/sf_077.jpg",
    ):
        photo = cv2.imread(str(folder / name))
        assert photo is not None
        corners = np.array(quads[name][0], np.float32) * np.array(photo.shape[1::-1], np.float32)
        w, h = (int(np.linalg.norm(corners[i + 1] - corners[i])) for i in (0, 1))
        flat = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
        labels.append(
            np.asarray(cv2.warpPerspective(photo, cv2.getPerspectiveTransform(corners, flat), (w, h)), np.uint8)
        )
    grounds = []
    for name, box in SURFACES.items():
        photo = cv2.imread(str(folder / name))
        assert photo is not None
        high, wide = photo.shape[:2]
        part = photo[int(high * box[1]) : int(high * box[3]), int(wide * box[0]) : int(wide * box[2])]
        scale = 700 / max(part.shape[:2])
        grounds.append(np.asarray(cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8))

    def label(rng: Rng) -> Sheet:
        picture = labels[int(rng.integers(len(labels)))]
        return Sheet(picture, (100.0, 100.0 * picture.shape[0] / picture.shape[1]), "label")

    def thing(rng: Rng) -> Thing:
        photos = groceries()
        name, bgra = photos[int(rng.integers(len(photos)))]
        return Thing(f"photo-{name}", bgra, float(rng.uniform(90, 220)), 40.0)

    def ground(rng: Rng) -> Picture:
        return grounds[int(rng.integers(len(grounds)))]

    parts = Parts(label, thing, world._page, ground, lambda _: None, world._board, world._mailer)
    for seed in range(first["real-composed"], first["real-composed"] + count):
        kept = OUT / "real-composed" / f"{seed}.json"
        if kept.exists():
            yield _case(json.loads(kept.read_text()))
            continue
        _whole_world()
        rng = np.random.default_rng([seed, 43])
        name = ("label+goods", "label+goods", "label", "goods", "carton+label+goods", "mailer+label")[seed % 6]
        made = scenes.compose(rng, parts, SIZE if rng.random() < 0.6 else SIZE[::-1], name)
        case = _truth(made, str(seed), "real-composed")
        _write(made.bgr, case.path, made.jpeg_quality)
        kept.write_text(json.dumps(asdict(case)))
        yield case
