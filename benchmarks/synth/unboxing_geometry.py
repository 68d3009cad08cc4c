"""Boxes in perspective, for the unboxing clips: turns, lens, textured quads laid into a picture, hands.

Geometry is in metres; the camera looks along +z with y down, the world has z up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.synth import parcels

Picture = NDArray[Any]
"""(h, w, 3) uint8, blue-green-red."""
Matrix = NDArray[Any]
NOTHING, PARCEL, FLAP, INSIDE, GOODS, HAND, OTHER = 0, 1, 7, 8, 9, 10, 11
"""Marks in the truth map; 1 to 6 are the parcel's faces."""
NORMALS = np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], float)
CORNERS = np.array([
    [[1, -1, -1], [1, 1, -1], [1, 1, 1], [1, -1, 1]], [[-1, 1, -1], [-1, -1, -1], [-1, -1, 1], [-1, 1, 1]],
    [[1, 1, -1], [-1, 1, -1], [-1, 1, 1], [1, 1, 1]], [[-1, -1, -1], [1, -1, -1], [1, -1, 1], [-1, -1, 1]],
    [[-1, -1, 1], [1, -1, 1], [1, 1, 1], [-1, 1, 1]], [[-1, 1, -1], [1, 1, -1], [1, -1, -1], [-1, -1, -1]],
], float)  # fmt: skip
"""Of the six faces, seen from outside: bottom left, bottom right, top right, top left."""


def turned(axis: tuple[float, float, float] | Matrix, angle: float) -> Matrix:
    """Rotation matrix about ``axis`` by ``angle`` radians."""
    made: Matrix = cv2.Rodrigues(np.asarray(axis, float) / np.linalg.norm(axis) * angle)[0]
    return made


def between(one: Matrix, other: Matrix, part: float) -> Matrix:
    """The rotation ``part`` of the way from one to the other."""
    made: Matrix = one @ cv2.Rodrigues(cv2.Rodrigues(one.T @ other)[0] * part)[0]
    return made


def eased(part: float) -> float:
    part = float(np.clip(part, 0, 1))
    return part**3 * (10 - 15 * part + 6 * part**2)


def facing(normal: Matrix, towards: Matrix) -> Matrix:
    """The smallest rotation that turns ``normal`` to ``towards`` (unit vectors)."""
    axis = np.cross(normal, towards)
    size = float(np.linalg.norm(axis))
    cosine = float(normal @ towards)
    if size < 1e-6:
        if cosine > 0:
            return np.eye(3)
        axis = np.cross(normal, [1.0, 0.3, 0.2])
        size = 1e-9
    return turned(axis, float(np.arctan2(size, cosine)))


@dataclass
class Lens:
    """A pinhole: focal length in pixels and picture size."""

    focal: float
    size: tuple[int, int]
    turn: Matrix = field(default_factory=lambda: np.eye(3))
    """World to camera."""
    place: Matrix = field(default_factory=lambda: np.zeros(3))

    def into(self, points: Matrix) -> Matrix:
        """World points (n, 3) in camera coordinates."""
        seen: Matrix = (points - self.place) @ self.turn.T
        return seen

    def flat(self, points: Matrix) -> Matrix:
        """Camera points (n, 3) as pixels (n, 2)."""
        depth = np.maximum(points[:, 2:], 0.03)
        seen: Matrix = points[:, :2] / depth * self.focal + np.array(self.size) / 2
        return seen


def looking(focal: float, size: tuple[int, int], place: Matrix, at: Matrix, roll: float) -> Lens:
    """A camera at ``place`` that looks at ``at`` (world)."""
    forward = (at - place) / np.linalg.norm(at - place)
    right = np.cross(forward, [0, 0, 1.0])
    right /= np.linalg.norm(right)
    turn = turned((0, 0, 1), roll) @ np.stack([right, np.cross(forward, right), forward])
    return Lens(focal, size, turn, place)


