"""What a file declares of itself: generated, edited, by which program. Its own word, never a score (rules 0.6).

A missing mark proves nothing: chats and screenshots strip them.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Literal

from evidence_kit.records import dataclass
from evidence_kit.schema import Deferred, Quad, Unknown
from evidence_kit.sensors.corner_text import CornerText
from evidence_kit.sensors.file_marks import FileMarks
from evidence_kit.sensors.signed_manifest import SignedManifest
from evidence_kit.wiring import fact

Generated = Literal["generated", "maybe", "suspected", "composed"]

LABELS: dict[str, Generated] = {"1": "generated", "2": "maybe", "3": "suspected"}
"""GB 45438-2025: 1 is generated content, 2 may be, 3 is suspected to be."""
SOURCE_TYPES: dict[str, Generated] = {
    "trainedAlgorithmicMedia": "generated",
    "compositeWithTrainedAlgorithmicMedia": "composed",
    "algorithmicMedia": "generated",
    "compositeSynthetic": "composed",
}
"""IPTC's digital source types that speak of generation; a camera's ``digitalCapture`` does not."""
ORDER: tuple[Generated, ...] = ("generated", "composed", "maybe", "suspected")
EDITORS = (
    r"(?i)photoshop|lightroom|gimp|snapseed|picsart|meitu|美图|醒图|xingtu|facetune|canva|premiere|capcut|剪映|jianying|"
    r"final cut|davinci|imovie|inshot|vn video|after effects|pixelmator|affinity|remini|firefly|midjourney|"
    r"stable diffusion|comfyui|dall"
)
"""Programs that change what is seen. A phone's own camera, and a chat's encoder (Lavf), are none of them."""
MARK_ACCEPT = 0.8
"""Mean character score of a visible mark. On 87 development photos none is called without a mark, and 62 with one drawn
in letters of 5 % of the shorter side, the least that GB 45438-2025 allows (benchmarks/documents.py, part ``marks``)."""
MARK_WORDS = (
    r"(?i)(?:^|[^A-Za-z])A[IlL1|i]\W{0,2}(?:辅助)?(?:生成|合成|创作|作画|绘制|制作)|人工智能(?:生成|合成)|"
    r"\bA[Il1]\W{0,2}generated\b|(?:generated|made|created)\s*(?:by|with)\s*A[Il1]\b"
)
"""What a visible mark says; the networks take the capital I for a small L or a one."""
Signature = Literal["intact", "broken", "unreadable"]
GENERATORS = r"(?i)firefly|midjourney|stable diffusion|comfyui|dall.?e|novelai"


@dataclass(frozen=True, slots=True)
class DeclaredMarks:
    generated: Generated | None
    """The strongest thing that the file declares; None where it declares nothing."""
    places: tuple[str, ...] = ()
    """Where it stands: ``XMP``, ``EXIF``, ``PNG``, ``container``, ``C2PA``, ..."""
    producer: str = ""
    """Who labelled it, as the label says."""
    edited_with: str = ""
    c2pa: bool = False
    camera: str = ""
    signature: Signature | None = None
    """What the C2PA manifest's signature comes to; None where there is no manifest, or nothing to check it with."""
    signer: str = ""
    """As the signing certificate says, unchecked."""
    visible: Quad | None = None
    """Where the mark stands that is written on the picture itself."""


@fact(on="photo")
def photo_declares(
    marks: FileMarks, manifest: Deferred[SignedManifest], corners: Deferred[CornerText]
) -> DeclaredMarks:
    """The file's own word on its making, and the picture's where its corners say so."""
    said = _signed(declared_marks(marks), manifest)
    if said.generated is not None:
        return said
    written = corners()
    if isinstance(written, Unknown):
        return said
    for line in written.lines:
        if line.score >= MARK_ACCEPT and re.search(MARK_WORDS, line.text.replace(" ", "")):
            return replace(said, generated="generated", places=("画面文字",), visible=line.quad)
    return said


@fact(on="video")
def video_declares(marks: FileMarks, manifest: Deferred[SignedManifest]) -> DeclaredMarks:
    """The file's own word on its making."""
    return _signed(declared_marks(marks), manifest)


def _signed(said: DeclaredMarks, manifest: Deferred[SignedManifest]) -> DeclaredMarks:
    """With what the signature comes to, where there is a manifest and an engine that checks it."""
    if not said.c2pa:
        return said
    checked = manifest()
    if isinstance(checked, Unknown) or checked.state == "unsigned":
        return said
    return replace(said, signature=checked.state, signer=checked.signer)


def declared_marks(marks: FileMarks) -> DeclaredMarks:
    """What the file's marks come to."""
    found: dict[Generated, list[str]] = {}
    producer = ""
    for where, text in marks.aigc:
        kind, named = _label(text)
        if kind is not None:
            found.setdefault(kind, []).append(where)
            producer = producer or named
    for where, name in marks.source_types:
        if name in SOURCE_TYPES:
            found.setdefault(SOURCE_TYPES[name], []).append(where)
    for key in marks.prompts:
        found.setdefault("generated", []).append(f"PNG {key}")
    programs = [name for _, name in marks.software if re.search(EDITORS, name)]
    found_by_program = [where for where, name in marks.software if re.search(GENERATORS, name)]
    if found_by_program:
        found.setdefault("generated", []).extend(found_by_program)
    strongest = next((kind for kind in ORDER if kind in found), None)
    places = tuple(dict.fromkeys(found[strongest])) if strongest else ()
    return DeclaredMarks(strongest, places, producer, programs[0] if programs else "", marks.c2pa, marks.camera)


def _label(text: str) -> tuple[Generated | None, str]:
    """What one AIGC label says, and who says so. A label that cannot be read still declares that it is one: maybe."""
    try:
        value = json.loads(text)
        if isinstance(value, str):
            value = json.loads(value)
        if isinstance(value, dict) and isinstance(value.get("AIGC"), dict):
            value = value["AIGC"]
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        return ("maybe", "") if text.strip() else (None, "")
    producer = value.get("ContentProducer")
    label = str(value.get("Label", "")).strip()
    return LABELS.get(label, "maybe"), producer[:80] if isinstance(producer, str) else ""
