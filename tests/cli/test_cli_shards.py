# SPDX-License-Identifier: Apache-2.0
"""Shards by hand, by the variables of array jobs, and by engines that really run: Slurm, GNU parallel, Snakemake; merge."""
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pytest
import slurm
from conftest import ROOT, missing
from PIL import Image

LINES = 7


@pytest.fixture
def batch(uncropped, make_picture, tmp_path):
    """Seven lines of which one is broken."""
    for number in range(LINES):
        make_picture(tmp_path / f"p{number}.png", number)
    lines = [json.dumps({"input": f"p{number}.png", "au": ["AU12=1", "AU4=-2"]}) for number in range(LINES)]
    lines[3] = "{broken"
    (tmp_path / "jobs.jsonl").write_text("\n".join(lines) + "\n")
    return uncropped


@pytest.fixture
def whole(batch, tmp_path):
    """What one process makes of the job."""
    batch.edit("--jobs", "jobs.jsonl", "--out", "whole")
    return pictures(tmp_path / "whole")


def pictures(folder) -> dict[str, np.ndarray]:
    return {file.name: np.asarray(Image.open(file)).astype(int) for file in folder.glob("*.png")}


def alike(some, others) -> bool:
    """Shards have other batches than one process, so the last bit may differ."""
    return some.keys() == others.keys() and all(np.abs(some[name] - others[name]).max() <= 1 for name in some)


def items(path) -> list[dict]:
    return [line for line in map(json.loads, path.read_text().splitlines()) if line["event"] == "item"]


def test_shards_make_what_one_process_makes(batch, whole, tmp_path):
    for index in (1, 2, 3):
        batch.edit("--jobs", "jobs.jsonl", "--out", "made", "--shard", f"{index}/3")
        assert len(items(tmp_path / "made" / f"records.{index}-of-3.jsonl")) == {1: 5, 2: 4, 3: 4}[index]
    assert alike(pictures(tmp_path / "made"), whole)
    merged = batch("merge", "made", "--out", "made/records.jsonl", "--csv", "table.csv")
    assert merged.code == 1 and "12 made, 1 failed, 0 missing or double" in merged.err
    assert [line["item"] for line in items(tmp_path / "made" / "records.jsonl")] == list(range(1, 14))
    assert (tmp_path / "table.csv").read_text().count("\n") == 14
    assert batch("merge", "made", "--out", "made/records.jsonl").code == 2, "an existing file"
    assert batch("merge", "made", "--out", "made/records.jsonl", "--overwrite").code == 1


def test_merge_names_what_is_missing_and_double(batch, tmp_path):
    for index in (1, 3):
        batch.edit("--jobs", "jobs.jsonl", "--out", "made", "--shard", f"{index}/3")
    result = batch("merge", "made")
    assert result.code == 1 and "shard 2/3 are missing" in result.err, result.err
    assert "4 of 13 items have no record: 3, 4, 8, 9" in result.err
    shutil.copy(tmp_path / "made" / "records.1-of-3.jsonl", tmp_path / "copy.jsonl")
    assert "item 1 is in" in batch("merge", "made", "copy.jsonl").err
    batch.edit("--jobs", "jobs.jsonl", "--out", "other", "--shard", "2/3")
    other = batch("merge", "made", "other")
    assert other.code == 2 and "another list of items" in other.err
    assert batch("merge", "nowhere").code == 3


@pytest.mark.parametrize(("variables", "shard", "outputs"), [
    ({"SLURM_ARRAY_TASK_ID": "20", "SLURM_ARRAY_TASK_MIN": "10", "SLURM_ARRAY_TASK_STEP": "10", "SLURM_ARRAY_TASK_COUNT": "2"},
     "auto", "2-of-2"),
    ({"AWS_BATCH_JOB_ARRAY_INDEX": "1"}, "auto/2", "2-of-2"), ({"JOB_COMPLETION_INDEX": "0"}, "auto/2", "1-of-2")])
def test_auto(batch, tmp_path, variables, shard, outputs):
    result = batch.edit("--jobs", "jobs.jsonl", "--out", "made", "--shard", shard, **variables)
    assert len(result.paths) > 0 and (tmp_path / "made" / f"records.{outputs}.jsonl").is_file(), result.err


def test_auto_is_never_guessed(batch, tmp_path):
    result = batch.edit("--jobs", "jobs.jsonl", "--out", "made", "--shard", "auto")
    assert result.code == 2 and "SLURM_ARRAY_TASK_ID" in result.err and not (tmp_path / "made").exists()


