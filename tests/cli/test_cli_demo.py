# SPDX-License-Identifier: Apache-2.0
"""The main job with the embedded bundle and no other flag, as a user types it."""
import json
import os
import subprocess
import zipfile

import numpy as np
import pytest
from conftest import ROOT, missing
from PIL import Image

MEMORY_LIMIT = 1.5e9  # bytes


def test_the_files_name_no_folder_of_whoever_made_them():
    for file in sorted((ROOT / "models" / "demo").glob("*.pt")):
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            assert not [name for name in names if name.endswith(".debug_pkl")], file.name
            assert not [name for name in names if name.endswith(".py") and b".venv" in archive.read(name)], file.name


@pytest.fixture(autouse=True)
def embedded_bundle():
    if not (ROOT / "models" / "demo" / "bundle.json").is_file():
        missing("models/demo isn't in the tree")


def test_the_embedded_bundle_is_whole(program):
    assert program("bundle", "verify").code == 0
    assert "demo" in [entry["name"] for entry in json.loads(program("bundle", "list", "--json").out)]


def test_an_edit_of_nothing_gives_the_portrait_back(program, sample, tmp_path):
    assert program("edit", "--in", sample, "--au", "AU12=0", "--out", "same.png").code == 0
    assert np.array_equal(*(np.asarray(Image.open(file).convert("RGB")) for file in (sample, tmp_path / "same.png")))


def test_main_job_from_any_folder(program, sample, tmp_path):
    process = subprocess.Popen([program.path, "edit", "--in", sample, "--au", "AU4=-6"], cwd=tmp_path,
                               stdout=subprocess.PIPE, text=True)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    assert process.returncode == 0
    assert out.splitlines() == ["portrait_AU4-6.png"]
    assert usage.ru_maxrss * 1024 < MEMORY_LIMIT
    before, after = (np.asarray(Image.open(file).convert("RGB")).astype(float) for file in (sample, tmp_path / "portrait_AU4-6.png"))
    assert before.shape == after.shape
    assert 0 < np.abs(before - after).mean() < 12, "an edit, and still the same portrait"


def test_estimates_of_the_sample(program, sample):
    [record] = program("estimate", "--in", sample, "--json").objects
    assert set(record["au"]) == {f"AU{n}" for n in (1, 2, 4, 5, 6, 9, 12, 15, 17, 20, 25, 26)}
    box = record["box"]
    assert box[2] > 80 and box[3] > 80
