"""Samples on documents: scales, certificates, receipts, chats, rulers, copies, and files that declare their making."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from benchmarks.synth import papers
from benchmarks.synth.fonts import font
from benchmarks.synth.photos import photo
from benchmarks.synth.scales import scale_shot
from benchmarks.synth.truth import PaperShot
from samples.form import Sample, comes_to, finding, label, order

PACK = "samples/documents.toml"
"""By its path, as a pack of one's own is named; commands on these samples are run from the project's folder."""
NUMBER = "SF2093817746520"
LONG_EDGE_PX = 1200
QUALITY = 72
Bgr = NDArray[np.uint8]
XMP_HEAD = b"http://ns.adobe.com/xap/1.0/\0"


@dataclass(frozen=True)
class Paper:
    """One file of a sample, made as bytes."""

    name: str
    role: str
    make: Callable[[], bytes]
    source: str | None = None


@dataclass(frozen=True)
class DocumentSample:
    """A sample and its files."""

    sample: Sample
    files: tuple[Paper, ...] = field(default=())


def _saved(bgr: Bgr, *, long_edge: int = LONG_EDGE_PX, quality: int = QUALITY) -> bytes:
    scale = min(1.0, long_edge / max(bgr.shape[:2]))
    size = (round(bgr.shape[1] * scale), round(bgr.shape[0] * scale))
    small = cv2.resize(bgr, size, interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def _scale(seed: int, device: str, harm: str = "none") -> Callable[[], bytes]:
    def make() -> bytes:
        shot = scale_shot(seed, device=device, harm=harm)
        if shot.truth.legible != (harm == "none") or (harm == "none" and not shot.truth.unit_shown):
            raise ValueError(f"the scale of seed {seed} is not what the sample says: {shot.truth}")
        return _saved(shot.bgr)

    return make


@lru_cache(maxsize=8)
def _goods(seed: int, numbered: bool) -> Bgr:
    scene: dict[str, Any] = label("SF", NUMBER, ["mug"], "carton") if numbered else {"n_labels": 0, "goods": ["mug"]}
    return np.asarray(photo(91_000 + seed, noise=1.0, tilt_deg=6.0, **{"label_width_px": 1250, **scene}).bgr, np.uint8)


def _photo(seed: int, *, numbered: bool = False, long_edge: int = 1000) -> Callable[[], bytes]:
    edge = 1700 if numbered else long_edge
    return lambda: _saved(_goods(seed, numbered), long_edge=edge)


def _cropped(seed: int) -> bytes:
    whole = _goods(seed, numbered=False)
    high, wide = whole.shape[:2]
    return _saved(np.ascontiguousarray(whole[: int(0.92 * high), int(0.06 * wide) :]), long_edge=900, quality=60)


def _segment(jpeg: bytes, marker: int, body: bytes) -> bytes:
    return jpeg[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body + jpeg[2:]


def _labelled() -> bytes:
    """A photo whose XMP holds the label of GB 45438-2025."""
    text = json.dumps({"Label": "1", "ContentProducer": "示例平台", "ProduceID": "A1"}, ensure_ascii=False)
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/"><TC260:AIGC>{text}</TC260:AIGC>'
        "</rdf:Description></rdf:RDF></x:xmpmeta>"
    )
    return _segment(_photo(3, long_edge=700)(), 0xE1, XMP_HEAD + packet.encode())


def _manifested() -> bytes:
    """A photo with a box where a C2PA manifest stands, which says that a model made it. It bears no signature."""
    text = b"http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    box = b"\0\0\0\x60jumb\0\0\0\x18jumdc2pa\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71\x03c2pa\0" + text
    return _segment(_photo(3, long_edge=700)(), 0xEB, b"JP\0\1\0\0\0\1" + box)


CAPTURED, GENERATED = "digitalCapture", "trainedAlgorithmicMedia"


def _certificates() -> tuple[bytes, bytes]:
    """A signing certificate with its root, and its key, made for this one run (PEM)."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    names = [x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, name)]) for name in ("Sample Root", "Sample")]
    made = []
    for place, (name, key) in enumerate(zip(names, keys, strict=True)):
        root = place == 0
        uses = dict.fromkeys(("content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
                              "encipher_only", "decipher_only"), False)  # fmt: skip
        usage = x509.KeyUsage(digital_signature=not root, key_cert_sign=root, crl_sign=root, **uses)
        built = (
            x509.CertificateBuilder().subject_name(name).issuer_name(names[0]).public_key(key.public_key())
            .serial_number(1000 + place).not_valid_before(datetime(2026, 1, 1)).not_valid_after(datetime(2056, 1, 1))
            .add_extension(x509.BasicConstraints(ca=root, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(keys[0].public_key()), critical=False)
        )  # fmt: skip
        if not root:
            mail = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
            built = built.add_extension(mail, critical=False)
        made.append(built.sign(keys[0], hashes.SHA256()).public_bytes(Encoding.PEM))
    return made[1] + made[0], keys[1].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def signed(jpeg: bytes, source_type: str) -> bytes:
    """``jpeg`` with a C2PA manifest that states ``source_type`` (IPTC), signed. Needs c2pa-python."""
    import c2pa

    action = {
        "action": "c2pa.created",
        "digitalSourceType": f"http://cv.iptc.org/newscodes/digitalsourcetype/{source_type}",
    }
    manifest = {
        "claim_generator_info": [{"name": "sample", "version": "1"}],
        "assertions": [{"label": "c2pa.actions", "data": {"actions": [action]}}],
    }
    chain, key = _certificates()
    signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo(alg=b"es256", sign_cert=chain, private_key=key, ta_url=None))
    settings = c2pa.Settings.from_dict({"builder": {"thumbnail": {"enabled": False}}})
    out = io.BytesIO()
    builder = c2pa.Builder(manifest, context=c2pa.Context(settings=settings))
    builder.sign(signer, "image/jpeg", io.BytesIO(jpeg), out)
    return out.getvalue()


