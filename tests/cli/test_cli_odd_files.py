# SPDX-License-Identifier: Apache-2.0
"""One file that is odd (a name too long, a link to itself, somebody else's) fails alone, and nothing is lost over it."""
import json
import os

import pytest

EDIT = ["--au", "AU12=3", "--out", "made"]


@pytest.fixture
def two(uncropped, make_picture, tmp_path):
    for name in "ab":
        make_picture(tmp_path / "in" / f"{name}.png", ord(name))
    return uncropped


def test_a_name_that_gets_too_long_fails_alone(two, make_picture, tmp_path):
    make_picture(tmp_path / "in" / f"{'n' * 248}.png", 3)
    result = two.edit("--in", "in", *EDIT)
    assert result.code == 1 and result.paths == ["made/a_AU12+3.png", "made/b_AU12+3.png"]
    assert "File name too long" in result.err and "--output-pattern" in result.err, result.err
    assert "2 made, 1 failed" in result.err


def test_a_request_with_a_name_too_long_is_answered_and_the_next_too(two, tmp_path):
    requests = [{"input": "in/a.png", "au": "AU12=3", "output": "n" * 300}, {"input": "in/b.png", "au": "AU12=3"}]
    result = two.edit("--jobs", "-", "--out", "made", "--json", stdin="".join(json.dumps(line) + "\n" for line in requests))
    assert [line["status"] for line in result.objects] == ["failed", "ok"], result.err


def test_a_job_of_nothing_but_brackets_fails_alone(two):
    lines = ['{"input": "in/a.png", "au": ' + "[" * 200_000 + "]" * 200_000 + "}", '{"input": "in/b.png", "au": "AU12=3"}']
    result = two.edit("--jobs", "-", "--out", "made", "--json", stdin="\n".join(lines) + "\n")
    assert [line["status"] for line in result.objects] == ["failed", "ok"], result.err[-500:]
    assert "nests too deep" in result.err


def test_a_link_to_itself_among_the_inputs_fails_alone(two, tmp_path):
    os.symlink("loop.png", tmp_path / "in" / "loop.png")
    result = two.edit("--in", "in", *EDIT)
    assert result.code == 1 and "2 made, 1 failed" in result.err and "loop.png" in result.err, result.err


def test_a_condition_image_whose_name_is_no_utf8_can_be_resumed(two, condition, tmp_path):
    name = os.fsdecode(b"caf\xe9.png")
    os.rename(condition, tmp_path / name)
    two.flags[-1] = name
    command = ["--in", "in", *EDIT, "--resume"]
    assert two.edit(*command).code == 0
    result = two.edit(*command)
    assert result.code == 0 and "2 skipped" in result.err, result.err


def test_outputs_whose_names_are_no_utf8_are_known_again(two, tmp_path):
    for name, letter in (("a.png", b"caf\xe8.png"), ("b.png", b"caf\xe9.png")):
        os.rename(tmp_path / "in" / name, os.fsencode(tmp_path / "in") + b"/" + letter)
    command = ["--in", "in", *EDIT, "--csv", "table.csv"]
    assert two.edit(*command).code == 0
    result = two.edit(*command, "--resume")
    assert result.code == 0 and "2 skipped" in result.err, result.err
    for line in (tmp_path / "made" / "records.jsonl").read_text(encoding="utf-8").splitlines():
        json.loads(line)
    assert "caf\ufffd.png" in (tmp_path / "table.csv").read_text(encoding="utf-8")
    assert two("check", "made", "stored", "--update").code == 0
    result = two("check", "made", "stored")
    assert result.code == 0 and "2 items compared, 0 drifts" in result.err, result.err


@pytest.mark.parametrize("name", ["in/a.png", "jobs.jsonl", "notes.txt"])
def test_records_never_go_into_another_file(two, tmp_path, name):
    (tmp_path / "jobs.jsonl").write_text(json.dumps({"input": "in/a.png", "au": "AU12=3"}))  # no newline at its end
    (tmp_path / "notes.txt").write_text("two lines\nand a half")
    before = (tmp_path / name).read_bytes()
    result = two.edit("--jobs", "jobs.jsonl", "--out", "made", "--records", name)
    assert result.code == 2 and f"{name}: expected a file of earlier records" in result.err, result.err
    assert (tmp_path / name).read_bytes() == before and result.paths == []


def test_two_pictures_of_one_name_are_never_parsed_into_one(embedded, sample, tmp_path):
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "p.png").write_bytes(sample.read_bytes())
    result = embedded("parse", "--in", "x", "--in", "y", "--out", "parts", "--overwrite")
    assert result.code == 1 and "is already made from x/p.png" in result.err, result.err
    assert len(result.paths) == len(set(result.paths)) == len(list((tmp_path / "parts").iterdir()))
