# SPDX-License-Identifier: Apache-2.0
"""What can be asked of `edit` besides one variation: sweeps, targets, presets, examples, tables, seeds."""
import csv
import json

import numpy as np
import pytest
from conftest import ROOT
from PIL import Image

UNITS = ["AU1", "AU2", "AU4", "AU5", "AU6", "AU9", "AU12", "AU15", "AU17", "AU20", "AU25", "AU26"]


def pixels(path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB")).astype(int)


@pytest.fixture
def quick(tiny):
    """One step: what is asked is looked at here, not how it looks."""
    tiny.flags[tiny.flags.index("--steps") + 1] = "1"
    return tiny


def test_sweeps_and_their_product(uncropped, portrait):
    result = uncropped.edit("--in", portrait, "--au", "AU12=-2:2:2", "--au", "AU4=0:1,AU1=3")
    assert result.code == 0, result.err
    assert result.paths == ["me_AU12-2.png", "me_AU0.png", "me_AU12+2.png", "me_AU1+3.png", "me_AU1+3_AU4+1.png"]


def test_a_swept_value_is_the_same_picture_as_alone(uncropped, portrait, tmp_path):
    uncropped.edit("--in", portrait, "--au", "AU12=-2:2:2", "--batch-size", 1, "--out", "sweep")
    uncropped.edit("--in", portrait, "--au", "AU12=2", "--out", "alone")
    assert (tmp_path / "sweep" / "me_AU12+2.png").read_bytes() == (tmp_path / "alone" / "me_AU12+2.png").read_bytes()


def test_target_becomes_the_difference_to_the_face(quick, sample):
    result = quick.edit("--in", sample, "--target", "AU12=3,AU4=0", "--au", "AU1@2,AU2=1", "--json")
    assert result.code == 0, result.err
    mixed, target = result.objects
    assert target["output"] == "portrait_AU4@0_AU12@3.png" and target["target"] == {"AU4": 0, "AU12": 3}
    before = target["au_before"]
    assert target["au"] == pytest.approx({"AU4": -before["AU4"], "AU12": 3 - before["AU12"]}, abs=0.002)
    assert mixed["edit"] == "AU1@2_AU2+1"
    assert mixed["au"] == pytest.approx({"AU1": 2 - before["AU1"], "AU2": 1}, abs=0.002)


def test_a_target_is_the_picture_of_its_variation(quick, sample, tmp_path):
    [target] = quick.edit("--in", sample, "--target", "AU12=3", "--json").objects
    spelled = f"AU12={target['au']['AU12']}"
    [change] = quick.edit("--in", sample, "--au", spelled, "--json", "--out", "change").objects
    assert (pixels(tmp_path / target["output"]) == pixels(tmp_path / change["output"])).all()
    text = Image.open(tmp_path / target["output"]).text["parameters"]
    assert text.startswith(f"AU12@3: AU12+{target['au']['AU12']}\n"), "the picture tells how to repeat it"


@pytest.mark.parametrize("asked", [["--target", "AU12=3"], ["--au", "AU12=2", "--seeds", "1,2,3", "--keep", "best", "--batch-size", "2"]])
def test_records_hold_what_was_asked_and_repeat_it(quick, sample, tmp_path, asked):
    run = ["--in", sample, *asked, "--compare", "--out", "made"]
    [first, _] = quick.edit(*run).paths
    assert quick.edit(*run, "--resume").paths == [], "the same is asked: nothing to do"
    again = quick("edit", "--from-record", "made/records.jsonl", "--out", "again", "--records", "none")
    assert again.code == 0, again.err
    # Not the bytes: a PNG carries its record, and what was a target then is a variation now.
    before, after = (np.asarray(Image.open(tmp_path / path)) for path in (first, again.paths[0]))
    assert np.array_equal(before, after)


def test_presets_and_intensity(uncropped, portrait):
    result = uncropped.edit("--in", portrait, "--preset", "happiness", "--preset", "anger", "--intensity", 0.5, "--json")
    assert result.code == 0, result.err
    happiness, anger = result.objects
    assert happiness["output"] == "me_happiness_x0.5.png" and happiness["au"] == {"AU6": 2, "AU12": 2}
    assert happiness["target"] is None and happiness["warnings"] == []
    assert "AU23" in anger["warnings"][0] and "AU23" in result.err


def test_neutral_takes_every_unit_to_zero(quick, sample):
    result = quick.edit("--in", sample, "--neutralise", "--json")
    [record] = result.objects
    assert record["output"] == "portrait_neutral.png" and record["target"] == dict.fromkeys(UNITS, 0)
    for unit in UNITS:
        assert record["au"].get(unit, 0) == pytest.approx(-record["au_before"][unit], abs=0.002)


def test_like_copies_another_portrait(quick, sample, tmp_path):
    Image.open(sample).transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(tmp_path / "friend.png")
    [friend] = quick("estimate", *quick.flags[:2], "--in", "friend.png", "--json").objects
    result = quick.edit("--in", sample, "--like", "friend.png", "--like-strength", 0.5, "--json")
    assert result.code == 0, result.err
    [record] = result.objects
    assert record["output"] == "portrait_like-friend_x0.5.png"
    for unit in UNITS:
        assert record["au"].get(unit, 0) == pytest.approx(0.5 * (friend["au"][unit] - record["au_before"][unit]), abs=0.003)


def test_like_names_what_is_wrong_with_the_reference(quick, sample, tmp_path):
    assert quick.edit("--in", sample, "--like", "gone.png").code == 2
    Image.new("RGB", (300, 300), (90, 120, 80)).save(tmp_path / "flat.png")
    result = quick.edit("--in", sample, "--like", "flat.png")
    assert result.code == 2 and "--like flat.png" in result.err and "face" in result.err


def test_a_table_of_estimates_is_a_list_of_targets(quick, sample, tmp_path):
    assert quick("estimate", *quick.flags[:2], "--in", sample, "--out", "aus.csv").code == 0
    result = quick.edit("--in", sample, "--au-file", "aus.csv", "--json")
    assert result.code == 0, result.err
    [record] = result.objects
    assert record["output"] == "portrait_aus-1.png"
    assert all(abs(value) < 0.002 for value in record["au"].values()), "its own intensities change nothing"
    with open(tmp_path / "aus.csv", encoding="utf-8") as table:
        row = next(csv.DictReader(table))
    assert record["target"] == pytest.approx({unit: float(row[f"AU{int(unit[2:]):02}_r"]) for unit in UNITS})


def test_tables_of_other_programs(uncropped, portrait, tmp_path):
    rows = "".join(f"{frame}, 0.0, {int(frame != 2)}, {frame}.5, 9.0\n" for frame in range(1, 11))
    (tmp_path / "openface.csv").write_text("frame, timestamp, success, AU12_r, AU45_r\n" + rows)
    (tmp_path / "libre.csv").write_text("frame,au_4_intensity,au_4\n1,-3,1\n")
    result = uncropped.edit("--in", portrait, "--au-file", "openface.csv", "--au-file", "libre.csv", "--au-file-as", "variation", "--json")
    assert result.code == 0, result.err
    names = [record["edit"] for record in result.objects]
    assert names == [f"openface-{frame:02}" for frame in (1, 3, 4, 5, 6, 7, 8, 9, 10)] + ["libre-1"]
    assert result.objects[0]["au"] == {"AU12": 1.5} and result.objects[-1]["au"] == {"AU4": -3}
    assert "AU45_r" in result.err and "success 0" in result.err


def test_every_seed_is_an_output(uncropped, portrait, tmp_path):
    result = uncropped.edit("--in", portrait, "--au", "AU12=3", "--seeds", "7,8", "--batch-size", 1, "--json")
    assert result.code == 0, result.err
    assert [record["output"] for record in result.objects] == ["me_AU12+3_7.png", "me_AU12+3_8.png"]
    assert [record["seed"] for record in result.objects] == [7, 8]
    uncropped.edit("--in", portrait, "--au", "AU12=3", "--seed", 8, "--out", "alone.png")
    assert (pixels(tmp_path / "alone.png") == pixels(tmp_path / "me_AU12+3_8.png")).all()
    assert "Seed: 8" in Image.open(tmp_path / "me_AU12+3_8.png").text["parameters"]
    named = uncropped.edit("--in", portrait, "--au", "AU12=3", "--seeds", "7,8", "--output-pattern", "{seed}-{stem}")
    assert named.paths == ["7-me.png", "8-me.png"]


def test_the_best_seed_is_the_nearest_to_what_was_intended(embedded, sample, tmp_path):
    def distance(record):
        intended = [np.clip(record["au_before"][unit] + record["au"].get(unit, 0), 0, 5) for unit in UNITS]
        return np.sqrt(np.mean([(record["au_after"][unit] - wanted) ** 2 for unit, wanted in zip(UNITS, intended)]))

    # A trained bundle's full start noise: with random weights seeds hardly differ, and which is nearest is chance.
    edit = ["--in", sample, "--au", "AU12=3", "--seeds", "1,2,3", "--noise-scale", 1, "--batch-size", 2, "--json"]
    every = embedded.edit(*edit, "--out", "all").objects
    [best] = embedded.edit(*edit, "--keep", "best", "--out", "best").objects
    nearest, second, _ = sorted(every, key=distance)
    assert distance(second) - distance(nearest) > 0.005, "told apart by more than batches differ"
    assert best["seed"] == nearest["seed"] and best["output"] == "best/portrait_AU12+3.png"
    assert np.abs(pixels(tmp_path / best["output"]) - pixels(tmp_path / nearest["output"])).max() <= 1
    assert len(list((tmp_path / "best").glob("*.png"))) == 1


@pytest.mark.parametrize(("flags", "words"), [
    (["--neutralise", "--target", "AU12=3"], ["--neutralise", "--target AU12=3"]),
    (["--neutralise", "--preset", "neutral"], ["--neutralise", "--preset neutral"]),
    (["--au", "AU12=3,AU12@2"], ["AU12 is given twice"]),
    (["--au", "AU12=3", "--au", "au12=3.0"], ["two edits are called AU12+3", "--au au12=3.0"]),
    (["--target", "AU12=6"], ["0 (absent) to 5", "--au AU12=6"]),
    (["--target", "AU12=-1"], ["0 (absent) to 5"]),
    (["--preset", "hapiness"], ["nearest is 'happiness'"]),
    (["--preset", "fear", "--intensity", 2], ["--intensity", "0 to 1"]),
    (["--au", "AU1=1", "--intensity", 0.5], ["--preset"]),
    (["--au", "AU1=1", "--like-strength", 0.5], ["--like"]),
    (["--au", "AU1=1", "--au-file-as", "target"], ["--au-file"]),
    (["--au", "AU1=1", "--seeds", "1,2", "--seed", 3], ["--seed and --seeds"]),
    (["--au", "AU1=1", "--seeds", "1,1"], ["1 is there twice"]),
    (["--au", "AU1=1", "--keep", "best"], ["--seeds"]),
    (["--au", "AU1=1", "--keep", "worst", "--seeds", "1,2"], ["all or best"]),
    (["--au", "AU1=1", "--seeds", "1,2", "--keep", "best", "--output-pattern", "{seed}"], ["--output-pattern"]),
    (["--au", "AU1=1", "--seeds", "1,2", "--keep", "best", "--composite", "none"], ["--composite"]),
    (["--au", "AU1=0:1:0"], ["step above 0"]),
    (["--au", "AU1=0:40,AU2=0:40"], ["at most 1000"]),
    (["--au", "AU1=0:400", "--seeds", "1,2,3"], ["at most 1000"]),
    (["--au-file", "gone.csv"], ["--au-file gone.csv"]),
])
def test_contradictions_are_refused_with_names(tiny, flags, words):
    result = tiny.edit("--in", "x.png", *flags)
    assert result.code == 2 and len(result.err.splitlines()) == 1, result.err
    assert all(word in result.err for word in words), result.err


def test_absolute_edits_are_refused_where_no_face_is_read(uncropped, portrait, bundle, tmp_path):
    for flags in (["--target", "AU12=3"], ["--neutralise"], ["--au", "AU1=1", "--seeds", "1,2", "--keep", "best"]):
        result = uncropped.edit("--in", portrait, *flags)
        assert result.code == 2 and "--condition" in result.err, result.err

    folder = tmp_path / "blind"
    folder.mkdir()
    for file in bundle.iterdir():
        (folder / file.name).symlink_to(file)
    manifest = json.loads((bundle / "bundle.json").read_text())
    del manifest["modules"]["au_estimator"]
    (folder / "bundle.json").unlink()
    (folder / "bundle.json").write_text(json.dumps(manifest))
    result = uncropped("edit", "--bundle", folder, "--in", portrait, "--target", "AU12=3")
    assert result.code == 2 and "au_estimator" in result.err and "--au" in result.err


def test_the_documentation_s_table_of_presets_is_true(uncropped, portrait):
    text = (ROOT / "docs" / "expressions.md").read_text()
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| `")]
    written = {row[1].strip(" `"): dict(pair.split("=") for pair in row[2].split()) for row in rows if "=" in row[2]}
    assert len(written) == 8
    result = uncropped.edit("--in", portrait, "--json", *(f"--preset={name}" for name in written))
    assert result.code == 0, result.err
    used = {record["edit"]: record["au"] for record in result.objects}
    assert used == {name: {unit: float(value) for unit, value in units.items()} for name, units in written.items()}
