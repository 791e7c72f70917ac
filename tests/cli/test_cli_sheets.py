# SPDX-License-Identifier: Apache-2.0
"""Pictures for people: --grid, --compare, --sweep-video."""
import struct

import numpy as np
import pytest
from conftest import SWEEP, missing
from PIL import Image, ImageSequence


def pixels(picture) -> np.ndarray:
    return np.asarray(picture.convert("RGB")).astype(int)


def test_grid_has_a_row_per_portrait(uncropped, portraits, tmp_path):
    result = uncropped.edit("--in", portraits, *SWEEP, "--out", "made", "--grid", "sheets/all.png")
    assert result.code == 0, result.err
    assert len(result.paths) == 7 and result.paths[-1] == "sheets/all.png"
    sheet = Image.open(tmp_path / "sheets" / "all.png")
    side, gap = 256, 8
    assert sheet.width == 4 * (side + gap) + gap
    row = (sheet.height - gap) // 2
    assert side < row - gap < side + 60, "a picture and its caption"
    for number in range(2):
        for column, name in enumerate(("AU12-6", "AU0", "AU12+6"), 1):
            cell = sheet.crop((gap + column * (side + gap), gap + number * row, (column + 1) * (side + gap), gap + number * row + side))
            made = Image.open(tmp_path / "made" / f"p{number}_{name}.png")
            assert np.abs(pixels(cell.resize(made.size, Image.Resampling.BOX)) - pixels(made)).mean() < 4
            below = pixels(sheet.crop((gap + column * (side + gap), gap + number * row + side,
                                       (column + 1) * (side + gap), (number + 1) * row)))
            assert below.min() < 100, "a caption in ink"


def test_grid_leaves_a_gap_for_a_failed_edit(uncropped, portraits, tmp_path):
    (tmp_path / "p1_AU12-6.png").write_bytes(b"mine")
    result = uncropped.edit("--in", portraits, *SWEEP, "--grid", "all.png")
    assert result.code == 1 and len(result.paths) == 6
    sheet = pixels(Image.open(tmp_path / "all.png"))
    row = (sheet.shape[0] - 8) // 2
    assert (sheet[8 + row:8 + row + 256, 272:528] == 255).all() and (sheet[8:264, 272:528] < 255).any()


def test_grid_shows_the_face(tiny, sample, tmp_path):
    result = tiny.edit("--in", sample, "--au", "AU12=3", "--grid", "face.jpg")
    assert result.code == 0, result.err
    [face] = tiny("estimate", *tiny.flags[:2], "--in", sample, "--json").objects
    x, y, width, height = face["box"]
    reach = 1.1 * max(width, height)
    picture = Image.open(sample).convert("RGB")
    box = (max(0, x + width / 2 - reach), max(0, y + height / 2 - reach), min(picture.width, x + width / 2 + reach),
           min(picture.height, y + height / 2 + reach))
    shown = picture.crop(tuple(map(round, box)))
    scale = 256 / max(shown.size)
    shown = shown.resize((round(shown.width * scale), round(shown.height * scale)), Image.Resampling.BOX)
    left, top = 8 + (256 - shown.width) // 2, 8 + (256 - shown.height) // 2
    cell = Image.open(tmp_path / "face.jpg").crop((left, top, left + shown.width, top + shown.height))
    assert np.abs(pixels(cell) - pixels(shown)).mean() < 6


def test_compare_writes_before_and_after_beside_the_output(uncropped, portrait, tmp_path):
    result = uncropped.edit("--in", portrait, "--au", "AU12=3", "--compare", "--out", "made")
    assert result.paths == ["made/me_AU12+3.png", "made/me_AU12+3_compare.png"]
    both = Image.open(tmp_path / "made" / "me_AU12+3_compare.png")
    assert both.width == 64 + 2 + 64 and both.height > 64
    assert (pixels(both.crop((0, 0, 64, 64))) == pixels(Image.open(portrait))).all()
    assert (pixels(both.crop((66, 0, 130, 64))) == pixels(Image.open(tmp_path / "made" / "me_AU12+3.png"))).all()
    [record] = uncropped.edit("--in", portrait, "--au", "AU12=3", "--compare", "--out", "made", "--overwrite", "--json").objects
    assert record["comparison"] == "made/me_AU12+3_compare.png"


def test_compare_keeps_what_exists(uncropped, portrait, tmp_path):
    (tmp_path / "me_AU12+3_compare.png").write_bytes(b"mine")
    result = uncropped.edit("--in", portrait, "--au", "AU12=3", "--compare", "--json")
    [record] = result.objects
    assert record["status"] == "ok" and "--overwrite" in record["warnings"][0]
    assert (tmp_path / "me_AU12+3_compare.png").read_bytes() == b"mine"


