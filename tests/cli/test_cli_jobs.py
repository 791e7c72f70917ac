# SPDX-License-Identifier: Apache-2.0
"""--jobs: a picture with its own edits per line, from files and from a pipe that stays open; --dry-run; full disks."""
import json
import os
import resource
import shutil
import subprocess

import pytest


def write_lines(path, lines) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))


@pytest.fixture
def batch(uncropped, make_picture, tmp_path):
    for name in "abc":
        make_picture(tmp_path / "set" / f"{name}.png", ord(name))
    return uncropped


def test_each_line_has_its_own_everything(batch, tmp_path):
    write_lines(tmp_path / "set" / "jobs.jsonl", [
        {"input": "a.png", "au": ["AU4=-6", {"AU12": 2.5}], "seed": 5},
        {"input": "b.png", "id": "second", "output": "deep/{stem}-{seed}.webp"},
        "# a comment",
        {"input": "c.png", "au": "AU1=1", "face": "largest"}])
    result = batch.edit("--jobs", "set/jobs.jsonl", "--au", "AU26=3", "--seed", 9, "--out", "made", "--json")
    assert result.code == 0, result.err
    found = [(line["line"], line["id"], line["output"], line["seed"], line["au"]) for line in result.objects]
    assert found == [(1, "", "made/a_AU4-6.png", 5, {"AU4": -6}), (1, "", "made/a_AU12+2.5.png", 5, {"AU12": 2.5}),
                     (2, "second", "made/deep/b-9.webp", 9, {"AU26": 3}), (4, "", "made/c_AU1+1.png", 9, {"AU1": 1})]
    assert all((tmp_path / line["output"]).is_file() for line in result.objects)


def test_csv_is_the_same_job(batch, tmp_path):
    write_lines(tmp_path / "set" / "jobs.csv", ["input,au,seed", 'a.png,"AU4=-6,AU12=1;AU26=2",3', "b.png,AU1=1,"])
    result = batch.edit("--jobs", "set/jobs.csv", "--out", "made")
    assert result.code == 0 and result.paths == ["made/a_AU4-6_AU12+1.png", "made/a_AU26+2.png", "made/b_AU1+1.png"], result.err


def test_broken_lines_are_named_and_counted(batch, tmp_path):
    write_lines(tmp_path / "set" / "jobs.jsonl", [
        {"input": "a.png", "au": "AU1=1"}, '{"input": "b.png", ', {"input": "b.png", "au": "AU266=1"},
        {"input": "../given/me.png", "au": "AU1=1"},
        {"input": "/etc/hostname.png", "au": "AU1=1"}, {"input": "b.png"}, {"input": "gone.png", "au": "AU1=1"},
        {"input": "c.png", "au": "AU1=1", "output": "../out.png"}, {"input": "c.png", "au": "AU1=1", "face": "seven"},
        {"input": "c.png", "au": "AU2=1"}])
    result = batch.edit("--jobs", "set/jobs.jsonl", "--out", "made")
    assert result.code == 1 and result.paths == ["made/a_AU1+1.png", "made/c_AU2+1.png"]
    for number, word in ((2, "JSON"), (3, "AU26"), (4, "--allow-outside"), (5, "--allow-outside"), (6, "'au' is missing"),
                         (8, "--allow-outside"), (9, "face")):
        assert sum(f"set/jobs.jsonl:{number}: " in line and word in line for line in result.err.splitlines()) == 1, result.err
    assert "gone.png" in result.err and "2 made, 8 failed" in result.err
    assert not (tmp_path / "out.png").exists()


def test_the_best_of_all_faces_is_no_answer(hollow, portrait, tmp_path):
    write_lines(tmp_path / "jobs.jsonl", [{"input": "given/me.png", "au": "AU1=1", "face": "all"}])
    result = hollow("edit", *hollow.flags[:2], "--jobs", "jobs.jsonl", "--seeds", "1,2", "--keep", "best", "--dry-run")
    assert result.code == 1 and "jobs.jsonl:1: --keep best: expected one face" in result.err, result.err


@pytest.mark.parametrize("own", [{}, {"au": "AU2=1"}], ids=["edits of the flags", "its own edits"])
def test_a_seed_of_a_line_beside_seeds_is_refused(hollow, portrait, tmp_path, own):
    write_lines(tmp_path / "jobs.jsonl", [{"input": "given/me.png", "seed": 7} | own, {"input": "given/me.png"}])
    result = hollow("edit", *hollow.flags[:2], "--jobs", "jobs.jsonl", "--au", "AU1=1", "--seeds", "1,2", "--keep", "best", "--dry-run")
    assert result.code == 1 and "jobs.jsonl:1: seed: expected none beside --seeds" in result.err, result.err