def changed(jpeg: bytes) -> bytes:
    """A signed file to which a comment was added afterwards."""
    return _segment(jpeg, 0xFE, b"saved again")


def _marked() -> bytes:
    """A photo on which the platform that made it wrote so, in letters of 6 % of its height."""
    picture = Image.open(io.BytesIO(_photo(3, long_edge=1000)()))
    tall = round(0.06 * min(picture.size))
    spot = (picture.width - round(0.03 * picture.width), picture.height - round(0.03 * picture.height))
    ImageDraw.Draw(picture).text(spot, "AI生成", fill=(240, 240, 240), font=font("cjk", tall), anchor="rb",
                                 stroke_width=1, stroke_fill=(60, 60, 60))  # fmt: skip
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _by_camera() -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0131] = "HUAWEI", "P60", "P60 1.0.0.120"
    out = io.BytesIO()
    Image.open(io.BytesIO(_photo(3, long_edge=700)())).save(out, "JPEG", quality=QUALITY, exif=exif)
    return out.getvalue()


def _paper(shot: PaperShot) -> bytes:
    return _saved(shot.bgr)


def _chat(*said: str) -> Callable[[], bytes]:
    sides = ("left", "right")
    return lambda: _saved(papers.chat(1, [(sides[i % 2], text) for i, text in enumerate(said)], tall=1000).bgr)


PLAIN = Paper("1.jpg", "other", _photo(3, long_edge=700))
KITCHEN = Paper("1.jpg", "weight", _scale(24, "kitchen"))


def _sample(
    path: str, outcome: str, reason: str | None, *files: Paper, facts: dict[str, Any] | None = None
) -> DocumentSample:
    rule = path.split("/", maxsplit=1)[0]
    stated = {"order": {**order(NUMBER, outbound=NUMBER)}, **(facts or {})}
    return DocumentSample(Sample(path, PACK, stated, (), comes_to(None, finding(rule, outcome, reason))), files)


