"""What the packets of one video give away without decoding: time stamps, key frames, sizes, sound spacing, edits.

Raw measurements; which of them count is decided in facts/continuity.py. Costs about 1.5 % of a full decode.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evidence_kit.records import dataclass
from evidence_kit.sensors.container import PacketTable
from evidence_kit.sensors.footage import Footage
from evidence_kit.wiring import sensor

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_ENTRIES = 400
"""Entries kept of each kind, the most marked ones: a file cannot fill the report."""
_MAKERS = (
    "encoder",
    "software",
    "video:encoder",
    "comment",
    "video:handler_name",
    "handler_name",
    "WMFSDKVersion",
)


@dataclass(frozen=True, slots=True)
class Spacing:
    """An irregular step between the time stamps of two neighbouring packets."""

    at_s: float
    """Where the usual step would have ended."""
    step_s: float
    usual_s: float


@dataclass(frozen=True, slots=True)
class EarlyKey:
    """A key frame before its time."""

    at_s: float
    after_s: float
    """Seconds since the key frame before it."""
    usual_s: float
    step_s: float
    """Seconds since the frame before it."""


@dataclass(frozen=True, slots=True)
class Burst:
    """A packet that is no key frame, yet large beside its neighbours."""

    at_s: float
    ratio: float


@dataclass(frozen=True, slots=True)
class TinyRun:
    """Packets in a row that carry next to nothing: the encoder found no change."""

    from_s: float
    to_s: float
    packets: int


@dataclass(frozen=True, slots=True)
class PacketSignals:
    frame_s: float
    frames: int
    gaps: tuple[Spacing, ...] = ()
    """Steps of more than 1.5 or less than 0.5 usual frame times."""
    steady: float = 1.0
    """Share of steps within 10 % of the usual one: low for a variable frame rate."""
    key_every: int = 0
    """Frames between key frames, usually."""
    early_keys: tuple[EarlyKey, ...] = ()
    """Key frames that come early. A camera's fixed GOP has none."""
    bursts: tuple[Burst, ...] = ()
    tiny: tuple[TinyRun, ...] = ()
    sound: bool = False
    sound_gaps: tuple[Spacing, ...] = ()
    """Steps between sound packets that differ from the usual one by more than 10 % and 2 ms."""
    sound_steady: float = 1.0
    ends_apart_s: float | None = None
    """End of picture minus end of sound."""
    edits: int = 0
    """Edit-list entries of the busiest track; one is normal."""
    sound_runs: int = 0
    """Runs of equal sample duration in the sound track (ISO files); a camera writes few."""
    makers: tuple[str, ...] = ()
    """Tags that name the writing program: information, never a signal (re-sending rewrites them)."""


@sensor(on="video", version="1", packages=("av", "numpy"))
def packet_signals(footage: Footage) -> PacketSignals:
    """Read the packet tables. Raises CannotOpen where no demuxer takes the file."""
    import numpy as np

    table, sound = footage.packets, footage.sound_packets
    facts, iso = footage.container, footage.iso
    tags = dict(facts.tags)
    makers = tuple(dict.fromkeys(tags[name][:80] for name in _MAKERS if tags.get(name)))
    if table is None or len(table) == 0:
        return PacketSignals(footage.frame_s, 0, sound=sound is not None, makers=makers)
    times, order = _times(table)
    gaps, steady = _spacings(times, footage.frame_s, (0.5, 1.5), 0.1)
    sound_gaps: tuple[Spacing, ...] = ()
    sound_steady, ends_apart = 1.0, None
    if sound is not None and len(sound) > 20:
        heard, _ = _times(sound)
        usual = float(np.median(np.diff(heard)))
        margin = max(0.1, 0.002 / max(usual, 1e-4))
        sound_gaps, sound_steady = _spacings(heard, usual, (1 - margin, 1 + margin), margin)
        ends_apart = round(float(times[-1] + footage.frame_s - heard[-1] - usual), 4)
    key_every, early_keys = _keys(times, table.key[order])
    tracks = iso.tracks if iso else ()
    return PacketSignals(
        frame_s=round(footage.frame_s, 6),
        frames=len(times),
        gaps=gaps,
        steady=steady,
        key_every=key_every,
        early_keys=early_keys,
        bursts=_bursts(times, table.size[order], table.key[order]),
        tiny=_tiny(times, table.size[order], table.key[order]),
        sound=sound is not None,
        sound_gaps=sound_gaps,
        sound_steady=sound_steady,
        ends_apart_s=ends_apart,
        edits=max((len(track.edits) for track in tracks), default=0),
        sound_runs=max((track.stts_runs for track in tracks if track.kind == "soun"), default=0),
        makers=makers,
    )


