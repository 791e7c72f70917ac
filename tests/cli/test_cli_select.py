# SPDX-License-Identifier: Apache-2.0
"""`--face`: which faces of a picture are edited, turned and unfit faces among them. With the tiny bundle."""
import json
import os
import subprocess

import numpy as np
import pytest
from PIL import Image


def pixels(path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB")).astype(int)


@pytest.fixture
def pair(sample, tmp_path):
    """Two heads side by side, the right one smaller: 256 x 256 and 160 x 160 on grey."""
    picture = Image.new("RGB", (480, 256), (128, 128, 128))
    portrait = Image.open(sample).convert("RGB")
    picture.paste(portrait.resize((256, 256), Image.Resampling.LANCZOS), (0, 0))
    picture.paste(portrait.resize((160, 160), Image.Resampling.LANCZOS), (300, 48))
    picture.save(tmp_path / "pair.png")
    return tmp_path / "pair.png"


def halves_changed(before, after) -> tuple[bool, bool]:
    changed = (pixels(before) != pixels(after)).any(axis=2)
    return bool(changed[:, :278].any()), bool(changed[:, 278:].any())


@pytest.mark.parametrize("choice, number, halves", [("largest", 1, (True, False)), ("2", 2, (False, True)),
                                                    ("380,130", 2, (False, True))])
def test_one_face_is_edited_and_the_other_left(tiny, pair, tmp_path, choice, number, halves):
    result = tiny.edit("--in", pair, "--au", "AU12=3", "--face", choice, "--json", "--out", "out.png")
    assert result.code == 0, result.err
    [record] = result.objects
    assert record["face"] == number and record["status"] == "ok"
    assert set(record["stages"]) == {"read", "prepare", "sample", "estimate", "encode", "write"}
    assert halves_changed(pair, tmp_path / "out.png") == halves


def test_all_faces_go_into_one_picture_with_a_line_each(tiny, pair, tmp_path):
    result = tiny.edit("--in", pair, "--au", "AU12=3", "--au", "AU4=2", "--face", "all", "--json")
    assert result.code == 0, result.err
    lines = [(record["output"], record["face"], record["status"]) for record in result.objects]
    assert lines == [("pair_AU12+3.png", 1, "ok"), ("pair_AU12+3.png", 2, "ok"),
                     ("pair_AU4+2.png", 1, "ok"), ("pair_AU4+2.png", 2, "ok")]
    assert halves_changed(pair, tmp_path / "pair_AU12+3.png") == (True, True)
    plain = tiny.edit("--in", pair, "--au", "AU12=3", "--face", "all", "--out", "plain")
    assert plain.paths == ["plain/pair_AU12+3.png"], "one path for one picture"


def test_a_sheet_shows_all_faces_that_were_edited(tiny, pair, tmp_path):
    command = ["--in", pair, "--target", "AU12=3", "--grid", "sheet.png"]
    shown = {}
    for choice in ("2", "all"):
        assert tiny.edit(*command, "--face", choice, "--out", choice, "--overwrite").code == 0
        lines = map(json.loads, (tmp_path / choice / "records.jsonl").read_text().splitlines())
        [shown[choice]] = [line["shown"] for line in lines if line["event"] == "item"]
    x, _, width, _ = shown["2"]["part"]
    assert x > 200, "the right one alone"
    x, _, width, _ = shown["all"]["part"]
    assert x < 128 and x + width > 380
    assert len(shown["all"]["caption"].splitlines()) == 1 < len(shown["2"]["caption"].splitlines()), "each has its own variation"


def test_all_is_each_one_by_itself(tiny, pair, tmp_path):
    for choice in ("all", "1", "2"):
        assert tiny.edit("--in", pair, "--au", "AU12=3", "--face", choice, "--out", f"{choice}.png").code == 0
    both = pixels(tmp_path / "all.png")
    assert (both[:, :278] == pixels(tmp_path / "1.png")[:, :278]).all()
    assert (both[:, 278:] == pixels(tmp_path / "2.png")[:, 278:]).all()


def test_numbers_are_estimate_s(tiny, bundle, pair):
    faces = tiny("estimate", "--bundle", bundle, "--in", pair, "--json").objects
    assert [face["face"] for face in faces] == [1, 2]
    assert faces[0]["box"][0] < faces[1]["box"][0] and faces[0]["box"][2] > faces[1]["box"][2]


def test_faces_too_small_are_skipped_in_all_and_refused_alone(tiny, sample, tmp_path):
    picture = Image.new("RGB", (400, 256), (128, 128, 128))
    portrait = Image.open(sample).convert("RGB")
    picture.paste(portrait.resize((256, 256), Image.Resampling.LANCZOS), (0, 0))
    picture.paste(portrait.resize((44, 44), Image.Resampling.LANCZOS), (320, 100))
    picture.save(tmp_path / "crowd.png")
    result = tiny.edit("--in", "crowd.png", "--au", "AU12=3", "--face", "all", "--json")
    assert result.code == 0, result.err
    skipped, made = result.objects
    assert (skipped["status"], skipped["face"]) == ("skipped", 2) and "face 2" in skipped["error"]
    assert "score" in skipped["error"] and "larger picture" in skipped["error"]
    assert (made["status"], made["face"]) == ("ok", 1)
    alone = tiny.edit("--in", "crowd.png", "--au", "AU12=3", "--face", "2", "--out", "alone.png")
    assert alone.code == 1 and "crowd.png: face 2" in alone.err and not (tmp_path / "alone.png").exists()


def test_a_small_face_is_enlarged_with_a_warning(tiny, sample, tmp_path):
    # The tiny bundle sees a face at 0.5 x 64 pixels or so; a face at the smallest width that is taken isn't twice smaller,
    # so the embedded bundle (87 pixels) is the one that warns.
    portrait = Image.open(sample).convert("RGB").resize((72, 72), Image.Resampling.LANCZOS)
    picture = Image.new("RGB", (200, 200), (128, 128, 128))
    picture.paste(portrait, (64, 64))
    picture.save(tmp_path / "small.png")
    result = tiny("edit", "--in", "small.png", "--au", "AU12=3", "--steps", "1", "--json")
    assert result.code == 0, result.err
    [warning] = result.objects[0]["warnings"]
    assert warning.startswith("face 1 (score ") and "enlarged" in warning
    assert f"small.png: {warning}" in result.err


@pytest.mark.parametrize("degrees", [90, -25])
def test_turned_faces_are_edited_where_they_are(tiny, sample, tmp_path, degrees):
    portrait = Image.open(sample).convert("RGB").resize((320, 320), Image.Resampling.LANCZOS)
    portrait.rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=(128, 128, 128)).save(tmp_path / "turned.png")
    portrait.save(tmp_path / "upright.png")
    for name in ("turned", "upright"):
        assert tiny.edit("--in", f"{name}.png", "--au", "AU12=3", "--out", f"{name}_out.png").code == 0
    turned, upright = ((pixels(tmp_path / f"{name}.png") != pixels(tmp_path / f"{name}_out.png")).any(axis=2)
                       for name in ("turned", "upright"))
    back = Image.fromarray(turned.astype(np.uint8) * 255).rotate(-degrees, Image.Resampling.NEAREST)
    middle = [(side - 320) // 2 for side in back.size]
    back = np.asarray(back.crop((middle[0], middle[1], middle[0] + 320, middle[1] + 320))) > 127
    overlap = (back & upright).sum() / (back | upright).sum()
    assert overlap > 0.75, "turned back, the same pixels changed"


@pytest.mark.parametrize("choice, said", [("3", "2 faces"), ("470,5", "2 faces")])
def test_faces_that_are_not_there_fail_the_item(tiny, pair, choice, said):
    result = tiny.edit("--in", pair, "--au", "AU12=3", "--face", choice)
    assert result.code == 1 and said in result.err and "pair.png" in result.err


@pytest.mark.parametrize("flags", [["--face", "0"], ["--face", "left"], ["--face", "1,2,3"],
                                   ["--face", "all", "--composite", "none"], ["--face", "all", "--crop", "none"],
                                   ["--mask-policy", "releas"], ["--mask", "gone.png"]])
def test_wrong_words_are_usage_errors_before_a_model_is_loaded(tiny, sample, flags):
    result = tiny("edit", "--in", sample, "--au", "AU12=3", *flags)
    assert result.code == 2 and flags[0] in result.err
    assert "Traceback" not in result.err and result.out == ""


def test_the_nearest_policy_is_named(tiny, sample):
    assert "nearest is 'release'" in tiny("edit", "--in", sample, "--au", "AU12=3", "--mask-policy", "releas").err


def test_faces_on_their_head_are_edited_where_they_are(tiny, sample, tmp_path):
    """A detector takes them for upright ones; the parser sees where the eyes are."""
    portrait = Image.open(sample).convert("RGB").resize((320, 320), Image.Resampling.LANCZOS)
    portrait.save(tmp_path / "upright.png")
    portrait.transpose(Image.Transpose.ROTATE_180).save(tmp_path / "turned.png")
    for name in ("turned", "upright"):
        assert tiny.edit("--in", f"{name}.png", "--au", "AU12=3", "--out", f"{name}_out.png").code == 0
    turned, upright = ((pixels(tmp_path / f"{name}.png") != pixels(tmp_path / f"{name}_out.png")).any(axis=2)
                       for name in ("turned", "upright"))
    back = turned[::-1, ::-1]
    assert (back & upright).sum() / (back | upright).sum() > 0.8, "turned back, the same pixels changed"


def test_every_upright_sample_stays_upright(tiny, sample, bundle):
    result = tiny("parse", "--bundle", bundle, "--in", sample.parent, "--out", "parsed")
    assert result.code == 0 and "covered" not in result.err, result.err
    faces = tiny("estimate", "--bundle", bundle, "--in", sample.parent, "--json").objects
    assert len(faces) == 6 and all(abs(face["pose"]["roll"]) < 1 for face in faces)


def covered(sample, part) -> Image.Image:
    """The sample portrait with a dark rectangle over its eyes, or over nose, mouth and chin."""
    portrait = Image.open(sample).convert("RGB")
    top, bottom = {"eyes": (0.30, 0.46), "mouth": (0.50, 0.80)}[part]
    left, right = (round(portrait.width * share) for share in (0.2, 0.8))
    rows = [round(portrait.height * share) for share in (top, bottom)]
    portrait.paste((25, 25, 30), (left, rows[0], right, rows[1]))
    return portrait


@pytest.mark.parametrize("part", ["eyes", "mouth"])
def test_a_covered_face_is_named_and_edited(tiny, sample, tmp_path, part):
    covered(sample, part).save(tmp_path / "covered.png")
    result = tiny.edit("--in", "covered.png", "--au", "AU12=3", "--json")
    assert result.code == 0, result.err
    [said] = [warning for warning in result.objects[0]["warnings"] if "covered, or seen from the side" in warning]
    assert said.startswith("face 1 (score ") and part in said and f"covered.png: {said}" in result.err


@pytest.mark.parametrize("command", ["edit", "estimate", "parse"])
def test_what_only_a_detector_takes_for_a_face_is_none(tiny, bundle, tmp_path, command):
    Image.new("RGB", (300, 300), (255, 0, 0)).save(tmp_path / "red.png")
    ramp = np.tile(np.linspace(0, 255, 256).astype(np.uint8), (256, 1))
    Image.fromarray(ramp).convert("RGB").save(tmp_path / "ramp.png")
    flags = ["--au", "AU12=3"] if command == "edit" else []
    result = tiny(command, "--bundle", bundle, "--in", "red.png", "--in", "ramp.png", *flags)
    assert result.code == 1 and result.err.count("no face found") == 2 and result.out == "", result.err


def test_twelve_megapixels_with_six_faces_stay_under_the_memory_limit(tiny, sample, tmp_path):
    portrait = Image.open(sample).convert("RGB").resize((1250, 1250), Image.Resampling.LANCZOS)
    crowd = Image.new("RGB", (4000, 3000), (128, 128, 128))
    for number in range(6):
        crowd.paste(portrait, (50 + number % 3 * 1310, 150 + number // 3 * 1420))
    crowd.save(tmp_path / "crowd.jpg", quality=90)
    command = [tiny.path, "edit", *tiny.flags, "--in", "crowd.jpg", "--au", "AU12=3", "--face", "all", "--json"]
    with open(tmp_path / "out.jsonl", "w") as out:
        running = subprocess.Popen(command, cwd=tmp_path, stdout=out, env=os.environ | {"OMP_NUM_THREADS": "1"})
        _, status, used = os.wait4(running.pid, 0)
    running.returncode = os.waitstatus_to_exitcode(status)
    records = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert running.returncode == 0 and [record["face"] for record in records] == [1, 2, 3, 4, 5, 6]
    assert used.ru_maxrss < 2.5e6, "kilobytes"