@pytest.mark.parametrize("name", ["sweep.gif", "sweep.webp"])
def test_a_sweep_plays_there_and_back_for_ever(uncropped, portrait, tmp_path, name):
    result = uncropped.edit("--in", portrait, *SWEEP, "--sweep-video", name, "--frame-ms", 200)
    assert result.code == 0, result.err
    assert result.paths[-1] == name
    film = Image.open(tmp_path / name)
    assert film.n_frames == 4 and film.info["loop"] == 0 and film.size == (64, 64)
    shown = []
    for frame in ImageSequence.Iterator(film):
        shown.append(np.asarray(frame.convert("L")).astype(int))  # noise has more colour than WebP keeps
        assert frame.info["duration"] == 200
    for frame, edit in zip(shown, ("AU12-6", "AU0", "AU12+6", "AU0")):
        assert np.abs(frame - np.asarray(Image.open(tmp_path / f"me_{edit}.png").convert("L"))).mean() < 8


def boxes(data: bytes) -> list[tuple[bytes, bytes]]:
    """MP4's boxes, one behind the other: name and content."""
    found, at = [], 0
    while at < len(data):
        (size,) = struct.unpack_from(">I", data, at)
        assert 8 <= size <= len(data) - at, "a box that is cut"
        found.append((data[at + 4:at + 8], data[at + 8:at + size]))
        at += size
    return found


def box(data: bytes, *path: bytes) -> bytes:
    for name in path:
        data = dict(boxes(data))[name]
    return data


def film_or_skip(result):
    if "films can't be written here" in result.err:
        missing("this program has no film writer: OpenCV's video module wasn't there when it was built")
    assert result.code == 0, result.err


def test_a_film_holds_every_frame(tiny, sample, tmp_path):
    """Its pictures are decoded in tests/image/film_test.cpp."""
    Image.open(sample).convert("RGB").resize((203, 201), Image.Resampling.LANCZOS).save(tmp_path / "odd.png")
    result = tiny.edit("--in", "odd.png", *SWEEP, "--sweep-video", "films/sweep.mp4", "--frame-ms", 200)
    film_or_skip(result)
    assert result.paths[-1] == "films/sweep.mp4" and "mpeg4" not in result.err.lower(), result.err
    film = (tmp_path / "films" / "sweep.mp4").read_bytes()
    assert [path.name for path in (tmp_path / "films").iterdir()] == ["sweep.mp4"]
    track = box(film, b"moov", b"trak")
    (samples,) = struct.unpack_from(">I", box(track, b"mdia", b"minf", b"stbl", b"stsz"), 8)
    assert samples == 4, "there and back"
    assert struct.unpack(">II", box(track, b"tkhd")[-8:]) == (204 << 16, 202 << 16)
    scale, duration = struct.unpack_from(">II", box(film, b"moov", b"mvhd"), 12)
    assert duration / scale == pytest.approx(0.8, abs=0.01)
    again = tiny.edit("--in", "odd.png", *SWEEP, "--sweep-video", "again.mp4", "--frame-ms", 200, "--overwrite")
    assert again.code == 0 and (tmp_path / "again.mp4").read_bytes() == film


def test_a_film_that_cannot_be_written_leaves_the_pictures(uncropped, portrait, tmp_path):
    result = uncropped.edit("--in", portrait, *SWEEP, "--sweep-video", "a.mp4", TMPDIR=str(tmp_path / "gone"))
    if "films can't be written here" in result.err:
        missing("this program has no film writer")
    assert result.code == 1 and len(result.paths) == 3, result.err
    assert "a.mp4" in result.err and "set TMPDIR" in result.err, result.err
    assert not (tmp_path / "a.mp4").exists()


def test_each_portrait_has_its_animation(uncropped, portraits, tmp_path):
    result = uncropped.edit("--in", portraits, *SWEEP, "--sweep-video", "films/sweep.gif", "--json")
    assert result.code == 0 and len(result.objects) == 6
    assert sorted(file.name for file in (tmp_path / "films").iterdir()) == ["sweep_p0.gif", "sweep_p1.gif"]


@pytest.mark.parametrize(("flags", "code", "word"), [
    (["--sweep-video", "a.mkv"], 2, ".gif, .webp or .mp4"),
    (["--sweep-video", "a.png"], 2, ".gif, .webp or .mp4"),
    (["--sweep-video", "a.gif", "--seeds", "1,2"], 2, "--keep best"),
    (["--sweep-video", "a.gif", "--frame-ms", "5"], 2, "20 to 10000"),
    (["--grid", "a.txt"], 2, "--grid a.txt"),
    (["--grid", "a.png", "--au", "AU1=1:900"], 2, "split the inputs or the edits"),
    (["--grid", "there.png"], 1, "--overwrite"),
    (["--sweep-video", "there.gif"], 1, "--overwrite"),
])
def test_wrong_sheets_are_refused_before_anything_runs(uncropped, portrait, tmp_path, flags, code, word):
    for name in ("there.png", "there.gif"):
        (tmp_path / name).write_bytes(b"mine")
    result = uncropped.edit("--in", portrait, *SWEEP, *flags)
    assert result.code == code and word in result.err and result.out == "", result.err
    assert (tmp_path / "there.png").read_bytes() == b"mine"


def test_an_animation_needs_two_edits(uncropped, portrait):
    result = uncropped.edit("--in", portrait, "--au", "AU1=1", "--sweep-video", "a.gif")
    assert result.code == 2 and "at least two edits" in result.err