def test_gnu_parallel_really_run(batch, whole, tmp_path):
    if shutil.which("parallel") is None:
        missing("GNU parallel isn't installed (Debian: parallel)")
    environment = os.environ | {"MAGICFACE": str(batch.path), "SHARDS": "4", "OMP_NUM_THREADS": "1"}
    for _ in range(2):  # the second run finds everything made
        done = subprocess.run([ROOT / "examples" / "gnu_parallel.sh", "jobs.jsonl", "made", *batch.flags], cwd=tmp_path,
                              env=environment, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode != 0 and "12 made, 1 failed, 0 missing or double" in done.stderr, done.stderr
        assert alike(pictures(tmp_path / "made"), whole)
    assert "12 skipped" not in done.stderr and done.stderr.count(" skipped;") == 4


def test_snakemake_really_run(batch, make_picture, tmp_path):
    if shutil.which("snakemake") is None:
        pytest.skip("Snakemake isn't installed (Debian: snakemake)")
    lines = [json.dumps({"input": f"p{number}.png", "au": "AU12=1"}) for number in range(LINES)]
    (tmp_path / "jobs.jsonl").write_text("\n".join(lines) + "\n")
    (tmp_path / "p3.png").write_text("no picture")
    command = ["snakemake", "--snakefile", ROOT / "examples" / "Snakefile", "--cores", "1", "--keep-going", "--config",
               "jobs=jobs.jsonl", "out=made", "shards=3", f"magicface={batch.path}", f"flags={' '.join(batch.flags)}"]

    def run() -> subprocess.CompletedProcess:
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=600, check=False)

    first = run()
    assert first.returncode != 0 and "p3.png" in first.stderr and len(pictures(tmp_path / "made")) == LINES - 1, first.stderr
    make_picture(tmp_path / "p3.png", 3)
    second = run()  # the failed shard alone runs again, and goes on
    assert second.returncode == 0 and second.stderr.count("localrule shard") == 1, second.stderr
    assert f"{LINES} made, 0 failed, 0 missing or double" in second.stderr
    assert len(pictures(tmp_path / "made")) == LINES


def test_the_kubernetes_example_as_its_pods_run_it(batch, whole, tmp_path):
    text = (ROOT / "examples" / "kubernetes_indexed_job.yaml").read_text()
    listed = {key: re.search(rf"^ *{key}: \[(.*)\]$", text, re.M)[1].split(", ") for key in ("command", "args")}
    completions = int(re.search(r"completions: (\d+)", text)[1])
    assert listed["command"] == ["magicface"] and "completionMode: Indexed" in text
    arguments = [argument.replace("/data/", f"{tmp_path}/") for argument in listed["args"]]
    codes = [batch(*arguments, *batch.flags, JOB_COMPLETION_INDEX=str(index)).code for index in range(completions)]
    assert sorted(codes) == [0] * (completions - 1) + [1], "one pod has the broken line"
    assert alike(pictures(tmp_path / "edited"), whole)
    assert "12 made, 1 failed, 0 missing or double" in batch("merge", "edited").err


@pytest.fixture
def cluster():
    if slurm.missing():
        missing(f"{', '.join(slurm.missing())}: not installed (Debian: slurm-wlm)")
    if os.geteuid() != 0:
        pytest.skip("Slurm's daemons need root to run jobs")
    # Its sockets lie in this folder, and a socket's path holds 108 bytes: pytest's folders are too deep.
    with tempfile.TemporaryDirectory(prefix="mf") as folder:
        running = slurm.Slurm(Path(folder))
        yield running
        running.stop()


def test_slurm_really_run(batch, whole, cluster, tmp_path):
    environment = cluster.environment | {"MAGICFACE": str(batch.path), "OMP_NUM_THREADS": "1"}
    environment.pop("MAGICFACE_BUNDLE", None)
    done = subprocess.run(["sbatch", "--wait", ROOT / "examples" / "slurm_array.sh", "jobs.jsonl", "made", *batch.flags],
                          cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 1, done.stderr  # the task with the broken line
    logs = {path.name.split("_")[1]: path.read_text() for path in tmp_path.glob("magicface-*_*.log")}
    assert sorted(logs) == ["1.log", "2.log", "3.log", "4.log"]
    assert alike(pictures(tmp_path / "made"), whole)
    assert "jobs.jsonl:4: " in logs["4.log"]
    merged = batch("merge", "made")
    assert "merge: 4 files, 12 made, 1 failed, 0 missing or double" in merged.err
