"""What files say of their own making: labels in every place, and headers that lie."""

from __future__ import annotations

import io
import json
import struct
import sys
import time
import tracemalloc
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, PngImagePlugin

from evidence_kit.facts.declared_marks import DeclaredMarks, declared_marks, photo_declares
from evidence_kit.rules.no_declared_generation import no_declared_generation
from evidence_kit.schema import Deferred, Item, Outcome, Text, Unknown
from evidence_kit.sensors import EngineMissing
from evidence_kit.sensors.corner_text import CornerLine, CornerText, read_corners
from evidence_kit.sensors.file_marks import C2PA_UUID, FileMarks, _Marks, _walk, photo_marks, video_marks
from evidence_kit.sensors.footage import Footage
from evidence_kit.sensors.photo import Photo
from evidence_kit.sensors.photo_header import photo_header
from evidence_kit.sensors.signed_manifest import SignedManifest, read_manifest
from evidence_kit.sensors.video_header import video_header

LABEL = {"Label": "1", "ContentProducer": "某平台", "ProduceID": "A1", "ReservedCode1": "", "ContentPropagator": ""}
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/" {attribute}>{element}</rdf:Description>'
    "</rdf:RDF></x:xmpmeta>"
)
ITEM = Item("1.jpg", "photo", "", 9, "h")


def picture():
    return Image.fromarray(np.random.default_rng(1).integers(0, 255, (64, 96, 3), np.uint8))


