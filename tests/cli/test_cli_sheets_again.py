# SPDX-License-Identifier: Apache-2.0
"""Pictures for people keep away from other files, and come back whole when a run goes on."""
import json

import jsonschema
import numpy as np
import pytest
from conftest import ROOT, SWEEP
from PIL import Image


@pytest.mark.parametrize("flags", [
    ["--grid", "made/p1_AU12-6.png"], ["--grid", "made/../made/p1_AU12-6.png", "--overwrite"],
    ["--in", "in/p1_compare.png", "--output-pattern", "{stem}_{index}", "--sweep-video", "x.webp", "--grid", "x_p0.webp"],
    ["--compare", "--grid", "made/p0_AU0_compare.png"], ["--csv", "made/p0_AU0.png"]])
def test_one_name_for_two_files_is_found_before_anything_runs(hollow, portraits, make_picture, tmp_path, flags):
    make_picture(portraits / "p1_compare.png", 3)
    result = hollow.edit("--in", "in/p0.png", "--in", "in/p1.png", *SWEEP, "--out", "made", *flags)
    assert result.code == 2 and "two outputs would be named" in result.err, result.err
    assert not (tmp_path / "made").exists()


def test_a_comparison_never_takes_the_name_of_an_output(hollow, portraits, make_picture):
    make_picture(portraits / "p1_compare.png", 3)
    result = hollow.edit("--in", portraits, "--au", "AU1=1", "--output-pattern", "{stem}", "--compare", "--out", "made")
    assert result.code == 2 and "made/p1_compare.png" in result.err and "--compare" in result.err


def test_a_run_that_goes_on_draws_the_same_sheets(tiny, sample, tmp_path):
    command = ["--in", sample, "--au", "AU12=3", "--target", "AU4=1", "--out", "made", "--grid", "all.png", "--sweep-video",
               "all.gif", "--compare"]
    assert tiny.edit(*command).code == 0
    schema = jsonschema.Draft202012Validator(json.loads((ROOT / "docs" / "records.schema.json").read_text()))
    for line in (tmp_path / "made" / "records.jsonl").read_text().splitlines():
        schema.validate(json.loads(line))
    made = {path: path.read_bytes() for path in tmp_path.rglob("*.[pg][ni][gf]")}
    (tmp_path / "made" / "portrait_AU4@1.png").unlink()
    for _ in range(2):  # the second has nothing to do
        result = tiny.edit(*command, "--resume")
        assert result.code == 0 and "all.png" in result.paths, result.err
        assert made == {path: path.read_bytes() for path in made}
    assert tiny.edit(*command).code == 1, "without --resume they are somebody's"


def test_going_on_replaces_only_what_the_records_name(uncropped, portraits, tmp_path):
    command = ["--in", portraits, *SWEEP, "--out", "made", "--resume"]
    assert uncropped.edit(*command).code == 0
    (tmp_path / "made" / "p0_AU0_compare.png").write_bytes(b"mine")
    (tmp_path / "all.png").write_bytes(b"mine")
    assert uncropped.edit(*command, "--compare").code == 0
    assert (tmp_path / "made" / "p0_AU0_compare.png").read_bytes() == b"mine"
    result = uncropped.edit(*command, "--compare", "--grid", "all.png")
    assert result.code == 1 and "--overwrite" in result.err and (tmp_path / "all.png").read_bytes() == b"mine"


def test_lines_of_one_portrait_have_their_own_rows(uncropped, portraits, tmp_path):
    (tmp_path / "jobs.jsonl").write_text("".join(
        json.dumps({"input": "in/p0.png", "au": f"AU12={value}"}) + "\n" for value in (3, -3)))
    assert uncropped.edit("--jobs", "jobs.jsonl", "--out", "made", "--grid", "all.png").code == 0
    sheet = np.asarray(Image.open(tmp_path / "all.png").convert("RGB")).astype(int)
    row = (sheet.shape[0] - 8) // 2
    assert row > 256 and (sheet[8 + row:8 + row + 256, 272:528] < 255).any()


def test_shards_have_one_sheet_in_the_end(uncropped, portraits, tmp_path):
    command = ["--in", portraits, *SWEEP, "--out", "made"]
    refused = uncropped.edit(*command, "--shard", "1/2", "--sweep-video", "sweep.gif")
    assert refused.code == 2 and "--shard" in refused.err and not (tmp_path / "made").exists()
    for shard in ("1/2", "2/2"):
        assert uncropped.edit(*command, "--shard", shard).code == 0
    assert uncropped("merge", "made", "--out", "made/records.jsonl").code == 0
    result = uncropped.edit(*command, "--resume", "--sweep-video", "sweep.gif", "--grid", "all.png")
    assert result.code == 0 and result.paths == ["sweep_p0.gif", "sweep_p1.gif", "all.png"], result.err
