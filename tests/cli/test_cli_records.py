# SPDX-License-Identifier: Apache-2.0
"""Records: every line fits the published schema, says what really lies on the disk, and makes the picture again."""
import csv
import hashlib
import json
import subprocess

import jsonschema
import numpy as np
import pytest
from conftest import ROOT
from PIL import Image

EDITS = ["--au", "AU4=-6", "--au", "AU12=2.5,AU1=1", "--au", "AU26=5"]


def sha256(path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read(path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def items(path) -> list[dict]:
    return [line for line in read(path) if line["event"] == "item"]


@pytest.fixture(scope="session")
def schema() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads((ROOT / "docs" / "records.schema.json").read_text()))


def test_lines_fit_the_schema_and_the_disk(uncropped, portrait, bundle, tmp_path, schema):
    (tmp_path / "broken.png").write_text("not a picture")
    result = uncropped.edit("--in", portrait, "--in", "broken.png", "--in", "gone.png", *EDITS, "--seed", 7, "--out", "made")
    assert result.code == 1 and "3 made, 6 failed" in result.err
    lines = read(tmp_path / "made" / "records.jsonl")
    for line in lines:
        schema.validate(line)
    assert [line["event"] for line in lines].count("started") == 3
    assert (lines[0]["event"], lines[-1]["event"]) == ("run", "end")
    assert (lines[-1]["made"], lines[-1]["failed"], lines[-1]["reason"]) == (3, 6, "done")
    ended = items(tmp_path / "made" / "records.jsonl")
    assert [item["item"] for item in ended] == list(range(1, 10))
    for item in ended[:3]:
        assert item["status"] == "ok" and item["input"] == {"path": str(portrait), "sha256": sha256(portrait)}
        assert item["bundle"]["sha256"] == sha256(bundle / "bundle.json")
        assert item["outputs"] == [{"path": item["output"], "sha256": sha256(tmp_path / item["output"]),
                                    "bytes": (tmp_path / item["output"]).stat().st_size}]
        assert item["parameters"]["seed"] == 7 and item["parameters"]["steps"] == 2
        assert set(item["seconds"]) == {"read", "prepare", "sample", "estimate", "encode", "write"}
        assert [edit["seed"] for edit in item["batch"]["edits"]] == [7, 7, 7]
    assert [item["parameters"]["au"] for item in ended[:3]] == [{"AU4": -6}, {"AU1": 1, "AU12": 2.5}, {"AU26": 5}]
    assert [item["input"]["sha256"] is None for item in ended] == [False] * 6 + [True] * 3
    assert all(item["error"] and not item["outputs"] for item in ended[3:])


def test_a_started_line_comes_before_its_output(uncropped, portrait, tmp_path):
    uncropped.edit("--in", portrait, *EDITS, "--out", "made")
    begun = set()
    for line in read(tmp_path / "made" / "records.jsonl"):
        if line["event"] == "started":
            begun.update(line["outputs"])
        if line["event"] == "item":
            assert line["output"] in begun


def test_the_schema_refuses_what_is_no_record(schema, uncropped, portrait, tmp_path):
    uncropped.edit("--in", portrait, "--au", "AU1=1", "--out", "made")
    [item] = items(tmp_path / "made" / "records.jsonl")
    for wrong in ({"status": "ok?"}, {"schema": 2}, {"outputs": []}, {"error": "both"}, {"event": "thing"}, {"item": 0}):
        assert not schema.is_valid(item | wrong), wrong


def test_faces_have_intensities_before_and_after(tiny, sample, tmp_path, schema):
    result = tiny.edit("--in", sample, "--au", "AU12=3", "--out", "made")
    assert result.code == 0, result.err
    [item] = items(tmp_path / "made" / "records.jsonl")
    schema.validate(item)
    for name, after in item["au_after"].items():
        assert item["au_change"][name] == pytest.approx(after - item["au_before"][name], abs=2e-3)


@pytest.fixture
def three_faces(sample, tmp_path):
    """Two heads side by side and, right of them, one that is too small."""
    picture = Image.new("RGB", (560, 256), (128, 128, 128))
    portrait = Image.open(sample).convert("RGB")
    for size, place in ((256, (0, 0)), (160, (300, 48)), (48, (490, 100))):
        picture.paste(portrait.resize((size, size), Image.Resampling.LANCZOS), place)
    picture.save(tmp_path / "people.png")
    return "people.png"


def test_every_face_has_its_own_figures(tiny, three_faces, tmp_path, schema):
    result = tiny.edit("--in", three_faces, "--target", "AU12=3", "--target", "AU4=0", "--face", "all", "--out", "made")
    assert result.code == 0, result.err
    for item in items(tmp_path / "made" / "records.jsonl"):
        schema.validate(item)
        one, two, *others = item["faces"]
        assert [one["face"], two["face"], one["status"], two["status"]] == [1, 2, "ok", "ok"]
        assert all(face["status"] == "skipped" and "left out" in face["error"] for face in others)
        assert one["au_before"] != two["au_before"]
        for face in (one, two):  # each needs its own variation
            [(unit, target)] = item["parameters"]["target"].items()
            assert face["au"] == {unit: pytest.approx(target - face["au_before"][unit], abs=2e-3)}
        assert [two[key] for key in ("au_before", "au_after", "au_change")] == [
            item[key] for key in ("au_before", "au_after", "au_change")]
    again = tiny("edit", "--from-record", "made/records.jsonl", "--out", "again")
    assert again.code == 0, again.err
    name = again.paths[0].removeprefix("again/")
    assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "made" / name).read_bytes(), "for every face its own again"
    assert tiny("report", "made", "--out", "page.html").code == 0


