"""Documents' pictures for the reported part: other layouts, fonts, seals, chats and rulers than in development.

Nothing is shared with ``benchmarks.synth.papers`` but the truth's form. Each picture is clear, doubtful or wrong by how
it is made; ``case`` says how.
"""

from __future__ import annotations

from datetime import date, timedelta

import cv2
import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw

from ..truth import PaperShot
from .camera import Bgr, Optics, aim, blurred
from .conditions import draw_light, finish
from .fonts import font
from .numbers import DOMESTIC
from .surfaces import ground

SIZE = (2000, 1500)
COUNT = 24
"""Pictures of each kind."""
NAMES = ("单号 {}", "运单号:{}", "快件单号:{}", "兹有单号为{}的快件", "快递单号 {},收件人已签收")


def _sheet(mm: tuple[float, float], colour: tuple[int, int, int]) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    page = Image.new("RGB", (round(mm[0] * 8), round(mm[1] * 8)), colour)
    return page, ImageDraw.Draw(page)


def _shot(rng: Generator, page: Image.Image, width_px: float, harm: str) -> tuple[Bgr, int]:
    """The page photographed on a table."""
    front = np.ascontiguousarray(np.asarray(page, np.uint8)[:, :, ::-1])
    mm = (page.width / 8, page.height / 8)
    plane = aim(
        mm, width_px, turn_deg=float(rng.normal(0, 4)), tilt_deg=float(abs(rng.normal(0, 9))),
        axis_deg=float(rng.uniform(0, 360)), centre=(SIZE[0] / 2, SIZE[1] / 2), long_edge=SIZE[0],
    )  # fmt: skip
    _, quarter = ground(rng, SIZE)
    picture = np.asarray(cv2.resize(quarter, SIZE, interpolation=cv2.INTER_CUBIC), np.uint8)
    matrix = plane @ np.diag([1 / 8, 1 / 8, 1.0])
    over = cv2.warpPerspective(front, matrix, SIZE)
    mask = cv2.warpPerspective(np.full(front.shape[:2], 255, np.uint8), matrix, SIZE)
    picture = np.where(mask[:, :, None] > 127, over, picture)
    radius = 13.0 if harm == "blurred" else float(rng.uniform(0.6, 2.0))
    picture = np.asarray(blurred(np.asarray(picture, np.uint8), Optics(radius, 0.0, 0.0)), np.uint8)
    picture, _, quality, _ = finish(rng, picture, draw_light(rng, SIZE), 0.3)
    return picture, quality


def _bill(rng: Generator) -> str:
    names = sorted(DOMESTIC)
    return DOMESTIC[names[int(rng.integers(len(names)))]](rng).number


