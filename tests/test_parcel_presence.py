"""The parcel out of the picture: its colours in the views, and what is told of them."""

from __future__ import annotations

from typing import Any

import av
import numpy as np
import pytest

from evidence_kit.facts.continuity import Continuity
from evidence_kit.facts.parcel_presence import BACK, GONE, ParcelPresence, parcel_presence
from evidence_kit.schema import Blind, Span, Text, Unknown
from evidence_kit.sensors.footage import Footage
from evidence_kit.sensors.parcel_colours import ParcelColours, parcel_colours, teaching
from evidence_kit.sensors.parcel_looks import ParcelLook, ParcelLooks, SeenFace

STEP_S = 0.25
TURN = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)


def look(at_s, closed=0.12, *, sure=0.9, flap=0.0, inside=0.0, goods=0.0, quad=None):
    corners = quad or ((0.3, 0.3), (0.7, 0.3), (0.7, 0.7), (0.3, 0.7))
    faces = (SeenFace(4, 1.0, closed, 0.95, corners),) if closed else ()
    return ParcelLook(at_s, sure, TURN if closed else (), closed, 0.0, flap, inside, goods, 0.0, 9.0, 2.0, faces)


def told(left, looks=(), *, take=None, until_s=None, step_s=STEP_S, outside=0.01):
    """What is told of views in which so many parts of the usual colours are left."""
    moments = tuple(round(place * step_s, 3) for place in range(len(left)))
    inside = tuple(0.9 if part >= BACK else 0.0 for part in left)
    colours = ParcelColours(moments, tuple(0.1 * part for part in left), inside, tuple(outside for _ in left))
    seen = ParcelLooks(tuple(looks), moments[-1] if until_s is None else until_s)
    return parcel_presence(take or Continuity(), seen, colours)


THERE, AWAY = [1.0] * 8, [0.02] * 20


def test_a_parcel_that_leaves_and_comes_back_is_told_with_its_moments():
    found = told([*THERE, *AWAY, *THERE])
    assert found == ParcelPresence((Span(1.875, 6.875),), True, 8.75)


@pytest.mark.parametrize(
    ("why", "left", "more"),
    [
        ("never there before", [*AWAY, *THERE], {}),
        ("not back", [*THERE, *AWAY], {}),
        ("back for one view only", [*THERE, *AWAY, 1.0], {}),
        ("covered: a sixth is left", [*THERE, *[0.17] * 20, *THERE], {}),
        ("half out of the frame", [*THERE, *[0.4] * 20, *THERE], {}),
        ("colours all around", [*THERE, *AWAY, *THERE], {"outside": 0.3}),
        ("not looked at any more", [*THERE, *AWAY, *THERE], {"until_s": 1.9}),
        ("a blind interval", [*THERE, *AWAY, *THERE], {"take": Continuity(blind=(Blind(1.5, 7.5, "covered"),))}),
        ("the camera came near", [*THERE, 4.0, *AWAY, *THERE], {}),
        ("and went back", [*THERE, *AWAY, 4.0, *THERE], {}),
        ("too few looks agree", [1.0, 1.0, *AWAY, 1.0, 1.0], {}),
    ],
)
def test_what_is_not_told(why, left, more):
    assert told(left, **more).out == (), why


def test_a_mere_part_of_an_absence_is_told_where_the_looking_ended():
    assert told([*THERE, *AWAY, *THERE], until_s=5.0).out == (Span(1.875, 5.125),)


def test_views_too_far_apart_leave_open_what_was_between_them():
    found = told([*THERE, *[0.02] * 4, *THERE], step_s=1.5)
    assert found.told
    assert all(span.to_s - span.from_s <= 0.5 for span in found.out)


def test_one_view_that_shows_it_parts_an_absence():
    assert len(told([*THERE, *AWAY, BACK, *AWAY, *THERE]).out) == 2


def test_in_every_view_so_little_is_left():
    assert told([*THERE, *[0.02] * 10, GONE + 0.01, *[0.02] * 10, *THERE]).out != told([*THERE, *AWAY, *THERE]).out


def open_looks(shown):
    """Closed, then opened, then as ``shown`` from the second second on."""
    before = [look(0.25 * k) for k in range(4)] + [look(1.0 + 0.25 * k, 0.02, flap=0.2, goods=0.1) for k in range(4)]
    return [*before, *[look(2.0 + 0.25 * k, 0.0, **shown) for k in range(20)]]