def test_one_face_has_no_list(tiny, three_faces, tmp_path):
    tiny.edit("--in", three_faces, "--au", "AU12=3", "--face", "2", "--out", "made")
    assert "faces" not in items(tmp_path / "made" / "records.jsonl")[0]


def test_a_picture_is_its_own_record(uncropped, tiny, portrait, condition, bundle, tmp_path, schema):
    uncropped.edit("--in", portrait, *EDITS, "--sampler", "ddpm", "--seed", 11, "--noise-scale", 0.5, "--out", "made", "--records", "none")
    picture = tmp_path / "made" / "me_AU26+5.png"
    text = json.loads(Image.open(picture).text["magicface"])
    assert text["input"] == {"path": "me.png", "sha256": sha256(portrait)} and str(tmp_path) not in json.dumps(text), "no path"
    again = ["edit", "--from-record", "made/me_AU26+5.png", "--bundle", bundle, "--out", "again"]
    for lost in (tiny(*again), tiny(*again, "--in", condition)):
        assert lost.code in (1, 2) and not list((tmp_path / "again").glob("*.png")), "it isn't there, or another"
    (tmp_path / "condition.png").write_bytes(condition.read_bytes())
    result = tiny(*again, "--in", portrait)
    assert result.code == 0 and (tmp_path / "again" / "me_AU26+5.png").read_bytes() == picture.read_bytes(), result.err
    (tmp_path / "made" / "me.png").write_bytes(portrait.read_bytes())
    assert tiny(*again, "--overwrite").code == 0, "beside the picture it is found"
    uncropped.edit("--in", picture, "--au", "AU1=1", "--out", "twice.png")
    assert json.loads(Image.open(tmp_path / "twice.png").text["magicface"])["input"]["sha256"] == sha256(picture)


