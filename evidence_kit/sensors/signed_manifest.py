"""Whether the C2PA manifest in a file is signed and the file unchanged since (c2pa-python, the extra ``c2pa``).

Nothing is fetched: neither manifests kept elsewhere nor revocation lists. Who signed is the certificate's own word: no
list of trusted signers is shipped, so an intact signature says that nothing was changed after it, and no more.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from evidence_kit.records import dataclass
from evidence_kit.sensors import EngineMissing
from evidence_kit.sensors.footage import Footage
from evidence_kit.sensors.photo import Photo
from evidence_kit.wiring import sensor

OFFLINE = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}}
MAX_NAME = 80
_BRANDS = {b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heif", b"avif": "image/avif",
           b"qt  ": "video/quicktime"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SignedManifest:
    """What the signature of a file's manifest comes to."""

    state: Literal["unsigned", "intact", "broken", "unreadable"]
    """``unsigned``: no manifest; ``broken``: signature or content does not agree; ``unreadable``: of no known form."""
    signer: str = ""
    """Organisation or name on the signing certificate, unchecked."""
    faults: tuple[str, ...] = ()
    """C2PA's own codes of what does not agree (C2PA 2.2, 15.2)."""


@sensor(on="photo", version="1", packages=("c2pa-python",))
def photo_manifest(photo: Photo) -> SignedManifest:
    """The signature in one photo's file. Raises EngineMissing."""
    return SignedManifest("unsigned") if photo.path is None else read_manifest(photo.path)


@sensor(on="video", version="1", packages=("c2pa-python",))
def video_manifest(footage: Footage) -> SignedManifest:
    """The signature in one video's file. Raises EngineMissing."""
    return read_manifest(Path(footage.path))


def read_manifest(path: Path) -> SignedManifest:
    """The signature in the file at ``path``. Raises EngineMissing, OSError."""
    c2pa = _engine()
    with path.open("rb") as stream:
        form = _form(stream.read(12))
        stream.seek(0)
        try:
            context = c2pa.Context(settings=c2pa.Settings.from_dict(OFFLINE))
            reader = c2pa.Reader(form, stream, context=context)
            state, shown = str(reader.get_validation_state()), reader.get_active_manifest() or {}
            results: Any = reader.get_validation_results() or {}
        except c2pa.C2paError.ManifestNotFound:
            return SignedManifest("unsigned")
        except c2pa.C2paError:
            return SignedManifest("unreadable")
    signature = shown.get("signature_info") or {}
    signer = str(signature.get("issuer") or signature.get("common_name") or "")[:MAX_NAME]
    failures = (results.get("activeManifest") or {}).get("failure") or []
    faults = tuple(
        str(one.get("code", ""))[:MAX_NAME] for one in failures if one.get("code") != "signingCredential.untrusted"
    )
    return SignedManifest("intact" if state in ("Valid", "Trusted") else "broken", signer, tuple(faults[:10]))


def _engine() -> Any:
    try:
        import c2pa
    except ImportError as error:
        raise EngineMissing("c2pa-python is not installed; add it with: pip install 'evidence-kit[c2pa]'") from error
    return c2pa


def _form(head: bytes) -> str:
    """The media type as the first bytes show it."""
    if head[:2] == b"\xff\xd8":
        return "image/jpeg"
    if head[:4] == b"\x89PNG":
        return "image/png"
    if head[:4] == b"RIFF":
        return "image/webp" if head[8:12] == b"WEBP" else "video/avi"
    return _BRANDS.get(head[8:12], "video/mp4")