def document_cases() -> list[DocumentSample]:
    """Every sample, with what follows from how its pictures are made."""
    weights = {"weights": {"repack_g": 1210.0, "warehouse_g": 1205.0, "courier_g": 1200.0}}
    heavier = {"weights": {"repack_g": 1400.0, "warehouse_g": 1205.0, "courier_g": 1200.0}}
    two = {"weights": {"repack_g": 1210.0, "warehouse_g": 1205.0}}
    whole: dict[str, Any] = {"amount": 12.5, "day": "2026-11-20", "number": NUMBER}
    said = _chat("您好,请问手机激活了吗", "没有,手机未激活", "好的,同意退货")
    other = _chat("您好,请问手机激活了吗", "我打开看了一下", "好的,稍等")
    spot, inner = Paper("2.jpg", "damage_spot", _photo(4)), Paper("3.jpg", "inner_damage", _photo(5))
    outer, bare = Paper("1.jpg", "outer_package", _photo(6, numbered=True)), Paper("1.jpg", "outer_package", _photo(7))
    fail = ("fail", "MISSING_ROLE")
    return [
        _sample("weight-legible/pass-kitchen-scale", "pass", None, KITCHEN),
        _sample("weight-legible/review-blurred", "review", "WEIGHT_UNREADABLE",
                Paper("1.jpg", "weight", _scale(18, "kitchen", "blur"))),
        _sample("weight-legible/fail-no-figure", "fail", "WEIGHT_UNREADABLE",
                Paper("1.jpg", "weight", lambda: _paper(papers.carton_print(1)))),
        _sample("weights-agree/pass-within-tolerance", "pass", None, PLAIN, facts=weights),
        _sample("weights-agree/fail-lighter-when-sent", "fail", "WEIGHT_DIFFERS", PLAIN, facts=heavier),
        _sample("weights-agree/review-one-missing", "review", "MISSING_FACT", PLAIN, facts=two),
        _sample(
            "weight-pictures-present/pass-both", "pass", None,
            Paper("1.jpg", "weight", _scale(24, "kitchen"), "warehouse"),
            Paper("2.jpg", "weight", _scale(8, "courier-led"), "courier"),
        ),
        _sample("weight-pictures-present/review-one", "review", "MISSING_ROLE", KITCHEN),
        _sample("weight-pictures-present/fail-none", *fail, PLAIN),
        _sample("weighing-or-measuring-shown/pass-scale", "pass", None, KITCHEN),
        _sample("weighing-or-measuring-shown/pass-ruler", "pass", None,
                Paper("1.jpg", "measure", lambda: _paper(papers.ruler(2)))),
        _sample("weighing-or-measuring-shown/review-no-figures", "review", "WEIGHT_UNREADABLE",
                Paper("1.jpg", "measure", lambda: _paper(papers.ruler(3, figures=False)))),
        _sample("weighing-or-measuring-shown/fail-none", *fail, PLAIN),
        _sample("damage-photos-complete/pass-three", "pass", None, outer, spot, inner),
        _sample("damage-photos-complete/review-no-label", "review", "WAYBILL_UNREADABLE", bare, spot, inner),
        _sample("damage-photos-complete/fail-no-inner-damage", *fail, outer, spot),
        _sample("courier-seal-certificate/pass-seal-and-number", "pass", None,
                Paper("1.jpg", "seal_certificate", lambda: _paper(papers.certificate(1, number=NUMBER)))),
        _sample("courier-seal-certificate/review-no-seal", "review", "SEAL_NOT_FOUND",
                Paper("1.jpg", "seal_certificate", lambda: _paper(papers.certificate(2, number=NUMBER, seal="none")))),
        _sample("courier-seal-certificate/fail-none", *fail, PLAIN),
        _sample("freight-receipt-legible/pass-three-fields", "pass", None,
                Paper("1.jpg", "freight_receipt", lambda: _paper(papers.receipt(1, **whole)))),
        _sample("freight-receipt-legible/review-no-amount", "review", "MISSING_FIELD",
                Paper("1.jpg", "freight_receipt", lambda: _paper(papers.receipt(2, leave=("amount",), **whole)))),
        _sample("freight-receipt-legible/review-other-amount", "review", "AMOUNT_DIFFERS",
                Paper("1.jpg", "freight_receipt", lambda: _paper(papers.receipt(3, **whole))),
                facts={"appeal": {"type": "运费", "amount": 21.5}}),
        _sample("freight-receipt-legible/fail-none", *fail, PLAIN),
        _sample("goods-certificate-present/pass-invoice", "pass", None,
                Paper("1.jpg", "goods_certificate", lambda: _paper(papers.receipt(4, **whole)))),
        _sample("goods-certificate-present/fail-none", *fail, PLAIN),
        _sample("chat-contains-words/pass-said", "pass", None, Paper("1.jpg", "chat", said)),
        _sample("chat-contains-words/review-other-words", "review", "MISSING_FIELD", Paper("1.jpg", "chat", other)),
        _sample("chat-contains-words/fail-no-chat", *fail, PLAIN),
        _promised("pass-chat", "pass", None, Paper("1.jpg", "chat", other)),
        _promised("review-no-chat-in-it", "review", "MISSING_ROLE", Paper("1.jpg", "chat", _photo(5))),
        _promised("fail-no-chat", *fail, PLAIN),
        _sample("no-declared-generation/pass-camera", "pass", None, Paper("1.jpg", "problem", _by_camera)),
        _sample("no-declared-generation/review-aigc-label", "review", "DECLARED_AI",
                Paper("1.jpg", "problem", _labelled)),
        _sample("no-declared-generation/review-c2pa", "review", "DECLARED_AI",
                Paper("1.jpg", "problem", _manifested)),
        _sample("no-declared-generation/review-signed", "review", "DECLARED_AI",
                Paper("1.jpg", "problem", lambda: signed(_photo(3, long_edge=700)(), GENERATED))),
        _sample("no-declared-generation/review-visible-mark", "review", "DECLARED_AI",
                Paper("1.jpg", "problem", _marked)),
        _sample("no-declared-generation/pass-changed-since-signed", "pass", None,
                Paper("1.jpg", "problem", lambda: changed(signed(_photo(3, long_edge=700)(), CAPTURED)))),
        _sample("no-reuse/pass-two-photos", "pass", None, spot, inner),
        _sample("no-reuse/review-same-file", "review", "DUPLICATE_PHOTO", spot,
                Paper("3.jpg", "inner_damage", _photo(4))),
        _sample("no-reuse/review-saved-again", "review", "DUPLICATE_PHOTO", spot,
                Paper("3.jpg", "inner_damage", lambda: _cropped(4))),
    ]  # fmt: skip


def _promised(name: str, outcome: str, reason: str | None, *files: Paper) -> DocumentSample:
    return _sample(f"chat-for-promised-refund/{name}", outcome, reason, *files)


def write_document(entry: DocumentSample, manifest: str, folder: Path) -> None:
    """The files of one sample, and its manifest with their roles."""
    lines = []
    for paper in entry.files:
        lines += ["", "[[files]]", f'path = "{paper.name}"', f'role = "{paper.role}"']
        if paper.source:
            lines.append(f'source = "{paper.source}"')
        (folder / paper.name).write_bytes(paper.make())
    if entry.sample.path.startswith("chat-for-promised-refund/"):
        manifest = "promised_refund = true\n" + manifest
    (folder / "submission.toml").write_text(manifest + "\n".join(lines) + "\n", encoding="utf-8")
