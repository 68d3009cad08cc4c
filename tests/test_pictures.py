"""Annotated pictures: labels cannot be read on them unless revealed, quads are drawn, hostile files cost nothing."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import zxingcpp

from evidence_kit.engine import judge
from evidence_kit.intake import open_submission
from evidence_kit.packs import load_pack
from evidence_kit.pictures import draw, draw_all, file_name, sources
from evidence_kit.report.picture import Mark, Wish, labels_of, wishes
from evidence_kit.schema import Item, SidesReport, Text
from tests.conftest import NOW, ROOT
from tests.report_cases import QUAD, whole_report

SAMPLES = ("waybill-matches/pass-both-labels", "waybill-readable/pass-barcode", "waybill-readable/pass-sideways")


def judged(name):
    submission = open_submission([ROOT / "samples" / name], facts={}, now=NOW)
    return judge(submission, load_pack("card")), submission


def pixels(drawn):
    return cv2.imdecode(np.frombuffer(drawn.jpeg, np.uint8), cv2.IMREAD_COLOR)


def codes_in(picture):
    large = cv2.resize(picture, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    return [code.text for image in (picture, large) for code in zxingcpp.read_barcodes(image) if len(code.text) > 6]


@pytest.mark.parametrize("name", SAMPLES)
def test_no_code_can_be_read_on_a_masked_picture(name):
    report, submission = judged(name)
    drawn = list(draw_all(wishes(report), submission.items))
    assert drawn and all(codes_in(pixels(picture)) == [] for picture in drawn)


def test_revealed_shows_the_code():
    report, submission = judged("waybill-readable/pass-barcode")
    wish = next(wish for wish in wishes(report) if wish.kind == "photo")
    bare = Wish(wish.id, wish.kind, wish.item, wish.caption, covered=wish.covered)
    shown = draw(bare, submission.items[0], reveal=True)
    assert codes_in(pixels(shown))


def test_what_lies_beside_the_label_stays():
    report, submission = judged("waybill-matches/fail-other-number")
    wish = next(wish for wish in wishes(report) if wish.kind == "photo")
    bare = Wish(wish.id, wish.kind, wish.item, wish.caption, covered=wish.covered)
    masked, whole = (pixels(draw(bare, submission.items[0], reveal=reveal)) for reveal in (False, True))
    whole = cv2.resize(whole, masked.shape[1::-1], interpolation=cv2.INTER_AREA)
    differs = np.abs(masked.astype(int) - whole).max(axis=2) > 40
    shirt = differs[int(0.45 * len(masked)) : int(0.9 * len(masked)), : int(0.3 * masked.shape[1])]
    assert labels_of(report, submission.items[0].id) and differs.any() and shirt.mean() < 0.02


def test_a_picture_carries_no_metadata():
    _, submission = judged("waybill-readable/pass-barcode")
    drawn = draw(Wish("p", "photo", "1.jpg", Text("", "")), submission.items[0])
    assert b"Exif" not in drawn.jpeg and drawn.jpeg[:3] == b"\xff\xd8\xff"


def grey_photo(folder, size=(600, 800)):
    path = folder / "photo.png"
    cv2.imwrite(str(path), np.full((*size, 3), 128, np.uint8))
    return Item("photo.png", "photo", str(path), path.stat().st_size, "")


def test_marks_are_drawn_where_they_are(tmp_path):
    mark = Mark(1, QUAD, "fail", Text("", ""), "5547")
    drawn = draw(Wish("p", "photo", "photo.png", Text("", ""), marks=(mark,)), grey_photo(tmp_path))
    picture = pixels(drawn)
    red = (picture[:, :, 2] > picture[:, :, 1].astype(int) + 60).nonzero()
    assert abs(red[1].max() - 0.5 * 800) < 12 and abs(red[0].max() - 0.3 * 600) < 12


def test_a_chat_is_blurred_as_a_whole(tmp_path):
    path = tmp_path / "chat.png"
    picture = np.full((1200, 800, 3), 255, np.uint8)
    cv2.putText(picture, "13812345678", (60, 600), cv2.FONT_HERSHEY_SIMPLEX, 3, (0, 0, 0), 5)
    cv2.imwrite(str(path), picture)
    item = Item("chat.png", "photo", str(path), 1, "", role="chat")
    drawn = pixels(draw(Wish("p", "photo", "chat.png", Text("", ""), private=True), item))
    assert cv2.Laplacian(cv2.cvtColor(drawn, cv2.COLOR_BGR2GRAY), cv2.CV_64F).var() < 5


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff\xe0 not a jpeg", b"\x89PNG\r\n\x1a\n" + b"\0" * 64])
@pytest.mark.parametrize("kind", ["photo", "video"])
def test_a_broken_file_costs_its_picture_only(tmp_path, content, kind):
    path = tmp_path / "x.bin"
    path.write_bytes(content)
    item = Item("x.bin", kind, str(path), len(content), "")
    wish = Wish("p", "photo" if kind == "photo" else "overview", "x.bin", Text("", ""), times_s=(1.0,))
    assert draw(wish, item) is None


def video(folder, seconds=4):
    path = folder / "clip.mp4"
    import av

    with av.open(str(path), "w") as made:
        stream = made.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for number in range(seconds * 10):
            frame = av.VideoFrame.from_ndarray(np.full((240, 320, 3), number * 5, np.uint8), format="rgb24")
            for packet in stream.encode(frame):
                made.mux(packet)
        for packet in stream.encode():
            made.mux(packet)
    return Item("clip.mp4", "video", str(path), path.stat().st_size, "")


def test_a_contact_sheet_shows_the_moments_in_order(tmp_path):
    wish = Wish("v", "overview", "clip.mp4", Text("", ""), times_s=(0.5, 1.5, 2.5, 3.5))
    picture = pixels(draw(wish, video(tmp_path)))
    cells = [picture[100, 160], picture[100, 160 + 326], picture[100, 160 + 652], picture[100 + 240 + 26, 160]]
    values = [int(cell.mean()) for cell in cells]
    assert values == sorted(values) and values[-1] - values[0] > 100


def test_faces_are_numbered_cells(tmp_path):
    wish = Wish("v", "faces", "clip.mp4", Text("", ""), times_s=(0.5, 1.5), areas=(QUAD, QUAD))
    drawn = draw(wish, video(tmp_path))
    assert drawn is not None and drawn.width > drawn.height


def test_two_faces_seen_best_at_one_moment_are_two_cells(tmp_path):
    clip = video(tmp_path)
    other = ((0.1, 0.1), (0.3, 0.1), (0.3, 0.4), (0.1, 0.4))
    one = draw(Wish("v", "faces", "clip.mp4", Text("", ""), times_s=(0.5,), areas=(QUAD,)), clip)
    two = draw(Wish("v", "faces", "clip.mp4", Text("", ""), times_s=(0.5, 0.5), areas=(QUAD, other)), clip)
    assert one is not None and two is not None
    assert two.width > 1.9 * one.width


@pytest.mark.parametrize(("seconds", "last_s"), [(412.0, 34.5), (6.0, 5.75)])
def test_sides_that_could_not_be_told_are_shown_view_by_view(seconds, last_s):
    report = whole_report()
    video_item = replace(report.items[1], seconds=seconds)
    told = {wish.id for wish in wishes(report)}
    assert any(name.endswith("-faces") for name in told) and not any(name.endswith("-begin") for name in told)
    untold = replace(report.facts, sides=(SidesReport(video_item.id, None, (), None, None),))
    found = wishes(replace(report, items=(report.items[0], video_item), facts=untold))
    begin = next(wish for wish in found if wish.id.endswith("-begin"))
    assert len(begin.times_s) == 12
    assert list(begin.times_s) == sorted(begin.times_s)
    assert begin.times_s[-1] == pytest.approx(last_s)
    never_looked = wishes(replace(report, facts=replace(report.facts, sides=())))
    assert not any(wish.id.endswith("-begin") for wish in never_looked)


def test_showings_without_a_number_are_not_called_faces():
    report = whole_report()
    sides = replace(report.facts.sides[0], shown=None)
    untold = replace(report, facts=replace(report.facts, sides=(sides,)))
    captions = [next(w for w in wishes(one) if w.id.endswith("-faces")).caption.en for one in (report, untold)]
    assert "twice" not in captions[0]
    assert "twice" in captions[1]


def test_every_wish_of_a_report_is_about_one_of_its_items():
    report = whole_report()
    found = wishes(report)
    assert {wish.kind for wish in found} == {"crop", "moment", "photo", "faces", "overview"}
    assert len({wish.id for wish in found}) == len(found)
    assert {wish.item for wish in found} <= {item.id for item in report.items}


def test_sources_are_data_addresses(tmp_path):
    drawn = draw(Wish("p0", "photo", "photo.png", Text("", "")), grey_photo(tmp_path))
    source = sources([drawn])["p0"]
    assert source.address.startswith("data:image/jpeg;base64,") and (source.width, source.height) == (800, 600)


def test_a_picture_file_has_a_safe_name():
    wish = Wish("p0", "photo", '../..\\C:\\第1张 "<x>?.jpg', Text("", ""))
    name = file_name(wish)
    assert not set(name) & set('/\\:*?"<>|') and name.startswith("p0-") and "第1张" in name


def test_the_command_line_writes_page_and_pictures(tmp_path):
    from evidence_kit.cli import main

    page, folder = tmp_path / "报告 1.html", tmp_path / "图 片"
    sample = str(ROOT / "samples" / "waybill-matches" / "fail-other-number")
    said = ["check", sample, "--format", "html", "--lang", "zh", "--cache", "off", "-q"]
    assert main([*said, "--output", str(page), "--pictures", str(folder)]) == 1
    assert "data:image/jpeg;base64," in page.read_text("utf-8")
    assert {path.suffix for path in folder.iterdir()} == {".jpg"} and len(list(folder.iterdir())) >= 2
