"""What files say of their own making: labels in every place, and headers that lie."""

from __future__ import annotations

import json
import struct
import time
import tracemalloc
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from evidence_kit.facts.declared_marks import DeclaredMarks, declared_marks
from evidence_kit.rules.no_declared_generation import no_declared_generation
from evidence_kit.schema import Item, Outcome
from evidence_kit.sensors.file_marks import C2PA_UUID, FileMarks, _Marks, _walk, photo_marks, video_marks
from evidence_kit.sensors.footage import Footage
from evidence_kit.sensors.photo import Photo
from evidence_kit.sensors.photo_header import photo_header
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