@pytest.mark.parametrize("flag", ["--retry-failed", "--resume"])
def test_a_mended_line_is_made_and_counts(batch, tmp_path, flag):
    lines = [{"input": "a.png", "au": "AU1=1"}, "{broken", {"input": "c.png", "au": "AU2=1"}]
    write_lines(tmp_path / "set" / "jobs.jsonl", lines)
    assert batch.edit("--jobs", "set/jobs.jsonl", "--out", "made").code == 1
    lines[1] = {"input": "b.png", "au": "AU1=1"}
    write_lines(tmp_path / "set" / "jobs.jsonl", lines)
    result = batch.edit("--jobs", "set/jobs.jsonl", "--out", "made", flag, "--csv", "table.csv")
    assert result.code == 0 and result.paths == ["made/b_AU1+1.png"], result.err
    assert [row.split(",")[3] for row in (tmp_path / "table.csv").read_text().splitlines()] == ["status", "ok", "ok", "ok"]
    merged = batch("merge", "made/records.jsonl")
    assert merged.code == 0 and "3 made, 0 failed, 0 missing" in merged.err, merged.err


def test_outside_is_allowed_when_asked_for(batch, portrait, tmp_path):
    write_lines(tmp_path / "set" / "jobs.jsonl",
                [{"input": "../given/me.png", "au": "AU1=1"}, {"input": str(portrait), "au": "AU2=1"}])
    assert batch.edit("--jobs", "set/jobs.jsonl", "--out", "made", "--allow-outside").code == 0


def test_one_name_for_two_outputs_is_found_before_anything_runs(batch, tmp_path):
    write_lines(tmp_path / "set" / "jobs.jsonl",
                [{"input": name, "au": "AU1=1", "output": "x"} for name in ("a.png", "b.png")])
    result = batch.edit("--jobs", "set/jobs.jsonl", "--out", "made")
    assert result.code == 2 and "made/x.png" in result.err and not (tmp_path / "made").exists()


@pytest.mark.parametrize(("flags", "code"), [
    (["--jobs", "none.jsonl"], 3), (["--jobs", "set"], 3), (["--jobs", "set/a.png", "--in", "set"], 2),
    (["--jobs", "set/jobs.jsonl", "--out", "one.png"], 2), (["--jobs", "set/jobs.jsonl", "--max-failures", "0"], 2),
    (["--jobs", "set/jobs.jsonl", "--records", "none", "--resume"], 2), (["--jobs", "set/jobs.jsonl", "--shard", "3/2"], 2)])
def test_wrong_usage(batch, tmp_path, flags, code):
    write_lines(tmp_path / "set" / "jobs.jsonl", [{"input": "a.png", "au": "AU1=1"}])
    assert batch.edit(*flags).code == code


@pytest.mark.parametrize("flags", [["--output-pattern", "{nme}"], ["--seeds", "1,1"], ["--keep", "best"], ["--intensity", "0.5"]])
def test_wrong_flags_are_no_lines_fault(hollow, make_picture, tmp_path, flags):
    make_picture(tmp_path / "set" / "a.png", 1)
    write_lines(tmp_path / "set" / "jobs.jsonl", [{"input": "a.png", "au": "AU1=1"}])
    result = hollow.edit("--jobs", "set/jobs.jsonl", "--out", "made", *flags)
    assert result.code == 2 and flags[0] in result.err and len(result.err.strip().splitlines()) == 1, result.err


def test_ten_thousand_lines_with_one_percent_broken(batch, tmp_path):
    lines = [{"input": "abc"[number % 3] + ".png", "au": f"AU12={number % 5 + 1}", "seed": number, "output": f"{number:05}"}
             if number % 100 else "{broken" for number in range(10000)]
    write_lines(tmp_path / "set" / "jobs.jsonl", lines)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    result = batch.edit("--jobs", "set/jobs.jsonl", "--out", "made", "--dry-run")
    seconds = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    assert seconds < 15, "linear work: a second or two of one core"
    assert result.code == 1 and len(result.paths) == 9900 and len(set(result.paths)) == 9900
    assert result.err.count("set/jobs.jsonl:") == 100
    assert "9900 outputs to make, 0 made already, 100 that would fail" in result.err
    assert not (tmp_path / "made").exists()


