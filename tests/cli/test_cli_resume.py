# SPDX-License-Identifier: Apache-2.0
"""--resume makes what isn't made, or not as it would be made now, and nothing else; failures and their limits; signals."""
import json
import os
import shutil
import signal
import subprocess

import pytest

TWO = ["--au", "AU4=-6", "--au", "AU12=2.5"]


@pytest.fixture
def batch(uncropped, make_picture, tmp_path):
    """Three pictures, two edits each, made once."""
    for number in range(3):
        make_picture(tmp_path / "in" / f"p{number}.png", number)
    first = uncropped.edit("--in", "in", *TWO, "--out", "made")
    assert first.code == 0 and len(first.paths) == 6, first.err
    return uncropped


def resume(program, *flags):
    return program.edit("--in", "in", *TWO, "--out", "made", "--resume", *flags)


def test_nothing_to_do(batch, tmp_path):
    before = {file.name: file.stat().st_mtime_ns for file in (tmp_path / "made").glob("*.png")}
    result = resume(batch)
    assert result.code == 0 and result.paths == [] and "0 made, 0 failed, 6 skipped" in result.err
    assert before == {file.name: file.stat().st_mtime_ns for file in (tmp_path / "made").glob("*.png")}
    assert {line["status"] for line in resume(batch, "--json").objects} == {"skipped"}


def test_outputs_among_the_inputs_are_left_alone(batch, tmp_path):
    command = ["--in", "in", *TWO, "--out", "in", "--compare", "--records", "r.jsonl", "--dry-run"]
    first = batch.edit(*command)
    assert len(first.paths) == 6
    for path in first.paths:
        for name in (path, path.replace(".png", "_compare.png")):
            shutil.copy(tmp_path / "in" / "p0.png", tmp_path / name)
    again = batch.edit(*command, "--overwrite")
    assert again.paths == first.paths and again.err.count("left out") == 12, again.err


def test_nothing_to_do_needs_no_model(batch, bundle, tmp_path):
    (tmp_path / "hollow").mkdir()
    shutil.copy(bundle / "bundle.json", tmp_path / "hollow")
    batch.flags[1] = str(tmp_path / "hollow")
    assert resume(batch).code == 0


def test_what_changed_is_made_again_and_told(batch, make_picture, tmp_path):
    made = tmp_path / "made"
    original = (made / "p2_AU12+2.5.png").read_bytes()
    make_picture(tmp_path / "in" / "p0.png", 77)
    (made / "p1_AU4-6.png").unlink()
    (made / "p2_AU12+2.5.png").write_bytes(b"spoiled")
    result = resume(batch)
    assert result.code == 0, result.err
    assert result.paths == ["made/p0_AU4-6.png", "made/p0_AU12+2.5.png", "made/p1_AU4-6.png", "made/p2_AU12+2.5.png"]
    told = {line.split(" is made again: ")[0].split()[-1]: line.split(": ")[-1]
            for line in result.err.splitlines() if "made again" in line}
    assert told == {"made/p0_AU4-6.png": "the input changed", "made/p0_AU12+2.5.png": "the input changed",
                    "made/p1_AU4-6.png": "the output is missing", "made/p2_AU12+2.5.png": "the output was changed"}
    assert (made / "p2_AU12+2.5.png").read_bytes() == original, "the same batch, the same bytes"


def test_a_changed_file_in_a_folder_of_condition_images_is_told(tiny, make_picture, tmp_path):
    for name in ("a.png", "b.png"):
        make_picture(tmp_path / "in" / name, 1)
        make_picture(tmp_path / "conditions" / name, 2)
    command = ["--in", "in", "--au", "AU1=1", "--crop", "none", "--condition", "conditions", "--out", "made", "--resume"]
    assert len(tiny.edit(*command).paths) == 2 and tiny.edit(*command).paths == []
    make_picture(tmp_path / "conditions" / "b.png", 3)
    assert tiny("edit", "--from-record", "made/records.jsonl").code == 2, "b is the last item"
    result = tiny.edit(*command)
    assert result.paths == ["made/b_AU1+1.png"] and "the parameters changed: condition" in result.err, result.err
    again = tiny("edit", "--from-record", "made/records.jsonl", "--out", "again")
    assert again.code == 0 and (tmp_path / "again/b_AU1+1.png").read_bytes() == (tmp_path / "made/b_AU1+1.png").read_bytes()


def test_a_run_that_moved_goes_on_and_is_reported(uncropped, make_picture, tmp_path):
    for number in range(2):
        make_picture(tmp_path / "pa" / "in" / f"p{number}.png", number)
    command = ["--in", "in", "--au", "AU1=1", "--out", "run", "--grid", "sheet.png"]
    assert len(uncropped.edit(*command, cwd=tmp_path / "pa").paths) == 3
    (tmp_path / "pa").rename(tmp_path / "pb")
    result = uncropped.edit(*command, "--resume", cwd=tmp_path / "pb")
    assert result.code == 0 and "2 skipped" in result.err, result.err
    result = uncropped("report", "pb/run", "--out", "page.html")
    assert result.code == 0, result.err
    (tmp_path / "pb" / "run" / "p0_AU1+1.png").write_bytes(b"changed")
    result = uncropped.edit(*command, "--resume", cwd=tmp_path / "pb")
    assert result.code == 0 and result.paths[0] == "run/p0_AU1+1.png" and "was changed" in result.err, result.err


