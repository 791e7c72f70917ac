# SPDX-License-Identifier: Apache-2.0
"""Batches shared by different portraits: the same pictures as one by one, the same bytes however often a run is resumed."""
import json
import os
import subprocess

import numpy as np
import pytest
from PIL import Image


def pixels(path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB")).astype(int)


def items(folder) -> list[dict]:
    lines = [json.loads(line) for line in (folder / "records.jsonl").read_text().splitlines()]
    return [line for line in lines if line["event"] == "item"]


def bytes_of(folder) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.glob("*.png")}


@pytest.fixture
def five(uncropped, make_picture, tmp_path):
    """Five portraits with one edit each, three to a batch."""
    for number in range(5):
        make_picture(tmp_path / "in" / f"p{number}.png", number)
    uncropped.flags += ["--au", "AU12=3", "--sampler", "ddpm"]
    result = uncropped.edit("--in", "in", "--batch-size", 3, "--out", "made")
    assert result.code == 0 and result.paths == [f"made/p{n}_AU12+3.png" for n in range(5)], result.err
    return uncropped


def test_a_shared_batch_equals_its_singles(five, tmp_path):
    sizes = [len(item["batch"]["edits"]) for item in items(tmp_path / "made")]
    assert sizes == [3, 3, 3, 2, 2]
    assert five.edit("--in", "in", "--batch-size", 1, "--out", "single").code == 0
    assert [len(item["batch"]["edits"]) for item in items(tmp_path / "single")] == [1] * 5
    for name in bytes_of(tmp_path / "single"):
        made, single = pixels(tmp_path / "made" / name), pixels(tmp_path / "single" / name)
        assert np.abs(made - single).max() <= 1, name
    assert np.abs(pixels(tmp_path / "made" / "p0_AU12+3.png") - pixels(tmp_path / "made" / "p1_AU12+3.png")).max() > 5


def test_a_resumed_run_computes_the_same_batches(five, tmp_path):
    whole = bytes_of(tmp_path / "made")
    for gone in (["p1_AU12+3.png"], ["p0_AU12+3.png", "p4_AU12+3.png"]):
        for name in gone:
            (tmp_path / "made" / name).unlink()
        result = five.edit("--in", "in", "--batch-size", 3, "--out", "made", "--resume")
        assert result.code == 0 and result.paths == [f"made/{name}" for name in gone], result.err
        assert bytes_of(tmp_path / "made") == whole


def test_a_record_makes_the_same_bytes_beside_the_same_portraits(five, tiny, make_picture, tmp_path):
    second = items(tmp_path / "made")[1]
    assert [edit.get("input", {}).get("path") for edit in second["batch"]["edits"]] == ["in/p0.png", None, "in/p2.png"]
    lines = (tmp_path / "made" / "records.jsonl").read_text().splitlines()
    place = 1 + next(n for n, line in enumerate(lines) if '"event":"item"' in line and json.loads(line)["item"] == 2)
    result = tiny("edit", "--from-record", f"made/records.jsonl:{place}", "--out", "again")
    assert result.code == 0 and result.paths == ["again/p1_AU12+3.png"], result.err
    assert (tmp_path / "again" / "p1_AU12+3.png").read_bytes() == (tmp_path / "made" / "p1_AU12+3.png").read_bytes()
    make_picture(tmp_path / "in" / "p0.png", 77)
    result = tiny("edit", "--from-record", f"made/records.jsonl:{place}", "--out", "without")
    assert result.code == 0 and "is sampled without" in result.err and "in/p0.png, so" in result.err, result.err
    difference = pixels(tmp_path / "without" / "p1_AU12+3.png") - pixels(tmp_path / "made" / "p1_AU12+3.png")
    assert np.abs(difference).max() <= 1


def test_a_bad_picture_takes_no_other_with_it(five, make_picture, tmp_path):
    (tmp_path / "in" / "p1.png").write_bytes(b"no picture")
    result = five.edit("--in", "in", "--batch-size", 3, "--out", "some", "--json")
    assert result.code == 1
    assert [(line["input"], line["status"]) for line in result.objects] == [
        (f"in/p{n}.png", "failed" if n == 1 else "ok") for n in range(5)], "in the order of the plan"
    assert [len(item["batch"]["edits"]) if item["batch"] else 0 for item in items(tmp_path / "some")] == [2, 0, 2, 2, 2]