def test_a_dry_run_says_what_a_run_would_do(batch, tmp_path):
    assert len(batch.edit("--in", "set/a.png", "--au", "AU1=1", "--out", "made").paths) == 1
    command = ["--in", "set", "--au", "AU1=1", "--out", "made", "--resume"]
    dry = batch.edit(*command, "--dry-run", "--json")
    assert [line["status"] for line in dry.objects] == ["skipped", "planned", "planned"]
    assert "at the pace of the recorded ones" in dry.err
    planned = batch.edit(*command, "--dry-run").paths
    assert batch.edit(*command).paths == planned


def test_a_pipe_is_answered_line_by_line(batch, tmp_path):
    command = [batch.path, "edit", *batch.flags, "--jobs", "-", "--out", "made"]
    with subprocess.Popen(command, cwd=tmp_path, env=os.environ | {"OMP_NUM_THREADS": "1"}, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        def ask(line) -> dict:
            running.stdin.write((line if isinstance(line, str) else json.dumps(line)) + "\n")
            running.stdin.flush()
            return json.loads(running.stdout.readline())
        first = ask({"id": "x1", "input": "set/a.png", "au": "AU12=2"})
        assert (first["id"], first["line"], first["status"]) == ("x1", 1, "ok") and (tmp_path / first["output"]).is_file()
        broken = ask('{"id": "x2", "input": 3.5}')
        assert (broken["id"], broken["status"], broken["output"]) == ("x2", "failed", None) and "stdin:2" in broken["error"]
        taken = ask({"id": "x3", "input": "set/a.png", "au": "AU12=2"})
        assert taken["status"] == "failed" and "two outputs" in taken["error"]
        assert ask({"id": "x4", "input": "set/b.png", "au": "AU12=2"})["status"] == "ok"
        running.stdin.close()
        running.wait(timeout=60)
    assert running.returncode == 1
    records = [json.loads(line) for line in (tmp_path / "made" / "records.jsonl").read_text().splitlines()]
    assert [line["id"] for line in records if line["event"] == "item"] == ["x1", "x2", "x3", "x4"]


def test_a_waiting_pipe_ends_on_a_signal(batch, tmp_path):
    command = [batch.path, "edit", *batch.flags, "--jobs", "-", "--out", "made"]
    with subprocess.Popen(command, cwd=tmp_path, env=os.environ | {"OMP_NUM_THREADS": "1"}, stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        running.stdin.write(json.dumps({"input": "set/a.png", "au": "AU12=2"}) + "\n")
        running.stdin.flush()
        assert json.loads(running.stdout.readline())["status"] == "ok"
        running.terminate()
        running.wait(timeout=30)
    assert running.returncode == 75


def test_a_folder_that_cannot_be_made_is_one_failure(batch, tmp_path):
    write_lines(tmp_path / "set" / "jobs.jsonl",
                [{"input": "a.png", "au": "AU1=1", "output": "taken/a"}, {"input": "b.png", "au": "AU1=1"}])
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "taken").write_text("a file where a folder should be")
    result = batch.edit("--jobs", "set/jobs.jsonl", "--out", "made")
    assert result.code == 1 and result.paths == ["made/b_AU1+1.png"] and "made/taken" in result.err


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=48k", "tmpfs", folder]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("needs the right to mount a tmpfs")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_fails_items_and_resume_makes_them(batch, make_picture, tmp_path, small_disk):
    for number in range(8):
        make_picture(tmp_path / "in" / f"p{number}.png", number)
    command = ["--in", "in", "--au", "AU1=1", "--out", small_disk, "--records", "records.jsonl"]
    result = batch.edit(*command)
    made = list(small_disk.iterdir())
    assert result.code == 1 and 0 < len(made) < 8 and len(result.paths) == len(made), result.err
    assert "No space left" in result.err and not any(path.suffix == ".part" for path in made)
    for path in made:
        shutil.move(path, tmp_path / path.name)
        (small_disk / path.name).symlink_to(tmp_path / path.name)
    again = batch.edit(*command, "--resume")
    assert len(again.paths) > 0 and not {*again.paths} & {*result.paths}


def test_records_on_a_full_disk_lose_no_picture_silently(batch, make_picture, tmp_path, small_disk):
    for number in range(40):
        make_picture(tmp_path / "in" / f"p{number}.png", number)
    result = batch.edit("--in", "in", "--au", "AU1=1", "--out", "made", "--records", small_disk / "records.jsonl")
    assert result.code == 1 and "the record can't be written" in result.err
    for line in (small_disk / "records.jsonl").read_text().splitlines():
        json.loads(line)
    assert len(result.paths) + result.err.count("error:") >= 40
