"""One table being laid for a composite: grounds, printed sheets, goods, hands, cartons and mailers, kind by kind."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import cv2
import numpy as np

from benchmarks.synth import parcels
from benchmarks.synth.canvas import Canvas, Spot, placed, rectangle
from benchmarks.synth.composite_parts import Parts, Rng, Sheet, Thing
from benchmarks.synth.cutouts import Cutout
from benchmarks.synth.optics import Camera, Matrix, Picture, through

KINDS = ("background", "label", "sealed", "opened", "goods", "hand", "page")
"""Values of the kind map."""
BACKGROUND, LABEL, SEALED, OPENED, GOODS, HAND, PAGE = range(7)


class _Table(Canvas):
    """A canvas that also keeps which kind of thing is seen at each pixel."""

    kind: int = BACKGROUND
    kinds: Picture

    def blend(self, picture: Picture, alpha: Picture, left: int, top: int) -> None:
        super().blend(picture, alpha, left, top)
        high, wide = alpha.shape
        area = self.kinds[top : top + high, left : left + wide]
        area[alpha > 127] = self.kind

    def lay(
        self, picture: Picture, alpha: Picture | None, to_canvas: Matrix, *, light: float = 1.0, front: bool = False
    ) -> Matrix:
        """As a plain canvas, but shrinks large pictures first: a warp does not average."""
        high, wide = picture.shape[:2]
        corners = through(to_canvas, np.array([[0, 0], [wide, 0], [wide, high], [0, high]], float))
        longest = max(
            float(np.linalg.norm(corners[1] - corners[0])) / wide, float(np.linalg.norm(corners[2] - corners[1])) / high
        )
        if longest < 0.7 and min(high, wide) * longest > 2:
            size = (max(2, round(wide * longest * 1.1)), max(2, round(high * longest * 1.1)))
            picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
            if alpha is not None:
                alpha = np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), np.uint8)
            to_canvas = to_canvas @ np.diag([wide / size[0], high / size[1], 1.0])
        return super().lay(picture, alpha, to_canvas, light=light, front=front)


def _camera(rng: Rng, size: tuple[int, int], span_mm: float) -> Camera:
    """A hand-held camera that sees ``span_mm`` of the table along its longer edge."""
    focal = 0.8 * max(size)
    slant = rng.uniform(38, 60) if rng.random() < 0.3 else min(48.0, abs(rng.normal(0, 18)))
    # A slanting camera is mostly held upright: what is far is at the top.
    heading = float(rng.normal(np.pi if slant > 36 else 0, 0.25)) if rng.random() < 0.6 else rng.uniform(0, 2 * np.pi)
    tilt = np.radians(slant)
    centre = (size[0] * (0.5 + rng.uniform(-0.05, 0.05)), size[1] * (0.5 + rng.uniform(-0.05, 0.05)))
    return Camera(focal, span_mm * 0.8, centre, float(tilt * np.cos(heading)), float(tilt * np.sin(heading)))


@lru_cache(maxsize=40)
def _hand(variant: int) -> tuple[Picture, Picture, tuple[float, float], float]:
    return parcels.hand(np.random.default_rng([variant, 77]))


class Scene:
    def __init__(self, rng: Rng, parts: Parts, size: tuple[int, int]) -> None:
        self.rng, self.parts, self.size = rng, parts, size
        self.span = float(np.exp(rng.uniform(np.log(260), np.log(1000))))
        self.near = bool(rng.random() < 0.3)
        """The camera is close: label or parcel fill the picture, and goods are cut off at its border."""
        if self.near:
            self.span = float(rng.uniform(120, 330))
        blank = np.zeros((size[1], size[0], 3), np.uint8)
        self.table = _Table(
            blank,
            _camera(rng, size, self.span),
            0.0,
            float(rng.uniform(0, 360)),
            np.zeros((size[1], size[0]), np.uint8),
        )
        self.table.kinds = np.zeros((size[1], size[0]), np.uint8)
        self.quads: list[Matrix] = []
        self.numbers: list[str] = []
        self.goods: list[str] = []
        self.pages: list[str] = []
        self.taken = np.zeros((24, 32), np.float32)

    # --- where things go ---

    def _mark(self, quad: Matrix, weight: float) -> None:
        scale = np.array([32 / self.size[0], 24 / self.size[1]])
        area = np.zeros_like(self.taken)
        cv2.fillPoly(area, [(quad * scale).round().astype(np.int32)], weight)
        np.maximum(self.taken, area, out=self.taken)

    def spot(self, radius_mm: float, z_mm: float = 0.0, *, tries: int = 18, free: float = 1.0) -> tuple[float, float]:
        """Somewhere in the picture, preferably on free ground."""
        back = np.linalg.inv(self.table.camera.plane(z_mm))
        reach = radius_mm / self.span
        best, least = (0.0, 0.0), 1e9
        for _ in range(tries):
            u, v = self.rng.uniform(0.06, 0.94, 2)
            x0, x1 = int((u - reach) * 32), int((u + reach) * 32) + 1
            y0, y1 = int((v - reach * 1.33) * 24), int((v + reach * 1.33) * 24) + 1
            window = self.taken[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)]
            out = 1 - window.size / max(1, (x1 - x0) * (y1 - y0))
            cost = free * (float(window.mean()) if window.size else 1.0) + 0.5 * out
            if cost < least:
                at = through(back, np.array([[u * self.size[0], v * self.size[1]]]))[0]
                best, least = (float(at[0]), float(at[1])), cost
        return best

    # --- what is put down ---

    def ground(self) -> None:
        rng, table = self.rng, self.table
        self._floor(0.0)
        if rng.random() < 0.25:
            self._panels()
        if rng.random() < 0.4:  # another surface begins: a table's end, a rug, a wall
            edge = rng.uniform(0, 2 * np.pi)
            across = np.array([np.cos(edge), np.sin(edge)])
            ys, xs = np.mgrid[0 : self.size[1], 0 : self.size[0]].astype(np.float32)
            side = (xs - self.size[0] / 2) * across[0] + (ys - self.size[1] / 2) * across[1] > rng.uniform(
                0.15, 0.42
            ) * max(self.size)
            kept = table.bgr.copy()
            room = self.parts.room(rng) if rng.random() < 0.6 else None
            if room is not None:
                table.bgr[:] = cv2.resize(room, self.size)
                self._panels()
            else:
                self._floor(-300.0)
                self._panels()
                table.bgr[:] = cv2.convertScaleAbs(table.bgr, alpha=float(rng.uniform(0.5, 1.0)))
            table.bgr[~side] = kept[~side]
        elif rng.random() < 0.12:
            room = self.parts.room(rng)
            if room is not None:
                table.bgr[:] = cv2.resize(room, self.size)

    def _panels(self) -> None:
        """Doors, shelves, skirting boards, window frames: large flat shapes with straight edges, all background."""
        rng, table = self.rng, self.table
        wide, high = self.size
        lean = float(rng.normal(0, 6))
        for _ in range(int(rng.integers(1, 7))):
            w, h = rng.uniform(0.05, 0.7) * wide, rng.uniform(0.05, 0.9) * high
            middle = (float(rng.uniform(0, wide)), float(rng.uniform(0, high)))
            corners = cv2.boxPoints((middle, (float(w), float(h)), lean)).round().astype(np.int32)
            mask = np.zeros((high, wide), np.uint8)
            cv2.fillPoly(mask, [corners], 255, cv2.LINE_AA)
            ink = rng.uniform(10, 245, 3)
            weight = (mask[:, :, None] / 255.0) * rng.uniform(0.4, 1.0)
            table.bgr[:] = (table.bgr * (1 - weight) + ink * weight).astype(np.uint8)
            if rng.random() < 0.6:
                cv2.polylines(
                    table.bgr,
                    [corners],
                    True,
                    rng.uniform(0, 255, 3).tolist(),
                    max(1, int(rng.uniform(0.5, 5) * wide / 384)),
                    cv2.LINE_AA,
                )

    def _floor(self, z_mm: float) -> None:
        rng, table = self.rng, self.table
        tile = self.parts.ground(rng)
        side = float(rng.uniform(160, 520))
        to_px = (
            table.camera.plane(z_mm)
            @ placed((0, 0, float(rng.uniform(0, 360))))
            @ np.diag([side / tile.shape[1], side / tile.shape[0], 1.0])
        )
        # Mirrored copies cover the picture without a seam.
        ys, xs = np.mgrid[0 : self.size[1], 0 : self.size[0]]
        flat = np.stack([xs.ravel(), ys.ravel(), np.ones(xs.size)], 0).astype(np.float32)
        back = np.linalg.inv(to_px).astype(np.float32) @ flat
        with np.errstate(divide="ignore", invalid="ignore"):  # rows on the horizon lie infinitely far
            u, v = (back[i] / back[2] for i in (0, 1))
        shape = (self.size[1], self.size[0])
        table.bgr[:] = cv2.remap(
            tile, u.reshape(shape), v.reshape(shape), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
        )
        if self.size[0] < 700:  # the tile is finer than the picture: average it
            table.bgr[:] = cv2.GaussianBlur(table.bgr, (0, 0), 0.7)

    def sheet(self, made: Sheet, kind: int, spot: Spot, z_mm: float) -> None:
        """A flat printed thing: curled, creased, shiny under film."""
        rng, table = self.rng, self.table
        table.kind = kind
        bgr = made.bgr
        step = max(1, int(bgr.shape[1] / (made.size_mm[0] / self.span * max(self.size)) / 1.6))
        if step > 1:
            smaller = (bgr.shape[1] // step, bgr.shape[0] // step)
            bgr = np.asarray(cv2.resize(bgr, smaller, interpolation=cv2.INTER_AREA), np.uint8)
        high, wide = bgr.shape[:2]
        alpha = np.full((high, wide), 255, np.uint8)
        if rng.random() < 0.3:
            creases = parcels.crease_field(rng, (wide, high), int(rng.integers(2, 6)))
            slope = cv2.Sobel(creases, cv2.CV_32F, 1, 0) * wide / 60
            tone = np.clip(128 + rng.uniform(6, 26) * slope, 60, 180).astype(np.uint8)
            bgr = np.asarray(cv2.multiply(bgr, cv2.merge([tone] * 3), scale=1 / 128), np.uint8)
        if rng.random() < 0.2:
            ys, xs = np.mgrid[0:high, 0:wide].astype(np.float32)
            turn, at = rng.uniform(0, np.pi), rng.uniform(0.1, 0.9)
            band = ((xs / wide - at) * np.cos(turn) + (ys / high - at) * np.sin(turn)) / rng.uniform(0.04, 0.3)
            shine = (rng.uniform(60, 240) * np.exp(-(band**2))).astype(np.uint8)
            bgr = np.asarray(cv2.add(bgr, cv2.merge([shine] * 3)), np.uint8)
        if rng.random() < 0.12:  # a corner folded over or torn off
            cut = rng.uniform(0.08, 0.35) * wide
            corner = np.array([[0, 0], [cut, 0], [0, cut * rng.uniform(0.5, 1.5)]])
            if rng.random() < 0.5:
                corner[:, 0] = wide - corner[:, 0]
            cv2.fillPoly(alpha, [corner.astype(np.int32)], 0)
        on_table = z_mm <= 1.0
        foot = through(placed(spot), rectangle(*made.size_mm))
        table.cast(foot, z_mm, 3.0 if on_table else 1.0, 0.3)
        quad = table.lay_flat(np.asarray(bgr, np.uint8), alpha, made.size_mm, spot, z_mm + 0.5)
        self._mark(quad, 3.0 if kind == LABEL else 1.0)
        if kind == LABEL:
            self.quads.append(quad)
            self.numbers.append(made.number)
        else:
            self.pages.append(made.name)

    def thing(
        self,
        made: Thing,
        z_mm: float = 0.0,
        *,
        at: tuple[float, float] | None = None,
        fit_mm: float = 1e9,
        box: bool = False,
    ) -> None:
        rng, table = self.rng, self.table
        side = min(made.side_mm, fit_mm, self.span * 0.7)
        x, y = at or self.spot(side * 0.5, z_mm)
        turn = float(rng.uniform(0, 360))
        table.kind = GOODS
        self.goods.append(made.name)
        if box:
            size = (side, side * float(rng.uniform(0.45, 1.0)), side * float(rng.uniform(0.1, 0.7)))
            faces, _ = parcels.product_faces(rng, "book" if rng.random() < 0.3 else "product-box", size)
            art = made.bgra[:, :, :3]
            if rng.random() < 0.6:
                faces["top"] = np.asarray(
                    cv2.addWeighted(faces["top"], 0.5, cv2.resize(art, faces["top"].shape[1::-1]), 0.5, 0), np.uint8
                )
            self._mark(table.box(size, (x, y, turn), z_mm, faces, lit_deg=table.sun_deg + 180), 0.8)
            return
        bgra = made.bgra
        # As if seen from the side at times: squeezed.
        stretch = float(rng.uniform(0.75, 1.0)) if rng.random() < 0.3 else 1.0
        cut = Cutout(
            made.name,
            np.ascontiguousarray(bgra[:, :, :3]),
            np.ascontiguousarray(bgra[:, :, 3]),
            side * stretch,
            made.height_mm * side / made.side_mm,
        )
        self._mark(table.stand(cut, (x, y, turn), z_mm), 0.8)

    def hand(self, target: tuple[float, float], z_mm: float) -> None:
        rng, table = self.rng, self.table
        table.kind = HAND
        bgr, alpha, size_mm, tip_mm = _hand(int(rng.integers(40)))
        turn = float(rng.uniform(0, 360))
        tip = through(placed((0, 0, turn)), np.array([[0.0, tip_mm]]))[0]
        spot = (target[0] - float(tip[0]), target[1] - float(tip[1]), turn)
        table.cast(through(placed(spot), rectangle(size_mm[0] * 0.34, size_mm[1] * 0.9)), z_mm, 20, 0.35)
        table.lay_flat(bgr, alpha, size_mm, spot, z_mm + 6)

    def label_on(self, z_mm: float, box: tuple[float, float], spot: Spot) -> Sheet:
        """A label on a parcel's top, in line with it or nearly, off its middle."""
        rng = self.rng
        made = self.parts.label(rng)
        scale = (
            min(1.0, 0.96 * box[0] / made.size_mm[0], 0.96 * box[1] / made.size_mm[1]) if rng.random() < 0.85 else 1.0
        )
        made = replace(made, size_mm=(made.size_mm[0] * scale, made.size_mm[1] * scale))
        turn = float(rng.choice([0, 90, 180, 270], p=[0.55, 0.15, 0.15, 0.15]) + rng.normal(0, 5))
        free = [max(0.0, side - size) / 2 for side, size in zip(box, made.size_mm, strict=True)]
        off = through(placed(spot), np.array([[rng.uniform(-1, 1) * free[0], rng.uniform(-1, 1) * free[1]]]))[0]
        self.sheet(made, LABEL, (float(off[0]), float(off[1]), spot[2] + turn), z_mm)
        return made

    def label_at_side(self, box: tuple[float, float, float], spot: Spot) -> bool:
        """A label on the side face that is seen best; False where none is seen well."""
        rng, table = self.rng, self.table
        width, depth, high = box
        foot = through(placed(spot), rectangle(width, depth))
        best, widest = None, 0.0
        for i in range(4):
            a, b = foot[i], foot[(i + 1) % 4]
            quad = table.camera.project([(*b, high), (*a, high), (*a, 0.0), (*b, 0.0)])
            edge, fall = quad[1] - quad[0], quad[3] - quad[0]
            area = float(edge[0] * fall[1] - edge[1] * fall[0])
            if area > widest:
                best, widest = (quad, float(np.linalg.norm(a - b))), area
        if best is None or widest < 0.02 * self.size[0] * self.size[1]:
            return False
        quad, length = best
        made = self.parts.label(rng)
        turned = bool(rng.random() < 0.4)
        size = made.size_mm[::-1] if turned else made.size_mm
        scale = min(1.0, 0.94 * length / size[0], 0.94 * high / size[1])
        w, h = size[0] * scale, size[1] * scale
        x, y = rng.uniform(0.02, 0.98) * (length - w), rng.uniform(0.02, 0.98) * (high - h)
        face = np.array([[0, 0], [length, 0], [length, high], [0, high]], np.float32)
        to_px = np.asarray(cv2.getPerspectiveTransform(face, quad.astype(np.float32)), np.float64)
        bgr = np.asarray(np.rot90(made.bgr), np.uint8) if turned else made.bgr
        rows, columns = bgr.shape[:2]
        own = np.array([[w / columns, 0, x], [0, h / rows, y], [0, 0, 1.0]])
        table.kind = LABEL
        found = table.lay(np.ascontiguousarray(bgr), None, to_px @ own, light=float(rng.uniform(0.7, 1.05)))
        self._mark(found, 3.0)
        self.quads.append(np.roll(found, -1, 0) if turned else found)
        self.numbers.append(made.number)
        return True

    def carton(self, *, label: bool, sealed: bool = True) -> tuple[float, Spot, tuple[float, float]]:
        rng, table = self.rng, self.table
        width = float(rng.uniform(0.7, 1.3) if self.near else rng.uniform(0.16, 0.8)) * self.span
        width = float(np.clip(width, 110, 480))
        depth, high = width * float(rng.uniform(0.55, 1.0)), width * float(rng.uniform(0.15, 0.7))
        high = min(high, self.span * (0.25 if self.near else 0.55))
        x, y = self.spot(width * 0.5, high)
        spot: Spot = (x, y, float(rng.uniform(0, 360)))
        if sealed:
            table.kind = SEALED
            side = self.parts.board(rng, max(width, depth), high)
            faces = {"top": self.parts.board(rng, width, depth), "side": side}
            self._mark(table.box((width, depth, high), spot, 0.0, faces, lit_deg=table.sun_deg + 180), 0.5)
            if label and not (rng.random() < 0.5 and self.label_at_side((width, depth, high), spot)):
                self.label_on(high, (width, depth), spot)
        else:
            table.kind = OPENED
            parcels.draw_open_carton(table, rng, (width, depth, high), spot, high)
            self._mark(through(table.camera.plane(high) @ placed(spot), rectangle(width, depth)), 0.4)
            if label:
                made = self.parts.label(rng)
                where = rng.random()
                if where < 0.6:  # on a flap
                    length = min(width, depth) * 0.48
                    turn = spot[2] + float(rng.choice([0, 90, 180, 270]))
                    out = (depth if (turn - spot[2]) % 180 == 0 else width) / 2 + length * 0.5
                    at = through(placed((x, y, turn)), np.array([[0.0, out]]))[0]
                    room_w, room_h = (width if (turn - spot[2]) % 180 == 0 else depth), length
                    scale = min(1.0, room_w / made.size_mm[0], room_h / made.size_mm[1])
                    if scale > 0.35:
                        made = replace(made, size_mm=(made.size_mm[0] * scale, made.size_mm[1] * scale))
                        self.sheet(made, LABEL, (float(at[0]), float(at[1]), turn), high)
                        return high, spot, (width, depth)
                lx, ly = self.spot(made.size_mm[1] * 0.5)
                self.sheet(made, LABEL, (lx, ly, float(rng.uniform(0, 360))), 0.0)
        return high, spot, (width, depth)

    def mailer(self, *, label: bool) -> None:
        rng, table = self.rng, self.table
        width = float(np.clip(rng.uniform(0.25, 0.75) * self.span, 150, 420))
        high = width * float(rng.uniform(0.9, 1.35))
        bgr, alpha = self.parts.mailer(rng, width, high)
        x, y = self.spot(width * 0.5)
        spot: Spot = (x, y, float(rng.uniform(0, 360)))
        table.kind = SEALED
        table.cast(through(placed(spot), rectangle(width * 0.97, high * 0.97)), 0.0, 20.0, 0.5)
        self._mark(table.lay_flat(bgr, alpha, (width, high), spot, 14.0), 0.5)
        if label:
            self.label_on(16.0, (width * 0.92, high * 0.92), spot)