def with_segment(jpeg, marker, body):
    return jpeg[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


def jumbf(text):
    return b"\0\0\0\x20jumb\0\0\0\x18jumdc2pa\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71\x03c2pa\0" + text


@pytest.fixture
def jpeg(tmp_path):
    path = tmp_path / "a.jpg"
    picture().save(path, "JPEG")
    return path


def marks_of(path):
    photo = Photo(path)
    return photo_marks(photo, photo_header(photo))


def fact_of(path):
    return declared_marks(marks_of(path))


@pytest.mark.parametrize("escaped", [False, True])
def test_label_in_xmp_element(jpeg, escaped):
    text = json.dumps(LABEL, ensure_ascii=False)
    text = text.replace('"', "&quot;") if escaped else text
    packet = XMP.format(attribute="", element=f"<TC260:AIGC>{text}</TC260:AIGC>").encode()
    jpeg.write_bytes(with_segment(jpeg.read_bytes(), 0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet))
    found = fact_of(jpeg)
    assert (found.generated, found.places, found.producer) == ("generated", ("XMP",), "某平台")


def test_label_as_xmp_attribute(jpeg):
    text = json.dumps({**LABEL, "Label": "2"}).replace('"', "&quot;")
    packet = XMP.format(attribute=f'TC260:AIGC="{text}"', element="").encode()
    jpeg.write_bytes(with_segment(jpeg.read_bytes(), 0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet))
    assert fact_of(jpeg).generated == "maybe"


@pytest.mark.parametrize("encoding", ["ascii", "utf-16-le", "utf-16-be"])
def test_label_in_exif_user_comment(tmp_path, encoding):
    text = json.dumps({"AIGC": {**LABEL, "ContentProducer": "p"}})
    head = b"ASCII\0\0\0" if encoding == "ascii" else b"UNICODE\0"
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = head + text.encode(encoding)
    path = tmp_path / "a.jpg"
    picture().save(path, "JPEG", exif=exif)
    assert (fact_of(path).generated, fact_of(path).places) == ("generated", ("EXIF",))


def test_label_in_png_text_and_generators_own_texts(tmp_path):
    info = PngImagePlugin.PngInfo()
    info.add_text("AIGC", json.dumps(LABEL))
    info.add_itxt("parameters", "a parcel, steps 20", zip=True)
    path = tmp_path / "a.png"
    picture().save(path, pnginfo=info)
    found = marks_of(path)
    assert found.prompts == ("parameters",)
    assert declared_marks(found).places == ("PNG", "PNG parameters")


def test_c2pa_manifest_and_its_source_type(jpeg):
    uri = b"http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    body = b"JP\0\1\0\0\0\1" + jumbf(uri)
    jpeg.write_bytes(with_segment(jpeg.read_bytes(), 0xEB, body))
    found = fact_of(jpeg)
    assert (found.c2pa, found.generated, found.places) == (True, "generated", ("C2PA",))


def test_a_camera_s_manifest_is_no_generation(jpeg):
    uri = b"http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
    jpeg.write_bytes(with_segment(jpeg.read_bytes(), 0xEB, b"JP\0\1\0\0\0\1" + jumbf(uri)))
    found = fact_of(jpeg)
    assert (found.c2pa, found.generated) == (True, None)


def test_software_is_information(tmp_path):
    exif = Image.Exif()
    exif[0x0131], exif[0x010F], exif[0x0110] = "Adobe Photoshop 26.0", "HUAWEI", "P60"
    path = tmp_path / "a.jpg"
    picture().save(path, "JPEG", exif=exif)
    found = fact_of(path)
    assert (found.generated, found.edited_with, found.camera) == (None, "Adobe Photoshop 26.0", "HUAWEI P60")
    said = no_declared_generation(ITEM, found)
    assert said.outcome is Outcome.PASS and "Photoshop" in said.message.zh


def clip(path):
    import av

    with av.open(str(path), "w", options={"movflags": "use_metadata_tags"}) as out:
        out.metadata["AIGC"] = json.dumps(LABEL)
        stream = out.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(3):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")))
        out.mux(stream.encode())


def test_label_in_mp4_keys_and_manifest_box(tmp_path):
    path = tmp_path / "a.mp4"
    clip(path)
    footage = Footage(str(path))
    found = declared_marks(video_marks(footage, video_header(footage)))
    assert (found.generated, found.places) == ("generated", ("container",))
    box = C2PA_UUID + jumbf(b"digitalsourcetype/compositeWithTrainedAlgorithmicMedia")
    path.write_bytes(path.read_bytes() + struct.pack(">I4s", len(box) + 8, b"uuid") + box)
    footage = Footage(str(path))
    assert video_marks(footage, video_header(footage)).c2pa


@pytest.mark.parametrize(
    ("aigc", "generated"),
    [
        ('{"Label": "3"}', "suspected"),
        ('{"Label": 1}', "generated"),
        ("not json at all", "maybe"),
        ('{"AIGC": {"Label": "1"}}', "generated"),
        ("[" * 100_000, "maybe"),
        ("", None),
    ],
)
def test_labels_of_every_kind(aigc, generated):
    assert declared_marks(FileMarks(aigc=(("XMP", aigc),))).generated == generated


def test_a_label_is_for_a_person_and_nobody_is_accused():
    said = no_declared_generation(ITEM, DeclaredMarks("generated", ("XMP",)))
    assert (said.outcome, said.reason) == (Outcome.REVIEW, "DECLARED_AI")
    assert "请人工核对" in said.message.zh and "假" not in said.message.zh
    nothing = no_declared_generation(ITEM, DeclaredMarks(None))
    assert nothing.outcome is Outcome.PASS


HOSTILE = {
    "one long word": b"a" * 900_000 + b":AIGC=",
    "nothing but openings": b"<TC260:AIGC>" * 70_000,
    "nothing but the word": b"AIGC" * 220_000,
    "open quotes": b'AIGC="' * 150_000,
    "spaces": b"AIGC" + b" " * 900_000 + b">",
}


@pytest.mark.parametrize("packet", HOSTILE.values(), ids=HOSTILE)
def test_huge_packets_end_soon(tmp_path, packet):
    path = tmp_path / "a.png"
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", packet.decode("ascii"))
    picture().save(path, pnginfo=info)
    began = time.process_time()
    marks_of(path)
    assert time.process_time() - began < 2.0


def test_a_text_bomb_is_not_inflated(tmp_path):
    path = tmp_path / "a.png"
    ok, data = cv2.imencode(".png", np.zeros((32, 32, 3), np.uint8))
    assert ok
    body = b"XML:com.adobe.xmp\0\0" + zlib.compress(b"A" * 20_000_000, 9)
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body + struct.pack(">I", zlib.crc32(b"zTXt" + body))
    path.write_bytes(data.tobytes()[:33] + chunk + data.tobytes()[33:])
    marks = _Marks()
    tracemalloc.start()
    with path.open("rb") as stream:
        _walk(stream, marks)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert marks.done().aigc == () and peak < 8_000_000


@pytest.mark.parametrize("depth", [3, 4_000])
def test_nested_and_lying_boxes(tmp_path, depth):
    inner = b""
    for _ in range(depth):
        inner = struct.pack(">I4s", len(inner) + 8, b"udta") + inner
    path = tmp_path / "a.heic"
    lying = struct.pack(">I4s", 0xFFFFFFFF, b"uuid") + C2PA_UUID + b"digitalsourcetype/trainedAlgorithmicMedia"
    path.write_bytes(struct.pack(">I4s", 16, b"ftyp") + b"heic\0\0\0\0" + inner + lying)
    marks = _Marks()
    with path.open("rb") as stream:
        _walk(stream, marks)
    assert marks.done().c2pa


def test_truncated_jpeg_says_what_it_has(jpeg):
    jpeg.write_bytes(with_segment(jpeg.read_bytes(), 0xE1, b"http://ns.adobe.com/xap/1.0/\0" + b"<TC260:AIGC>{}")[:40])
    marks = _Marks()
    with jpeg.open("rb") as stream:
        _walk(stream, marks)
    assert marks.done() == FileMarks()


# --- signatures and visible marks ---------------------------------------------------------------------------------

NO_CORNERS = Deferred(CornerText)
UNSIGNED = Deferred(lambda: SignedManifest("unsigned"))


@pytest.fixture(scope="module")
def signed_jpeg():
    pytest.importorskip("c2pa", reason="c2pa-python is an extra")
    from samples.document_cases import GENERATED, signed

    out = io.BytesIO()
    picture().save(out, "JPEG")
    return signed(out.getvalue(), GENERATED)


def test_a_signature_is_intact_until_the_file_is_changed(tmp_path, signed_jpeg):
    from samples.document_cases import changed

    path = tmp_path / "a.jpg"
    path.write_bytes(signed_jpeg)
    assert read_manifest(path) == SignedManifest("intact", "Sample")
    path.write_bytes(changed(signed_jpeg))
    assert (read_manifest(path).state, "assertion.dataHash.mismatch" in read_manifest(path).faults) == ("broken", True)


def test_files_without_a_manifest_and_damaged_ones(tmp_path, signed_jpeg):
    path = tmp_path / "a.jpg"
    picture().save(path, "JPEG")
    assert read_manifest(path).state == "unsigned"
    for cut in (0, 5, 300, len(signed_jpeg) // 2, len(signed_jpeg) - 900):
        path.write_bytes(signed_jpeg[:cut])
        assert read_manifest(path).state in ("unsigned", "unreadable", "broken")


def test_a_signature_is_only_asked_for_where_a_manifest_is():
    never = Deferred(lambda: pytest.fail("the signature was checked"))
    assert photo_declares(FileMarks(), never, NO_CORNERS).signature is None


@pytest.mark.parametrize("state", ["intact", "broken", "unreadable"])
def test_a_signature_is_information_and_never_changes_the_outcome(state):
    told = photo_declares(FileMarks(c2pa=True), Deferred(lambda: SignedManifest(state, "某公司")), NO_CORNERS)
    answer = no_declared_generation(ITEM, told)
    assert (answer.outcome, "签名" in answer.message.zh or "清单" in answer.message.zh) == (Outcome.PASS, True)
    generated = FileMarks(c2pa=True, source_types=(("C2PA", "trainedAlgorithmicMedia"),))
    told = photo_declares(generated, Deferred(lambda: SignedManifest(state, "某公司")), NO_CORNERS)
    answer = no_declared_generation(ITEM, told)
    assert (answer.outcome, answer.reason) == (Outcome.REVIEW, "DECLARED_AI")
    assert "造假" not in answer.message.zh


def test_without_the_extra_the_signature_is_not_checked_and_the_report_says_so(monkeypatch, jpeg):
    monkeypatch.setitem(sys.modules, "c2pa", None)
    with pytest.raises(EngineMissing, match="evidence-kit"):
        read_manifest(jpeg)
    missing = Unknown("ENGINE_MISSING", Text("缺少引擎", "An engine is missing."), Outcome.ERROR)
    told = photo_declares(FileMarks(c2pa=True), Deferred(lambda: missing), NO_CORNERS)
    answer = no_declared_generation(ITEM, told)
    assert (answer.outcome, "未查验" in answer.message.zh) == (Outcome.PASS, True)


@pytest.mark.parametrize(
    ("text", "score", "marked"),
    [
        ("AI生成", 0.99, True),
        ("Al 生成", 0.95, True),  # a capital I as the networks read it
        ("由AI辅助生成", 0.95, True),
        ("内容由人工智能生成", 0.95, True),
        ("AI-generated", 0.95, True),
        ("Generated by AI", 0.95, True),
        ("AI生成", 0.7, False),
        ("MAI生成", 0.95, False),
        ("AI摄影", 0.99, False),  # a phone's camera says so of itself
        ("小米 AI 双摄", 0.99, False),
        ("SHOT ON AI QUAD CAMERA", 0.99, False),
        ("2026-11-21 10:24", 0.99, False),
    ],
)
def test_what_a_visible_mark_says(text, score, marked):
    quad = ((0.7, 0.9), (0.95, 0.9), (0.95, 0.96), (0.7, 0.96))
    told = photo_declares(FileMarks(), UNSIGNED, Deferred(lambda: CornerText((CornerLine(text, score, quad),))))
    assert (told.generated == "generated", told.visible == quad) == (marked, marked)
    if marked:
        answer = no_declared_generation(ITEM, told)
        assert (answer.reason, answer.traces[0].quad) == ("DECLARED_AI", quad)


@pytest.mark.parametrize("place", ["lb", "rb", "lt", "rt", "mb"])
def test_a_mark_is_found_in_every_corner(place):
    from benchmarks.synth.fonts import font

    page = Image.fromarray(np.full((480, 640, 3), 120, np.uint8))
    at = {"l": 16, "r": 624, "m": 320}[place[0]], {"b": 468, "t": 12}[place[1]]
    ImageDraw.Draw(page).text(at, "AI生成", fill=(250, 250, 250), font=font("cjk", 26), anchor=place)
    found = read_corners(np.asarray(page.convert("L")))
    told = photo_declares(FileMarks(), UNSIGNED, Deferred(lambda: found))
    assert told.generated == "generated"
    xs, ys = zip(*told.visible, strict=True)
    assert abs(sum(xs) / 4 - at[0] / 640) < 0.12
    assert abs(sum(ys) / 4 - at[1] / 480) < 0.08


def test_corners_of_small_and_flat_pictures_are_not_read():
    assert read_corners(np.zeros((100, 120), np.uint8)) == CornerText()
    assert read_corners(np.full((480, 640), 200, np.uint8)) == CornerText()
