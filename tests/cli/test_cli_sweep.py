# SPDX-License-Identifier: Apache-2.0
"""`eval sweep`: one command edits at several values, goes on where it was stopped, and draws the figures over them."""
import csv
import json

import pytest
from PIL import Image


@pytest.fixture
def sweep(program, sample, tmp_path):
    """A plan of two edits of the sample portrait, and a function that sweeps it."""
    Image.open(sample).convert("RGB").save(tmp_path / "me.png")
    (tmp_path / "plan.jsonl").write_text(json.dumps({"input": "me.png", "au": [{"AU12": 3}, {"AU4": 2}]}) + "\n")
    return lambda *arguments: program("eval", "sweep", "--jobs", "plan.jsonl", *arguments)


def made_pictures(folder) -> dict:
    return {path.relative_to(folder): path.stat().st_mtime_ns for path in folder.rglob("me_*.png")}


def test_a_sweep_edits_evaluates_and_goes_on(sweep, tmp_path):
    values = ["--guidance", "1:2:0.5", "--steps", 2]
    result = sweep(*values)
    assert result.code == 0, result.err
    rows = {line.split()[0] for line in result.out.splitlines() if line}
    assert {"guidance", "1", "1.5", "2"} <= rows, result.out
    folder = tmp_path / "sweep"
    before = made_pictures(folder)
    assert len(before) == 6 and {path.parts[0] for path in before} == {"guidance-1", "guidance-1.5", "guidance-2"}
    for name in ("guidance-1", "guidance-1.5"):
        items = [json.loads(line) for line in (folder / name / "records.jsonl").read_text().splitlines()]
        used = {(item["parameters"]["guidance"], item["parameters"]["steps"]) for item in items if item["event"] == "item"}
        assert used == {(float(name.split("-")[1]), 2)}
    names = {row["method"] for row in csv.DictReader((folder / "figures.csv").open())}
    assert names == {"1", "1.5", "2"}
    picture = (folder / "figures.svg").read_text()
    assert picture.count(">guidance<") >= 6 and picture.count("stroke-width=\"2\"") >= 12, "a curve over guidance in every panel"
    assert Image.open(folder / "figures.png").size[0] > 500
    assert json.loads((folder / "figures.json").read_text())["axis"] == "guidance"
    assert "| 1.5 |" in (folder / "figures.md").read_text() and "1.5 &" in (folder / "figures.tex").read_text()

    lost = folder / "guidance-1.5" / "me_AU4+2.png"
    lost.unlink()
    again = sweep(*values)
    assert again.code == 0 and again.out == result.out
    after = made_pictures(folder)
    assert {path for path in after if after[path] != before.get(path)} == {lost.relative_to(folder)}, "only the lost picture is made again"


def test_steps_and_samplers_can_be_swept_too(sweep, tmp_path):
    assert sweep("--steps", "1,2", "--out", "s").code == 0
    assert (tmp_path / "s" / "steps-1" / "me_AU12+3.png").is_file()
    result = sweep("--sampler", "ddim,euler", "--steps", 2, "--out", "n", "--json")
    assert result.code == 0, result.err
    assert [method["name"] for method in json.loads(result.out)["methods"]] == ["ddim", "euler"]


def test_problems_of_items_are_those_of_eval(sweep, tmp_path):
    with (tmp_path / "plan.jsonl").open("a") as file:
        file.write(json.dumps({"input": "gone.png", "au": [{"AU12": 3}]}) + "\n")
    result = sweep("--guidance", "1,2", "--steps", 1)
    assert result.code == 1
    assert "2 of 6 pairs have problems" in result.err and (tmp_path / "sweep" / "figures.svg").is_file()


@pytest.mark.parametrize(("flags", "word"), [
    ([], "exactly one"), (["--guidance", "2"], "exactly one"), (["--guidance", "1,2", "--steps", "1,2"], "exactly one"),
    (["--guidance", "1:x"], "--guidance"), (["--steps", "1,2.5"], "whole"), (["--sampler", "ddim,dim"], "dim"),
    (["--guidance", "1,1"], "twice"), (["--guidance", "1,999"], "0 to 100"),
])
def test_wrong_usage_costs_nothing(sweep, tmp_path, flags, word):
    result = sweep(*flags)
    assert result.code == 2 and word in result.err and len(result.err.splitlines()) == 1, result.err
    assert not (tmp_path / "sweep").exists()


def test_edits_of_another_job_are_refused(sweep, tmp_path):
    values = ["--steps", "1,2"]
    assert sweep(*values).code == 0
    (tmp_path / "plan.jsonl").write_text(json.dumps({"input": "me.png", "au": [{"AU12": 3}]}) + "\n")
    result = sweep(*values)
    assert result.code == 2 and "me_AU4+2.png" in result.err and "--out" in result.err


def test_figures_of_somebody_else_stay(sweep, tmp_path):
    (tmp_path / "sweep").mkdir()
    (tmp_path / "sweep" / "figures.csv").write_text("mine")
    assert sweep("--steps", "1,2").code == 1
    assert (tmp_path / "sweep" / "figures.csv").read_text() == "mine"
