"""A picture under construction: flat things laid in perspective, boxes, cut-outs and their shadows.

The canvas is half the photo's size; waybill labels are added later at full size, where their bars need it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.synth.cutouts import Cutout
from benchmarks.synth.optics import Camera, Matrix, Picture, through
from benchmarks.synth.surfaces import SIDE, texture

Spot = tuple[float, float, float]
"""x, y in millimetres on a plane, and a clockwise turn in degrees."""


def placed(spot: Spot) -> Matrix:
    """(3, 3): a thing's own millimetres (origin at its middle) to the plane's."""
    x, y, deg = spot
    c, s = np.cos(np.radians(deg)), np.sin(np.radians(deg))
    return np.array([[c, -s, x], [s, c, y], [0, 0, 1.0]])


def rectangle(width: float, height: float) -> Matrix:
    """(4, 2) corners of a rectangle around the origin, clockwise from its top left."""
    return np.array([[-width, -height], [width, -height], [width, height], [-width, height]]) / 2


@dataclass
class Canvas:
    """What has been drawn so far, and how world becomes picture."""

    bgr: Picture
    """(height, width, 3)."""
    camera: Camera
    """In canvas pixels."""
    table_mm: float
    """Height of the table: 0 or below; the label's plane is 0."""
    sun_deg: float
    """Direction in the plane that shadows fall towards."""
    front: Picture
    """(height, width): 255 where something lies over the labels."""

    def _region(self, points: Matrix, margin: int = 4) -> tuple[int, int, int, int] | None:
        height, width = self.bgr.shape[:2]
        low, high = points.min(0) - margin, points.max(0) + margin
        left, top = max(0, int(low[0])), max(0, int(low[1]))
        right, bottom = min(width, int(high[0]) + 1), min(height, int(high[1]) + 1)
        return (left, top, right, bottom) if right - left > 2 and bottom - top > 2 else None

    def blend(self, picture: Picture, alpha: Picture, left: int, top: int) -> None:
        """Lays a picture with opacity over the canvas."""
        h, w = alpha.shape
        under = self.bgr[top : top + h, left : left + w]
        weight = cv2.merge([alpha, alpha, alpha])
        over = cv2.multiply(picture, weight, scale=1 / 255)
        rest = cv2.multiply(under, cv2.bitwise_not(weight), scale=1 / 255)
        cv2.add(over, rest, dst=under)

    def fill_ground(self, kind: str, variant: int, mm_per_tile: float, turn_deg: float) -> None:
        """Covers the whole canvas with a texture lying on the table."""
        height, width = self.bgr.shape[:2]
        to_mm = np.linalg.inv(self.camera.plane(self.table_mm) @ placed((0, 0, turn_deg)))
        corners = through(to_mm, np.array([[0, 0], [width, 0], [width, height], [0, height]], float))
        # Copies of the tile in a plate that covers the canvas: one warp instead of one a tile.
        per_px = SIDE / mm_per_tile
        low, high = np.floor(corners.min(0) / mm_per_tile), np.ceil(corners.max(0) / mm_per_tile)
        count = np.clip(high - low, 1, 12).astype(int)
        step = max(1, int(np.ceil(max(count) * SIDE / 3072)))
        tile = texture(kind, variant)
        if step > 1:
            tile = np.asarray(cv2.resize(tile, (SIDE // step, SIDE // step), interpolation=cv2.INTER_AREA), np.uint8)
        plate = np.tile(tile, (int(count[1]), int(count[0]), 1))
        scale = per_px / step
        to_plate = np.diag([scale, scale, 1.0]) @ np.array(
            [[1, 0, -low[0] * mm_per_tile], [0, 1, -low[1] * mm_per_tile], [0, 0, 1]]
        )
        h = np.linalg.inv(to_plate @ to_mm)
        cv2.warpPerspective(
            plate, h, (width, height), dst=self.bgr, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
        )

    def shadow(self, outline: Matrix, strength: float, softness_px: float) -> None:
        """Darkens under an outline (n, 2) in canvas pixels, with a soft edge."""
        region = self._region(outline, int(softness_px * 3) + 2)
        if region is None:
            return
        left, top, right, bottom = region
        size = (max(2, (right - left) // 4), max(2, (bottom - top) // 4))
        small = np.zeros((size[1], size[0]), np.uint8)
        cv2.fillPoly(small, [((outline - (left, top)) / 4).round().astype(np.int32)], round(255 * strength))
        soft = cv2.GaussianBlur(small, (0, 0), max(0.6, softness_px / 4))
        dark = cv2.bitwise_not(cv2.resize(soft, (right - left, bottom - top), interpolation=cv2.INTER_LINEAR))
        area = self.bgr[top:bottom, left:right]
        cv2.multiply(area, cv2.merge([dark, dark, dark]), dst=area, scale=1 / 255)

    def cast(self, footprint: Matrix, base_mm: float, height_mm: float, strength: float = 0.5) -> None:
        """The shadow of something that stands on a plane: footprint (n, 2) in the plane's millimetres."""
        away = np.array((np.cos(np.radians(self.sun_deg)), np.sin(np.radians(self.sun_deg))))
        both = np.vstack([footprint, footprint + away * min(height_mm, 120) * 0.45])
        hull = hull_of(both)
        h = self.camera.plane(base_mm)
        px_per_mm = self.camera.focal_px / self.camera.distance_mm
        self.shadow(through(h, hull), strength, max(3.0, min(height_mm, 60) * 0.16 * px_per_mm))
        self.shadow(through(h, footprint), strength * 0.7, max(2.0, 2.5 * px_per_mm))

    def lay(
        self,
        picture: Picture,
        alpha: Picture | None,
        to_canvas: Matrix,
        *,
        light: float = 1.0,
        front: bool = False,
    ) -> Matrix:
        """Warps a picture by a homography from its pixels to the canvas; returns its corners there.

        ``front`` things also hide the labels.
        """
        h, w = picture.shape[:2]
        corners = through(to_canvas, np.array([[0, 0], [w, 0], [w, h], [0, h]], float))
        region = self._region(corners)
        if region is None:
            return corners
        left, top, right, bottom = region
        local = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1.0]]) @ to_canvas
        size = (right - left, bottom - top)
        opaque = np.full((h, w), 255, np.uint8) if alpha is None else alpha
        warped = cv2.warpPerspective(picture, local, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        weight = cv2.warpPerspective(opaque, local, size, flags=cv2.INTER_LINEAR)
        if light != 1.0:
            warped = cv2.convertScaleAbs(warped, alpha=light)
        self.blend(np.asarray(warped, np.uint8), np.asarray(weight, np.uint8), left, top)
        if front:
            area = self.front[top:bottom, left:right]
            cv2.max(area, weight, dst=area)
        return corners

    def lay_flat(
        self,
        picture: Picture,
        alpha: Picture | None,
        size_mm: tuple[float, float],
        spot: Spot,
        z_mm: float,
        *,
        front: bool = False,
    ) -> Matrix:
        """Lays a picture of a given size flat on a plane; returns its corners on the canvas."""
        h, w = picture.shape[:2]
        to_mm = np.array([[size_mm[0] / w, 0, -size_mm[0] / 2], [0, size_mm[1] / h, -size_mm[1] / 2], [0, 0, 1]])
        return self.lay(picture, alpha, self.camera.plane(z_mm) @ placed(spot) @ to_mm, front=front)

    def stand(self, thing: Cutout, spot: Spot, z_mm: float, *, front: bool = False) -> Matrix:
        """A cut-out with its shadow; returns the visible outline's bounding corners on the canvas."""
        ys, xs = np.nonzero(thing.alpha[::8, ::8] > 127)
        scale = thing.side_mm / thing.alpha.shape[0]
        own = (np.stack([xs, ys], 1) * 8.0 - thing.alpha.shape[0] / 2) * scale
        hull = hull_of(own)
        self.cast(through(placed(spot), hull), z_mm, thing.height_mm)
        self.lay_flat(
            thing.bgr,
            thing.alpha,
            (thing.side_mm, thing.side_mm),
            spot,
            z_mm + thing.height_mm * 0.3,
            front=front,
        )
        seen = through(self.camera.plane(z_mm + thing.height_mm * 0.3) @ placed(spot), hull)
        return upright_box(seen)

    def box(
        self,
        size_mm: tuple[float, float, float],
        spot: Spot,
        base_mm: float,
        faces: dict[str, Picture],
        *,
        lit_deg: float,
    ) -> Matrix:
        """A closed box; ``faces`` has ``top`` and ``side``. Returns the top's corners on the canvas."""
        width, depth, height = size_mm
        foot = through(placed(spot), rectangle(width, depth))
        self.cast(foot, base_mm, height, 0.55)
        top_z = base_mm + height
        for i in range(4):
            a, b = foot[i], foot[(i + 1) % 4]
            quad = self.camera.project([(*a, top_z), (*b, top_z), (*b, base_mm), (*a, base_mm)])
            edge, fall = quad[1] - quad[0], quad[3] - quad[0]
            if edge[0] * fall[1] - edge[1] * fall[0] >= 0:
                continue  # turned away from the camera
            outward = np.degrees(np.arctan2(*((a + b) / 2 - foot.mean(0))[::-1]))
            light = 0.66 + 0.2 * np.cos(np.radians(outward - lit_deg))
            side = faces["side"]
            h, w = side.shape[:2]
            source = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32)
            self.lay(side, None, onto(source, quad), light=float(light))
        return self.lay_flat(faces["top"], None, (width, depth), spot, top_z)


def hull_of(points: NDArray[np.floating]) -> Matrix:
    """The convex hull of points: (n, 2)."""
    return np.asarray(cv2.convexHull(points.astype(np.float32))[:, 0], np.float64)


def onto(source: NDArray[np.floating], quad: NDArray[np.floating]) -> Matrix:
    """(3, 3): the homography that takes four corners to four others."""
    return np.asarray(cv2.getPerspectiveTransform(source.astype(np.float32), quad.astype(np.float32)), np.float64)


def upright_box(points: NDArray[np.floating]) -> Matrix:
    """(4, 2): the upright bounding rectangle of points."""
    (left, top), (right, bottom) = points.min(0), points.max(0)
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float64)