def test_portraits_of_other_sizes_have_batches_of_their_own(uncropped, make_picture, tmp_path):
    (tmp_path / "conditions").mkdir()
    for number, size in enumerate([(64, 64), (128, 64), (64, 64), (128, 64)]):
        make_picture(tmp_path / "in" / f"p{number}.png", number, size)
        make_picture(tmp_path / "conditions" / f"p{number}.png", 50 + number, size)
    uncropped.flags[-1] = "conditions"
    result = uncropped.edit("--in", "in", "--au", "AU12=3", "--out", "made")
    assert result.code == 0 and result.paths == [f"made/p{n}_AU12+3.png" for n in range(4)], result.err
    for number, item in enumerate(items(tmp_path / "made")):
        inputs = [edit.get("input", item["input"])["path"] for edit in item["batch"]["edits"]]
        assert inputs == [f"in/p{number % 2}.png", f"in/p{number % 2 + 2}.png"]


def test_targets_share_batches_too(embedded, sample, tmp_path):
    (tmp_path / "b.png").write_bytes(sample.read_bytes())
    embedded.edit("--in", sample, "--in", "b.png", "--target", "AU12=3,AU4=0", "--batch-size", 2, "--out", "made")
    embedded.edit("--in", sample, "--in", "b.png", "--target", "AU12=3,AU4=0", "--batch-size", 1, "--out", "single")
    assert [len(item["batch"]["edits"]) for item in items(tmp_path / "made")] == [2, 2]
    for name in bytes_of(tmp_path / "single"):
        assert np.abs(pixels(tmp_path / "made" / name) - pixels(tmp_path / "single" / name)).max() <= 1


def test_a_picture_deleted_meanwhile_is_one_failure(uncropped, make_picture, tmp_path):
    for number in range(12):
        make_picture(tmp_path / "in" / f"p{number:02}.png", number)
    flags = [*uncropped.flags[:2], *uncropped.flags[4:], "--steps", "60", "--batch-size", "1"]
    command = [uncropped.path, "edit", *flags, "--in", "in", "--au", "AU1=1", "--out", "made"]
    with subprocess.Popen(command, cwd=tmp_path, env=os.environ | {"OMP_NUM_THREADS": "1"}, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as running:
        first = running.stdout.readline()
        (tmp_path / "in" / "p11.png").unlink()  # planned, and far from being read
        out, err = running.communicate(timeout=300)
    assert running.returncode == 1 and "in/p11.png" in err
    assert [first.strip(), *out.split()] == [f"made/p{n:02}_AU1+1.png" for n in range(11)]
    last = items(tmp_path / "made")[-1]
    assert last["status"] == "failed" and last["input"] == {"path": "in/p11.png", "sha256": None}


@pytest.fixture
def unwritable(tmp_path):
    """A folder in which nothing can be made, for root neither."""
    folder = tmp_path / "closed"
    folder.mkdir()
    if os.geteuid() != 0:
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)
        return
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", folder], check=False, capture_output=True).returncode:
        pytest.skip("needs the right to mount a tmpfs")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_an_unwritable_folder_is_told_before_anything_runs(uncropped, portrait, unwritable):
    result = uncropped.edit("--in", portrait, "--au", "AU1=1", "--out", unwritable)
    assert result.code == 2 and "closed/records.jsonl" in result.err and result.err.count("error:") == 1, result.err


def test_an_unwritable_folder_fails_its_items_only(uncropped, make_picture, unwritable, tmp_path):
    for name in "abc":
        make_picture(tmp_path / "in" / f"{name}.png", ord(name))
    lines = [{"input": "in/a.png"}, {"input": "in/b.png", "output": "closed/b"}, {"input": "in/c.png"}]
    (tmp_path / "jobs.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    result = uncropped.edit("--jobs", "jobs.jsonl", "--au", "AU1=1", "--records", "log.jsonl")
    assert result.code == 1 and result.paths == ["a_AU1+1.png", "c_AU1+1.png"] and "closed/b" in result.err, result.err
