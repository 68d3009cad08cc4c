"""Documents' pictures for development and samples: freight receipts, sealed certificates, chats, rulers."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from benchmarks.synth.fonts import font
from benchmarks.synth.optics import add_noise, blurred, light_field, lit
from benchmarks.synth.surfaces import texture
from benchmarks.synth.truth import PaperShot

Picture = NDArray[np.uint8]
Rng = np.random.Generator
RED = (200, 40, 45)
PAPER = (252, 251, 247)


def _page(size: tuple[int, int], colour: tuple[int, int, int] = PAPER) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    page = Image.new("RGB", size, colour)
    return page, ImageDraw.Draw(page)


def _bgr(page: Image.Image) -> Picture:
    return np.ascontiguousarray(np.asarray(page, np.uint8)[:, :, ::-1])


def photographed(rng: Rng, flat: Picture, *, blur_px: float = 0.8, ground: str = "wood", size: int = 1500) -> Picture:
    """A flat thing on a table, a little turned and tilted; ``size`` is the photo's long edge."""
    high, wide = flat.shape[:2]
    out = (size, round(size * 0.75)) if wide >= high else (round(size * 0.75), size)
    scale = 0.82 * min(out[0] / wide, out[1] / high)
    corners = np.array([(-wide, -high), (wide, -high), (wide, high), (-wide, high)], np.float32) * scale / 2
    turn = np.radians(rng.normal(0, 3))
    about = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]], np.float32)
    spots = (
        corners @ about.T + np.array(out, np.float32) / 2 + rng.uniform(-0.015, 0.015, (4, 2)).astype(np.float32) * size
    )
    plan = cv2.getPerspectiveTransform(
        np.array([(0, 0), (wide, 0), (wide, high), (0, high)], np.float32), spots.astype(np.float32)
    )
    tile = texture(ground)
    picture = np.tile(tile, (2, 2, 1))[: out[1], : out[0]].copy()
    over = cv2.warpPerspective(flat, plan, out, flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.full(flat.shape[:2], 255, np.uint8), plan, out)
    picture = np.where(mask[:, :, None] > 127, over, picture)
    picture = lit(np.asarray(picture, np.uint8), light_field(rng, out, strength=0.5))
    picture = blurred(picture, blur_px)
    add_noise(picture, 2.0, rng)
    return picture