@pytest.mark.parametrize("move", [shutil.copytree, shutil.move], ids=["copied", "renamed"])
def test_an_output_folder_with_another_name_goes_on(batch, tmp_path, move):
    command = ["--in", "in", *TWO, "--out", "again", "--resume"]
    move(str(tmp_path / "made"), str(tmp_path / "again"))
    result = batch.edit(*command)
    assert result.code == 0 and "6 skipped" in result.err, result.err
    (tmp_path / "again" / "p1_AU4-6.png").unlink()
    result = batch.edit(*command)
    assert result.paths == ["again/p1_AU4-6.png"] and "the output is missing" in result.err, result.err
    assert "6 skipped" in batch.edit(*command).err


def test_a_copied_run_goes_on_beside_the_first(batch, make_picture, tmp_path):
    for name in ("in", "made"):
        shutil.copytree(tmp_path / name, tmp_path / "copy" / name)
    make_picture(tmp_path / "copy" / "in" / "p0.png", 77)
    first = (tmp_path / "made" / "p0_AU4-6.png").read_bytes()
    result = batch.edit("--in", "in", *TWO, "--out", "made", "--resume", cwd=tmp_path / "copy")
    assert result.code == 0 and "2 made, 0 failed, 4 skipped" in result.err, result.err
    assert (tmp_path / "made" / "p0_AU4-6.png").read_bytes() == first
    assert "6 skipped" in resume(batch).err, "the copy changed nothing here"


def test_changed_parameters_are_told(batch):
    result = resume(batch, "--seed", 8)
    assert len(result.paths) == 6 and result.err.count("seed 424 -> 8") == 6


def test_somebody_elses_file_is_never_replaced(batch, make_picture, tmp_path):
    make_picture(tmp_path / "in" / "p9.png", 9)
    foreign = tmp_path / "made" / "p9_AU4-6.png"
    foreign.write_bytes(b"mine")
    for _ in range(2):  # the failed record of the first doesn't make it ours
        result = resume(batch)
        assert result.code == 1 and "exists" in result.err
        assert foreign.read_bytes() == b"mine"
    assert (tmp_path / "made" / "p9_AU12+2.5.png").exists()


def test_a_run_by_mistake_undoes_nothing(batch):
    mistake = batch.edit("--in", "in", *TWO, "--out", "made")
    assert mistake.code == 1 and "--resume to go on" in mistake.err
    assert "6 skipped" in resume(batch).err


def test_a_torn_line_is_repaired(batch, tmp_path):
    records = tmp_path / "made" / "records.jsonl"
    whole = records.read_text().splitlines(keepends=True)
    last = max(index for index, line in enumerate(whole) if '"event":"item"' in line)
    records.write_text("".join(whole[:last]) + whole[last][:50])
    result = resume(batch)
    assert result.code == 0 and len(result.paths) == 1 and "cut off" in result.err
    for line in records.read_text().splitlines():
        json.loads(line)


def test_failures_are_tried_again(batch, tmp_path):
    good = (tmp_path / "in" / "p1.png").read_bytes()
    (tmp_path / "in" / "p1.png").write_bytes(b"broken")
    shutil.rmtree(tmp_path / "made")
    assert batch.edit("--in", "in", *TWO, "--out", "made").code == 1
    (tmp_path / "made" / "p0_AU4-6.png").unlink()
    (tmp_path / "in" / "p1.png").write_bytes(good)
    result = batch.edit("--in", "in", *TWO, "--out", "made", "--retry-failed")
    assert result.code == 0 and result.paths == ["made/p1_AU4-6.png", "made/p1_AU12+2.5.png"], result.err
    assert resume(batch).paths == ["made/p0_AU4-6.png"]


@pytest.mark.parametrize(("flags", "limit"), [(["--halt-on-error"], 1), (["--max-failures", "2"], 2)])
def test_a_limit_of_failures_ends_the_run(uncropped, make_picture, tmp_path, flags, limit):
    for number in range(6):
        (tmp_path / f"bad{number}.png").write_text("no picture")
    make_picture(tmp_path / "z.png", 1)
    result = uncropped.edit("--in", "*.png", "--au", "AU1=1", "--out", "made", *flags)
    assert result.code == 1 and result.paths == []
    records = [json.loads(line) for line in (tmp_path / "made" / "records.jsonl").read_text().splitlines()]
    assert sum(line["event"] == "item" for line in records) == limit and records[-1]["reason"] == "failures"


def test_a_signal_flushes_the_records(batch, make_picture, tmp_path):
    command = [batch.path, "edit", *batch.flags[:2], *batch.flags[4:], "--steps", "60", "--batch-size", "1", "--in", "in", *TWO,
               "--out", "cut"]
    with subprocess.Popen(command, cwd=tmp_path, env=os.environ | {"OMP_NUM_THREADS": "1"}, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as running:
        running.stdout.readline()
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=120)
    assert running.returncode == 75
    lines = [json.loads(line) for line in (tmp_path / "cut" / "records.jsonl").read_text().splitlines()]
    assert lines[-1]["event"] == "end" and lines[-1]["reason"] == "signal"
    made = {line["output"] for line in lines if line["event"] == "item"}
    assert made == {f"cut/{file.name}" for file in (tmp_path / "cut").iterdir() if file.name != "records.jsonl"}