def _times(table: PacketTable) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Presentation times in order, and the order; by decoding time where presentation times are not stated."""
    import numpy as np

    stamps = np.where(np.isfinite(table.pts_s), table.pts_s, table.dts_s)
    if not np.isfinite(stamps).all():
        known = np.isfinite(stamps)
        rows = np.arange(len(stamps))
        stamps = np.interp(rows, rows[known], stamps[known]) if known.any() else rows / 30.0
    order = np.argsort(stamps, kind="stable")
    return stamps[order], order


def _spacings(times: Any, usual: float, band: tuple[float, float], close: float) -> tuple[tuple[Spacing, ...], float]:
    import numpy as np

    steps = np.diff(times)
    if len(steps) == 0 or usual <= 0:
        return (), 1.0
    odd = np.flatnonzero((steps < band[0] * usual) | (steps > band[1] * usual))
    worst = sorted(odd[np.argsort(-np.abs(steps[odd] - usual), kind="stable")][:MAX_ENTRIES])
    found = tuple(Spacing(round(float(times[k] + usual), 4), round(float(steps[k]), 5), round(usual, 5)) for k in worst)
    return found, round(float(np.mean(np.abs(steps - usual) <= close * usual)), 4)


def _keys(times: Any, key: Any) -> tuple[int, tuple[EarlyKey, ...]]:
    import numpy as np

    places = np.flatnonzero(key)
    if len(places) < 3:
        return 0, ()
    steps = np.diff(places)
    values, counts = np.unique(steps, return_counts=True)
    usual = int(values[np.argmax(counts)])
    frame_s = float(np.median(np.diff(times)))
    odd = np.flatnonzero(steps < usual)[:MAX_ENTRIES]
    found = tuple(
        EarlyKey(
            at_s=round(float(times[places[k + 1]]), 4),
            after_s=round(float(steps[k] * frame_s), 4),
            usual_s=round(usual * frame_s, 4),
            step_s=round(float(times[places[k + 1]] - times[places[k + 1] - 1]), 5),
        )
        for k in odd
    )
    return usual, found


def _bursts(times: Any, size: Any, key: Any) -> tuple[Burst, ...]:
    """Packets against the median of up to eight others on each side, key frames left out."""
    import numpy as np

    rows = np.flatnonzero(~key)
    if len(rows) < 12:
        return ()
    bytes_ = size[rows].astype(np.float64)
    padded = np.pad(bytes_, 6, mode="reflect")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 13)
    ratio = bytes_ / (np.median(windows, axis=1) + 64)
    marked = np.flatnonzero(ratio > 2.0)
    worst = sorted(marked[np.argsort(-ratio[marked], kind="stable")][:MAX_ENTRIES])
    return tuple(Burst(round(float(times[rows[k]]), 4), round(float(ratio[k]), 3)) for k in worst)


def _tiny(times: Any, size: Any, key: Any) -> tuple[TinyRun, ...]:
    import numpy as np

    rows = np.flatnonzero(~key)
    if len(rows) < 12:
        return ()
    tiny = size[rows] < 0.06 * float(np.median(size[rows])) + 20
    found: list[TinyRun] = []
    begin = None
    for place in range(len(rows) + 1):
        if place < len(rows) and tiny[place]:
            begin = place if begin is None else begin
        elif begin is not None:
            if place - begin >= 4:
                span = float(times[rows[begin]]), float(times[rows[place - 1]])
                found.append(TinyRun(round(span[0], 4), round(span[1], 4), place - begin))
            begin = None
    return tuple(found[:MAX_ENTRIES])