def seal_on(page: Image.Image, centre: tuple[int, int], radius: int, *, wear: float = 0.0, seed: int = 0) -> None:
    """A round red seal: ring, star, words around; ``wear`` is the share of its ink that is missing."""
    layer = Image.new("RGBA", page.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    x, y = centre
    ink = (*RED, 225)
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=ink, width=max(3, radius // 14))
    points = []
    for i in range(10):
        r = radius * (0.34 if i % 2 == 0 else 0.14)
        points.append((x + r * np.sin(np.pi * i / 5), y - r * np.cos(np.pi * i / 5)))
    draw.polygon(points, fill=ink)
    for i, char in enumerate("示例快递有限公司业务专用章"):
        angle = np.radians(-135 + 270 * i / 12)
        glyph = Image.new("RGBA", (radius // 3 * 2, radius // 3 * 2), (0, 0, 0, 0))
        ImageDraw.Draw(glyph).text(
            (radius // 3, radius // 3), char, fill=ink, font=font("cjk", radius // 4), anchor="mm"
        )
        glyph = glyph.rotate(-np.degrees(angle), resample=Image.Resampling.BICUBIC)
        px, py = x + 0.74 * radius * np.sin(angle), y - 0.74 * radius * np.cos(angle)
        layer.alpha_composite(glyph, (round(px - glyph.width / 2), round(py - glyph.height / 2)))
    if wear:
        rng = np.random.default_rng(seed)
        grid = rng.random((page.height // 9 + 1, page.width // 9 + 1)).astype(np.float32)
        cover = cv2.resize(grid, page.size, interpolation=cv2.INTER_CUBIC) > wear
        alpha = np.asarray(layer.getchannel("A"), np.uint8) * cover
        layer.putalpha(Image.fromarray(alpha.astype(np.uint8)))
    page.paste(layer, (0, 0), layer)


def certificate(seed: int, *, number: str, seal: str = "whole", blur_px: float = 0.8) -> PaperShot:
    """A courier's letter; ``seal`` is whole, worn, none or headline (red words, no seal)."""
    rng = np.random.default_rng(31_000 + seed)
    page, draw = _page((1000, 1300))
    draw.text(
        (500, 130), "快递情况证明", fill=RED if seal == "headline" else (20, 20, 20), font=font("cjk", 58), anchor="mm"
    )
    lines = (
        "兹证明下列快件在运输途中外包装破损,",
        "内件情况属实,特此证明。",
        f"运单号:{number}",
        "示例快递有限公司",
        "2026年11月21日",
    )
    for i, text in enumerate(lines):
        draw.text((120, 300 + 110 * i), text, fill=(25, 25, 25), font=font("cjk", 38), anchor="lm")
    if seal in ("whole", "worn"):
        seal_on(page, (690, 830), 150, wear=0.45 if seal == "worn" else 0.1, seed=seed)
    picture = photographed(rng, _bgr(page), blur_px=blur_px)
    return PaperShot(picture, "certificate", seal, blur_px < 2, number=number, seal=seal in ("whole", "worn"))


def receipt(
    seed: int, *, amount: float, day: str, number: str, leave: Sequence[str] = (), blur_px: float = 0.7
) -> PaperShot:
    """A freight receipt; ``leave`` names the fields that are not printed."""
    rng = np.random.default_rng(32_000 + seed)
    page, draw = _page((900, 1200))
    draw.text((450, 110), "快递运费收据", fill=(20, 20, 20), font=font("cjk", 54), anchor="mm")
    rows = [
        ("number", f"运单号:{number}"),
        ("time", f"寄件日期:{day}"),
        ("", "件数:1  重量:1.2kg"),
        ("amount", f"运费合计:{amount:.2f}元"),
    ]
    for i, (name, text) in enumerate(rows):
        if name not in leave:
            draw.text((90, 320 + 130 * i), text, fill=(25, 25, 25), font=font("cjk", 40), anchor="lm")
    picture = photographed(rng, _bgr(page), blur_px=blur_px, ground="desk")
    lost = set(leave)
    return PaperShot(
        picture, "receipt", "whole" if not leave else "lacks " + ", ".join(leave), blur_px < 2,
        amount=None if "amount" in lost else amount, day=None if "time" in lost else day,
        number=None if "number" in lost else number,
    )  # fmt: skip


def chat(seed: int, sentences: Sequence[tuple[str, str]], *, tall: int = 1500) -> PaperShot:
    """A chat's screenshot; each sentence is (``left`` or ``right``, text)."""
    del seed
    page, draw = _page((1080, tall), (237, 237, 237))
    draw.text((540, 90), "示例数码店", fill=(20, 20, 20), font=font("cjk", 46), anchor="mm")
    y = 200
    for i, (side, text) in enumerate(sentences):
        if i % 3 == 0:
            draw.text((540, y), f"{9 + i // 3}:2{i % 10}", fill=(150, 150, 150), font=font("cjk", 32), anchor="mm")
            y += 70
        face = font("cjk", 42)
        wide = round(face.getlength(text))
        x = 150 if side == "left" else 930 - wide
        draw.rounded_rectangle(
            (x - 26, y, x + wide + 26, y + 96), 16, fill=(255, 255, 255) if side == "left" else (149, 236, 105)
        )
        draw.text((x, y + 48), text, fill=(20, 20, 20), font=face, anchor="lm")
        draw.rectangle((40, y, 118, y + 78) if side == "left" else (962, y, 1040, y + 78), fill=(120, 150, 190))
        y += 140
    return PaperShot(_bgr(page), "chat", "whole", clear=True, words=tuple(text for _, text in sentences))


def ruler(seed: int, *, first: int = 0, count: int = 16, blur_px: float = 0.8, figures: bool = True) -> PaperShot:
    """A ruler beside an apple-sized thing; without ``figures`` only its ticks."""
    rng = np.random.default_rng(34_000 + seed)
    page, draw = _page((1500, 420), (238, 214, 120))
    for i in range(count * 10 + 1):
        x = 60 + i * 1380 / (count * 10)
        draw.line((x, 0, x, 110 if i % 10 == 0 else 80 if i % 5 == 0 else 55), fill=(30, 30, 30), width=3)
        if figures and i % 10 == 0:
            draw.text((x, 170), str(first + i // 10), fill=(30, 30, 30), font=font("roboto", 58), anchor="mm")
    flat = _bgr(page)
    table = np.full((1100, 1500, 3), (205, 215, 220), np.uint8)
    cv2.circle(table, (520, 320), 240, (60, 70, 190), -1, cv2.LINE_AA)
    table[640:1060] = flat
    picture = photographed(rng, table, blur_px=blur_px, ground="marble")
    return PaperShot(picture, "ruler", "whole" if figures else "no figures", figures and blur_px < 2, first=first)


def carton_print(seed: int) -> PaperShot:
    """A carton's side with words and no figure."""
    rng = np.random.default_rng(35_000 + seed)
    page, draw = _page((1200, 800), (196, 160, 118))
    for i, text in enumerate(("易碎物品", "小心轻放", "向上")):
        draw.text((600, 180 + 210 * i), text, fill=(40, 35, 30), font=font("cjk", 120), anchor="mm")
    return PaperShot(photographed(rng, _bgr(page)), "carton", "words", clear=True)