def _stamp(page: Image.Image, rng: Generator, at: tuple[float, float], shape: str) -> None:
    """An oval or round seal with other words and inner rings; ``faint`` is a dry stamp."""
    layer = Image.new("RGBA", page.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    a, b = (168, 120) if shape == "oval" else (142, 142)
    ink = (214, 36, 62, 90 if shape == "faint" else 235)
    x, y = at
    draw.ellipse((x - a, y - b, x + a, y + b), outline=ink, width=7)
    draw.ellipse((x - a + 18, y - b + 18, x + a - 18, y + b - 18), outline=ink, width=2)
    draw.text((x, y - 0.35 * b), "速运营业部", fill=ink, font=font("song", 42), anchor="mm")
    draw.text((x, y + 0.3 * b), "证明专用", fill=ink, font=font("song", 36), anchor="mm")
    layer = layer.rotate(float(rng.uniform(-25, 25)), center=at, resample=Image.Resampling.BICUBIC)
    page.paste(layer, (0, 0), layer)


def certificate(seed: int) -> PaperShot:
    rng = np.random.default_rng(7_150_000 + seed)
    case = ("round", "oval", "round", "none", "red words", "faint", "blurred", "oval")[seed % 8]
    number = _bill(rng)
    page, draw = _sheet((150, 190), (246, 244, 238))
    head = (200, 30, 50) if case == "red words" else (40, 40, 40)
    draw.text((600, 160), "物流异常说明函", fill=head, font=font("song", 78), anchor="mm")
    draw.line((150, 240, 1050, 240), fill=head, width=6)
    body = (
        "致平台客服:",
        "以下快件经我司核实,运输中受挤压,",
        "责任由我司承担。",
        NAMES[int(rng.integers(len(NAMES)))].format(number),
        "日期 2026/11/19",
    )
    for i, line in enumerate(body):
        draw.text((150, 360 + 150 * i), line, fill=(35, 35, 35), font=font("gothic", 46), anchor="lm")
    if case not in ("none", "red words"):
        _stamp(page, rng, (820, 1180), "round" if case == "blurred" else case)
    picture, quality = _shot(rng, page, 1000, case)
    sealed = case in ("round", "oval")
    return PaperShot(
        picture,
        "certificate",
        case,
        sealed,
        number=number,
        jpeg_quality=quality,
        seal=case not in ("none", "red words"),
    )


def receipt(seed: int) -> PaperShot:
    rng = np.random.default_rng(7_200_000 + seed)
    case = ("whole", "whole", "whole", "no amount", "no time", "blurred", "whole", "blank")[seed % 8]
    number, amount = _bill(rng), round(float(rng.uniform(4, 90)), 2)
    day = date(2026, 11, 1) + timedelta(days=int(rng.integers(0, 20)))
    shown = (f"{day:%Y-%m-%d %H:%M}", f"{day:%Y/%m/%d}", f"{day.year}年{day.month}月{day.day}日")[int(rng.integers(3))]
    page, draw = _sheet((80, 150), (250, 250, 250))
    name = ("gothic", "song")[int(rng.integers(2))]
    rows = ["电子运费凭证", f"运单号 {number}"]
    rows += [] if case == "no time" else [f"下单时间 {shown}"]
    rows += ["计费重量 2.0kg", "支付方式 寄付"]
    rows += (
        []
        if case == "no amount"
        else [(f"实付 ¥{amount:.2f}", f"运费 {amount:.2f}元", f"总计:{amount:.2f}")[int(rng.integers(3))]]
    )
    for i, row in enumerate([] if case == "blank" else rows):
        draw.text((50, 120 + 150 * i), row, fill=(30, 30, 30), font=font(name, 44 if i else 56), anchor="lm")
    picture, quality = _shot(rng, page, 760, case)
    return PaperShot(
        picture, "receipt", case, case in ("whole", "no amount", "no time"),
        amount=None if case in ("no amount", "blank") else amount,
        day=None if case in ("no time", "blank") else day.isoformat(),
        number=None if case == "blank" else number, jpeg_quality=quality,
    )  # fmt: skip


def chat(seed: int) -> PaperShot:
    """A chat's screenshot in a dark or light theme, or a picture that is none."""
    rng = np.random.default_rng(7_300_000 + seed)
    case = ("said", "said", "other words", "said", "no chat", "said", "dim", "other words")[seed % 8]
    dark = rng.random() < 0.5
    back, ink = ((28, 28, 30), (230, 230, 230)) if dark else ((245, 246, 248), (25, 25, 25))
    page = Image.new("RGB", (1170, 1900), back)
    draw = ImageDraw.Draw(page)
    name = ("gothic", "song")[int(rng.integers(2))]
    if case == "no chat":
        draw.text((90, 300), "商品参数", fill=ink, font=font(name, 54), anchor="lm")
        for i, row in enumerate(("型号 X20", "颜色 曜石黑", "容量 256GB", "产地 深圳")):
            draw.text((90, 440 + 110 * i), row, fill=ink, font=font(name, 44), anchor="lm")
        return PaperShot(np.ascontiguousarray(np.asarray(page, np.uint8)[:, :, ::-1]), "chat", case, clear=True)
    answer = "手机我打开看了一下" if case == "other words" else "手机未激活,只是看了一下"
    talk = [("left", "请问手机有没有激活过?"), ("right", answer),
            ("left", "好的,同意退货,请寄回"), ("right", "谢谢")]  # fmt: skip
    y = 260
    for i, (side, text) in enumerate(talk):
        if i % 2 == 0:
            draw.text(
                (585, y),
                f"昨天 {int(rng.integers(10, 23))}:{int(rng.integers(10, 60))}",
                fill=(140, 140, 140),
                font=font(name, 34),
                anchor="mm",
            )
            y += 90
        face = font(name, 46)
        wide = face.getlength(text)
        x = 170 if side == "left" else 1000 - wide
        tint = (
            ((58, 58, 62) if dark else (255, 255, 255))
            if side == "left"
            else ((38, 110, 70) if dark else (168, 216, 255))
        )
        draw.rounded_rectangle((x - 34, y, x + wide + 34, y + 112), 40, fill=tint)
        draw.text((x, y + 56), text, fill=ink, font=face, anchor="lm")
        y += 170
    picture = np.ascontiguousarray(np.asarray(page, np.uint8)[:, :, ::-1])
    if case == "dim":  # sent through three chats, a thumbnail by now
        picture = np.asarray(cv2.resize(picture, (210, 341), interpolation=cv2.INTER_AREA), np.uint8)
    return PaperShot(
        picture,
        "chat",
        case,
        case != "dim",
        words=tuple(text for _, text in talk),
        jpeg_quality=int(rng.integers(60, 90)),
    )


def ruler(seed: int) -> PaperShot:
    """A steel rule or a yellow tape beside a thing, or its back, or something with other figures."""
    rng = np.random.default_rng(7_400_000 + seed)
    case = ("rule", "tape", "rule", "back", "other figures", "blurred", "tape", "rule")[seed % 8]
    page, draw = _sheet((220, 130), (206, 208, 205))
    draw.rounded_rectangle((260, 90, 900, 470), 60, fill=(150, 60, 70))
    body = (246, 208, 60) if case == "tape" else (188, 192, 196)
    draw.rectangle((40, 600, 1720, 820), fill=body)
    first = int(rng.integers(0, 3)) * 10 if case == "tape" else 0
    if case == "other figures":
        for x, word in ((300, "2026"), (900, "15"), (1400, "7")):
            draw.text((x, 710), word, fill=(20, 20, 20), font=font("redhat-bold", 80), anchor="mm")
    elif case != "back":
        for i in range(161):
            x = 60 + i * 10
            draw.line((x, 600, x, 600 + (70 if i % 10 == 0 else 40)), fill=(20, 20, 20), width=2)
            if i % 10 == 0 and i:
                draw.text((x, 720), str(first + i // 10), fill=(20, 20, 20), font=font("hanken-bold", 56), anchor="mm")
    picture, quality = _shot(rng, page, 1800, case)
    return PaperShot(picture, "ruler", case, case in ("rule", "tape"), first=first, jpeg_quality=quality)


MAKERS = {"certificate": certificate, "receipt": receipt, "chat": chat, "ruler": ruler}