@pytest.mark.parametrize("shown", [{"goods": 0.08}, {"flap": 0.1}, {"inside": 0.15}])
def test_after_the_opening_goods_and_the_opened_box_are_the_parcel_too(shown):
    assert told([*THERE, *AWAY, *THERE], open_looks(shown)).out == ()


def test_after_the_opening_nothing_of_either_is_an_absence():
    assert len(told([*THERE, *AWAY, *THERE], open_looks({})).out) == 1


def test_goods_do_not_count_before_the_opening():
    looks = [look(0.25 * k) for k in range(8)] + [look(2.0 + 0.25 * k, 0.0, goods=0.1) for k in range(20)]
    assert len(told([*THERE, *AWAY, *THERE], looks).out) == 1


def test_an_unjudged_take_takes_nothing_away():
    assert told([*THERE, *AWAY, *THERE], take=Unknown("CANNOT_OPEN", Text("", ""))).out


def test_nothing_seen_tells_nothing():
    assert parcel_presence(Continuity(), ParcelLooks(), ParcelColours()) == ParcelPresence()


def test_unsure_and_oddly_large_looks_teach_nothing():
    plain = [look(0.25 * k) for k in range(8)]
    odd = [look(3.0, sure=0.5), look(3.3, 0.5), look(3.6, 0.02), look(3.9, 0.0)]
    assert teaching([*plain, *odd]) == plain
    assert teaching([look(0.0, 0.0)]) == []


@pytest.fixture(scope="module")
def carried_off(tmp_path_factory):
    """Ten seconds: a red box on grey board, gone from the fourth to the eighth; a blue one beside it stays."""
    path = tmp_path_factory.mktemp("presence") / "clip.mp4"
    rng = np.random.default_rng(3)
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 192, 108, "yuv420p"
        for number in range(100):
            picture = np.full((108, 192, 3), 120, np.uint8) + rng.integers(0, 12, (108, 192, 1), np.uint8)
            picture[5:40, 5:45] = (40, 60, 180)
            if not 40 <= number < 80:
                picture[32:76, 58:134] = (190, 50, 40)
            for packet in stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")):
                out.mux(packet)
        for packet in stream.encode():
            out.mux(packet)
    return path


def test_colours_follow_the_parcel_and_not_what_is_taken_for_it(carried_off):
    # While it is gone the network goes on seeing a parcel, in the blue box: surely, but smaller than usual.
    beside = ((0.03, 0.05), (0.23, 0.05), (0.23, 0.37), (0.03, 0.37))
    looks = [look(round(0.1 * k, 3)) for k in range(100) if not 40 <= k < 80]
    looks += [look(round(0.1 * k, 3), 0.05, quad=beside) for k in range(40, 80)]
    looks = ParcelLooks(tuple(sorted(looks, key=lambda one: one.at_s)), 9.8)
    colours = parcel_colours(Footage(str(carried_off)), looks)
    rows = list(zip(colours.at_s, colours.like, colours.inside, strict=True))
    assert all(like > 0.1 and inside > 0.8 for at_s, like, inside in rows if at_s < 3.9 or at_s > 8.1)
    assert all(like < 0.01 and inside < 0.05 for at_s, like, inside in rows if 4.1 < at_s < 7.9)
    (span,) = parcel_presence(Continuity(), looks, colours).out
    assert span.from_s == pytest.approx(4.0, abs=0.25)
    assert span.to_s == pytest.approx(8.0, abs=0.25)


def test_without_a_sure_look_no_view_is_decoded(carried_off):
    footage = Footage(str(carried_off))
    assert parcel_colours(footage, ParcelLooks((look(0.0, 0.0),), 9.0)) == ParcelColours()
    assert not footage.views.at_s


def test_the_renderer_s_absence_is_in_its_truth():
    from benchmarks.synth.presence_set import Event, eventful
    from benchmarks.synth.unboxing import Show, Wish, take

    show: Any = take(7, Wish(2, "sealed", opens=False), eventful(Show))
    length_s = show.length_s
    show.happen(Event("carried", 1.0, 2.0, 0.5, (1.0, 0.0), 0.5))
    assert show.length_s == length_s + 3.0
    shares = [show.frame(at_s)[2].share.sum() for at_s in (0.9, 2.5, 4.2)]
    assert shares[0] > 0.05 < shares[2]
    assert shares[1] == 0.0