def test_a_picture_of_a_shared_batch_comes_back_but_for_rounding(uncropped, tiny, portrait, make_picture, bundle, condition, tmp_path):
    make_picture(tmp_path / "given" / "other.png", 5)
    uncropped.edit("--in", portrait, "--in", "given/other.png", "--au", "AU12=3", "--out", "made")
    result = tiny("edit", "--from-record", "made/other_AU12+3.png", "--in", "given/other.png", "--bundle", bundle, "--out", "again",
                  cwd=tmp_path)
    assert result.code == 2 and "condition" in result.err, "it lies elsewhere, and no flag may say another"
    (tmp_path / "condition.png").write_bytes(condition.read_bytes())
    result = tiny("edit", "--from-record", "made/other_AU12+3.png", "--in", "given/other.png", "--bundle", bundle, "--out", "again")
    assert result.code == 0, result.err
    made, again = (np.asarray(Image.open(tmp_path / folder / "other_AU12+3.png")).astype(int) for folder in ("made", "again"))
    assert np.abs(made - again).max() <= 1


def test_a_picture_without_a_record_says_so(uncropped, tiny, portrait, tmp_path):
    uncropped.edit("--in", portrait, "--au", "AU1=1", "--no-metadata", "--out", "bare.png")
    result = tiny("edit", "--from-record", "bare.png")
    assert result.code == 2 and "--no-metadata" in result.err


def test_one_picture_beside_the_user_leaves_no_records(uncropped, portrait, tmp_path):
    uncropped.edit("--in", portrait, "--au", "AU1=1")
    uncropped.edit("--in", portrait, "--au", "AU1=1", "--out", "named/x.png")
    uncropped.edit("--in", portrait, "--au", "AU1=1", "--out", "quiet", "--records", "none")
    assert not list(tmp_path.rglob("*.jsonl"))
    uncropped.edit("--in", portrait, "--au", "AU1=2", "--records", "mine/log.jsonl")
    assert len(items(tmp_path / "mine" / "log.jsonl")) == 1


def test_a_table_for_people(uncropped, portrait, tmp_path):
    uncropped.edit("--in", portrait, "--in", "gone.png", *EDITS, "--out", "made", "--csv", "table.csv")
    with open(tmp_path / "table.csv", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["status"] for row in rows] == ["ok"] * 3 + ["failed"] * 3
    assert rows[1]["au"] == "AU1=1 AU12=2.5" and rows[0]["output"] == "made/me_AU4-6.png"
    assert rows[3]["input"] == "gone.png" and rows[3]["error"]


@pytest.mark.parametrize("flags", [["--csv", "mine.csv"], ["--csv", "jobs.csv", "--overwrite"],
                                   ["--csv", "made/../made/records.jsonl", "--overwrite"], ["--csv", "new.csv", "--shard", "1/2"]])
def test_a_table_replaces_nothing_unasked(hollow, portrait, tmp_path, flags):
    for name in ("mine.csv", "made/records.jsonl"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "jobs.csv").write_text("input,au\ngiven/me.png,AU1=1\n")
    before = (tmp_path / "jobs.csv").read_bytes()
    result = hollow.edit("--jobs", "jobs.csv", "--out", "made", *flags)
    assert result.code == 2 and "--csv" in result.err and len(result.err.strip().splitlines()) == 1, result.err
    assert (tmp_path / "mine.csv").read_bytes() == b"" and (tmp_path / "jobs.csv").read_bytes() == before


def test_a_table_that_cannot_be_written_is_a_failure(uncropped, portrait, tmp_path):
    (tmp_path / "file").write_text("x")
    result = uncropped.edit("--in", portrait, "--au", "AU1=1", "--out", "made", "--csv", "file/table.csv")
    assert result.code == 1 and len(result.paths) == 1 and "--csv file" in result.err, result.err
    again = uncropped.edit("--in", portrait, "--au", "AU1=1", "--out", "made", "--csv", "new/table.csv", "--resume")
    assert again.code == 0 and (tmp_path / "new" / "table.csv").is_file(), again.err


