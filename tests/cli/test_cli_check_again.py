# SPDX-License-Identifier: Apache-2.0
"""`check --run-again`: a stored run is made again from its records and compared, in one command."""
import json
import re
import shutil
import subprocess

import pytest
from conftest import ROOT, Program
from PIL import Image


@pytest.fixture(scope="module")
def repository(executable, bundle, sample, tmp_path_factory):
    """A folder with a portrait and a stored run of seven edits (two batches), a target and sub-folders among them."""
    folder = tmp_path_factory.mktemp("repository")
    tiny = Program(executable, folder, ["--bundle", str(bundle), "--steps", "2"])
    Image.open(sample).convert("RGB").save(folder / "me.png")
    units = [{"AU12": 3}, {"AU4": 2}, {"AU1": 1, "AU2": 1}, {"AU25": 2}, {"AU26": 4}]
    lines = [{"input": "me.png", "au": units, "output": "sub/{edit}.png"}, {"input": "me.png", "au": "AU12@2", "seed": 7},
             {"input": "me.png", "au": "AU6=2", "output": "six.jpg"}]
    (folder / "jobs.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    made = tiny.edit("--jobs", "jobs.jsonl", "--out", "run", "--quality", 90)
    assert made.code == 0, made.err
    accepted = tiny("check", "run", "stored", "--update", "--figures", "--bundle", bundle)
    assert accepted.code == 0, accepted.err
    shutil.rmtree(folder / "run")
    return folder


@pytest.fixture
def stored(tiny, repository, tmp_path):
    """Checks a copy of the repository's run in `tmp_path`."""
    shutil.copytree(repository, tmp_path, dirs_exist_ok=True)
    return lambda *arguments, **env: tiny("check", "--run-again", "stored", *arguments, **env)


def test_made_again_it_is_the_same(stored, tmp_path):
    result = stored("--out", "again")
    assert result.code == 0 and result.out == "", result.out
    assert "7 items compared, 0 drifts" in result.err
    names = {path.relative_to(tmp_path / "stored") for path in (tmp_path / "stored").rglob("*") if path.suffix in (".png", ".jpg")}
    assert len(names) == 7
    for name in names:
        assert Image.open(tmp_path / "again" / name).tobytes() == Image.open(tmp_path / "stored" / name).tobytes(), name


def test_figures_are_compared_and_nothing_is_left_behind(stored, bundle, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    result = stored("--figures", "--bundle", bundle, TMPDIR=str(temporary))
    assert result.code == 0, result.out + result.err
    assert list(temporary.iterdir()) == []
    assert sorted(path for path in tmp_path.rglob("*") if path != temporary) == before


def test_no_place_for_temporary_files_is_named(stored, tmp_path):
    result = stored(TMPDIR=str(tmp_path / "gone"))
    assert result.code == 1 and result.out == ""
    assert "no temporary folder can be made here" in result.err and "name one with --out" in result.err, result.err


def test_what_has_changed_drifts(stored, tiny, tmp_path):
    """The stored pictures and records as another version of the program would have left them."""
    file = tmp_path / "stored" / "records.jsonl"
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    lines[0]["au_change"]["AU12"] += 1
    lines[1]["bundle"]["sha256"] = "0" * 64
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    result = stored()
    assert result.code == 1 and len(result.paths) == 2, result.out
    assert "AU12: change" in result.paths[0] and "bundle" in result.paths[1]


def test_a_changed_input_is_named(stored, tmp_path):
    Image.new("RGB", (64, 64)).save(tmp_path / "me.png")
    result = stored()
    assert result.code == 1
    assert sum("status" in line and "recorded picture" in line for line in result.paths) == 7, result.out


def test_update_accepts_the_new_run(stored, tmp_path):
    file = tmp_path / "stored" / "records.jsonl"
    file.write_text(file.read_text().replace('"AU12":', '"AU12":9', 1))
    assert stored("--update").code == 0
    assert stored().code == 0
    kinds = [json.loads(line)["parameters"]["edit"] for line in file.read_text().splitlines()]
    assert kinds[5] == "AU12@2", "what was asked for is kept"


def test_wrong_usage(stored, tiny, tmp_path):
    alone = tiny("check", "stored")
    assert alone.code == 2 and "--run-again" in alone.err
    assert tiny("check", "--run-again", "stored", "stored").code == 2
    assert tiny("check", "stored", "stored", "--out", "x").code == 2
    assert tiny("check", "--run-again", "gone").code == 3
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    result = stored("--out", "full")
    assert result.code == 2 and "empty folder" in result.err


def workflow_steps() -> list[str]:
    """The `run:` lines of the example, one command each."""
    return re.findall(r"^ +run: (.+)$", (ROOT / "examples" / "github_actions_check.yml").read_text(), re.M)


def test_the_example_s_steps_run(executable, tiny, bundle, sample, tmp_path):
    """What the comment says makes the stored run, then each step of the workflow, in a repository like the one it means."""
    build, check, report = workflow_steps()
    assert (ROOT / build).is_file()
    text = (ROOT / "examples" / "github_actions_check.yml").read_text()
    [make] = re.findall(r"#   (magicface edit .+)", text)
    [tolerances] = re.findall(r"tolerances.json allows ((?s:.)+?\}\})", text)
    (tmp_path / "ci").mkdir()
    (tmp_path / "ci" / "tolerances.json").write_text(re.sub(r"\n +#", "", tolerances))
    Image.open(sample).convert("RGB").save(tmp_path / "ci" / "me.png")
    (tmp_path / "ci" / "jobs.jsonl").write_text(json.dumps({"input": "me.png", "au": [{"AU12": 3}, {"AU4": 2}]}) + "\n")
    (tmp_path / "build" / "release").mkdir(parents=True)
    (tmp_path / "build" / "release" / "magicface").symlink_to(executable)

    def shell(command: str) -> subprocess.CompletedProcess:
        environment = {"PATH": f"{tmp_path}/build/release:/usr/bin:/bin", "MAGICFACE_BUNDLE": str(bundle), "OMP_NUM_THREADS": "1"}
        return subprocess.run(["bash", "-e", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True,
                              timeout=300, check=False)

    made = shell(make)
    assert made.returncode == 0, made.stderr
    shutil.rmtree(tmp_path / "run")  # isn't committed
    same = shell(check)
    assert same.returncode == 0, same.stdout + same.stderr
    assert shell(report).returncode == 0 and (tmp_path / "report.html").stat().st_size > 10000
    shutil.rmtree(tmp_path / "again")
    file = tmp_path / "ci" / "baseline" / "records.jsonl"
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    lines[0]["au_change"]["AU12"] += 0.5
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    drift = shell(check)
    assert drift.returncode == 1 and "AU12: change" in drift.stdout, "the step fails, and says why"