def lay(picture: Picture, texture: Picture, quad: Matrix, light: float = 1.0) -> None:
    """Draws a texture (h, w, 3 or 4) into the pixels of ``quad`` (4, 2), edges smoothed, in place."""
    height, width = picture.shape[:2]
    left, top = np.floor(quad.min(0)).astype(int) - 1
    right, bottom = np.ceil(quad.max(0)).astype(int) + 2
    left, top, right, bottom = max(left, 0), max(top, 0), min(right, width), min(bottom, height)
    if right - left < 2 or bottom - top < 2:
        return
    edges = np.linalg.norm(np.roll(quad, -1, 0) - quad, axis=1)
    while min(texture.shape[:2]) > 24 and max(texture.shape[:2]) > 1.7 * edges.max():
        texture = cv2.pyrDown(texture)
    h, w = texture.shape[:2]
    source = np.array([[0, 0], [w, 0], [w, h], [0, h]], np.float32) - 0.5
    move = cv2.getPerspectiveTransform(source, (quad - [left, top]).astype(np.float32))
    size = (int(right - left), int(bottom - top))
    mask: Picture = np.zeros((size[1], size[0]), np.uint8)
    cv2.fillConvexPoly(mask, np.round((quad - [left, top]) * 16).astype(np.int32), 255, cv2.LINE_AA, 4)
    if texture.shape[2] == 4:
        warped = cv2.warpPerspective(texture, move, size, flags=cv2.INTER_LINEAR)
        mask = cv2.min(mask, warped[:, :, 3])
        warped = warped[:, :, :3]
    else:
        warped = cv2.warpPerspective(texture, move, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if light != 1.0:
        warped = cv2.convertScaleAbs(warped, alpha=float(light))
    _blend(picture[top:bottom, left:right], warped, mask)


def _blend(area: Picture, over: Picture, opacity: Picture) -> None:
    """Lays ``over`` on ``area`` (h, w, 3) by opacity (h, w), 0..255, in place."""
    weight = cv2.merge([opacity] * 3)
    shown = cv2.multiply(over, weight, scale=1 / 255)
    area[:] = cv2.add(cv2.multiply(area, 255 - weight, scale=1 / 255), shown)


def mark(ids: Picture, quad: Matrix, number: int, scale: float) -> None:
    cv2.fillConvexPoly(ids, np.round(quad * scale * 16).astype(np.int32), number, cv2.LINE_8, 4)


@lru_cache(maxsize=24)
def hand_art(variant: int) -> tuple[Picture, float]:
    """Blue-green-red-opacity of a hand with its arm, and the fingertips' row as a share of the height."""
    rng = np.random.default_rng([variant, 31])
    bgr, alpha, _, _ = parcels.hand(rng)
    if rng.random() < 0.3:  # a glove
        grey = bgr.mean(2, keepdims=True) / 150
        bgr = np.clip(grey * rng.uniform(30, 250, 3), 0, 255).astype(np.uint8)
    whole = np.dstack([bgr, alpha])
    small = cv2.resize(whole, None, fx=0.3, fy=0.3, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), 108 / bgr.shape[0]


def put_hand(
    picture: Picture, ids: Picture, hand: Picture, tip: Matrix, angle: float, scale: float, half: float
) -> None:
    """A hand whose finger tips are at ``tip`` (pixels), pointing along ``angle`` (0 = up), in place."""
    h, w = hand.shape[:2]
    middle = np.array([w / 2, 0.075 * h])
    c, s = np.cos(angle) * scale, np.sin(angle) * scale
    move = np.array([[c, -s, 0], [s, c, 0]], float)
    move[:, 2] = tip - move[:, :2] @ middle
    corners = np.array([[0, 0], [w, 0], [w, h], [0, h]]) @ move[:, :2].T + move[:, 2]
    left, top = np.maximum(np.floor(corners.min(0) / 2).astype(int) * 2, 0)
    right, bottom = np.minimum(
        np.ceil(corners.max(0) / 2).astype(int) * 2, [picture.shape[1] // 2 * 2, picture.shape[0] // 2 * 2]
    )
    if right - left < 4 or bottom - top < 4:
        return
    move[:, 2] -= [left, top]
    warped = cv2.warpAffine(hand, move, (int(right - left), int(bottom - top)), flags=cv2.INTER_LINEAR)
    _blend(picture[top:bottom, left:right], warped[:, :, :3], warped[:, :, 3])
    small = warped[1::2, 1::2, 3]
    ids[top // 2 : top // 2 + small.shape[0], left // 2 : left // 2 + small.shape[1]][small > 127] = HAND