@pytest.mark.parametrize("flags", [["--sampler", "ddpm"], ["--batch-size", "2"], ["--format", "jpg", "--quality", "80"]])
def test_a_record_makes_the_same_bytes_again(uncropped, tiny, portrait, tmp_path, flags):
    uncropped.edit("--in", portrait, *EDITS, *flags, "--seed", 11, "--out", "made")
    lines = list(enumerate(read(tmp_path / "made" / "records.jsonl"), 1))
    number, line = [(number, line) for number, line in lines if line["event"] == "item"][1]
    result = tiny("edit", "--from-record", f"made/records.jsonl:{number}", "--out", "again")
    assert result.code == 0, result.err
    assert result.paths == [f"again/{(tmp_path / line['output']).name}"]
    assert (tmp_path / result.paths[0]).read_bytes() == (tmp_path / line["output"]).read_bytes()


@pytest.mark.parametrize("flags", [["--steps", "50"], ["--sampler", "ddpm"], ["--mask", "given/me.png"], ["--face", "largest"],
                                   ["--compare"], ["--no-metadata"], ["--batch-size", "4"], ["--out", "again.jpg"]])
def test_a_flag_that_the_record_decides_is_wrong_usage(uncropped, tiny, portrait, tmp_path, flags):
    uncropped.edit("--in", portrait, "--au", "AU1=1", "--out", "made")
    result = tiny("edit", "--from-record", "made/records.jsonl", *flags)
    assert result.code == 2 and flags[0] in result.err and "expected" in result.err, result.err
    assert not list(tmp_path.glob("*.png")) and not (tmp_path / "again.jpg").exists()


def test_a_record_works_from_another_folder(uncropped, tiny, portrait, tmp_path):
    uncropped.edit("--in", "given/me.png", "--au", "AU1=1", "--out", "made")
    (tmp_path / "elsewhere").mkdir()
    result = tiny("edit", "--from-record", "../made/records.jsonl", cwd=tmp_path / "elsewhere")
    assert result.code == 0, result.err
    assert (tmp_path / "elsewhere" / "me_AU1+1.png").read_bytes() == (tmp_path / "made" / "me_AU1+1.png").read_bytes()


def test_a_record_of_changed_things_is_refused(uncropped, tiny, portrait, condition, make_picture, bundle, tmp_path):
    uncropped.edit("--in", portrait, "--au", "AU1=1", "--out", "made")
    again = ["edit", "--from-record", "made/records.jsonl", "--out", "again"]
    make_picture(portrait, 99)
    changed = tiny(*again)
    assert changed.code == 1 and "sha256" in changed.err and not list((tmp_path / "again").glob("*.png"))
    make_picture(condition, 98)
    assert tiny(*again).code == 2
    other = tmp_path / "other"
    other.mkdir()
    for file in bundle.iterdir():
        (other / file.name).symlink_to(file)
    (other / "bundle.json").unlink()
    (other / "bundle.json").write_text((bundle / "bundle.json").read_text() + "\n")
    wrong = tiny(*again, "--bundle", other)
    assert wrong.code == 2 and "sha256" in wrong.err


@pytest.mark.parametrize("place", ["made/records.jsonl:1", "made/records.jsonl:999", "given/me.png", "none.jsonl"])
def test_a_line_that_is_no_item_is_wrong_usage(uncropped, tiny, portrait, place):
    uncropped.edit("--in", portrait, "--au", "AU1=1", "--out", "made")
    assert tiny("edit", "--from-record", place).code in (2, 3)


def test_records_that_cannot_be_written_are_told_before_anything_runs(uncropped, portrait, tmp_path):
    (tmp_path / "file").write_text("x")
    result = uncropped.edit("--in", portrait, *EDITS, "--out", "made", "--records", "file/records.jsonl")
    assert result.code == 2 and "file/records.jsonl" in result.err
    assert not (tmp_path / "made").exists()


def test_two_runs_never_share_a_record_file(uncropped, portrait, tmp_path):
    held = tmp_path / "made" / "records.jsonl"
    held.parent.mkdir()
    with subprocess.Popen(["flock", held, "-c", "echo held; read line"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        result = uncropped.edit("--in", portrait, "--au", "AU1=1", "--out", "made")
        holder.communicate(b"\n")
    assert result.code == 2 and "another run" in result.err
    assert uncropped.edit("--in", portrait, "--au", "AU1=1", "--out", "made").code == 0
