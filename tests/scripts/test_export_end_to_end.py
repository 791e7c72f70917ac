# SPDX-License-Identifier: Apache-2.0
"""Checkpoint files -> exporter -> the built program: every pixel within 1 of 255 of the published pipeline's PNG.

The program is build/release/magicface, or MAGICFACE_PROGRAM. Also: `bundle verify` accepts what the exporters write,
and the release's own spellings run the same job.
"""
import json
import os
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from reference import ROOT, TINY, bundle  # noqa: F401

PROGRAM = Path(os.environ.get("MAGICFACE_PROGRAM", ROOT / "build" / "release" / "magicface"))
pytestmark = [
    pytest.mark.skipif(not PROGRAM.is_file(), reason=f"{PROGRAM.name} isn't built (scripts/quickstart.sh builds it)"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning"),
]
FILES = TINY / "end_to_end"
EDITS = json.loads((FILES / "edits.json").read_text())


def run(*arguments, cwd=None):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, cwd=cwd, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def pixels(file):
    return np.asarray(Image.open(file).convert("RGB")).astype(int)


def common(bundle, edit):
    return ["--bundle", bundle, "--sampler", edit["sampler"], "--steps", edit["steps"], "--guidance", edit["guidance"],
            "--seed", edit["seed"], "--device", "cpu", "--dtype", "float32"]  # fmt: skip


@pytest.mark.parametrize("edit", EDITS, ids=[edit["file"] for edit in EDITS])
def test_pixels(bundle, tmp_path, edit):
    au = ",".join(f"{name}={value}" for name, value in edit["au"].items())
    run("edit", *common(bundle, edit), "--in", FILES / "portrait.png", "--crop", "none", "--condition", FILES / "condition.png",
        "--composite", "none", "--au", au, "--out", tmp_path / "edited.png")  # fmt: skip
    far = np.abs(pixels(tmp_path / "edited.png") - pixels(FILES / edit["file"])).max()
    print(f"{edit['file']}: {far} of 255")
    assert far <= 1


def test_all_edits_of_a_portrait_in_one_run(bundle, tmp_path):
    first, second = (edit for edit in EDITS if edit["sampler"] == "unipc")
    flags = []
    for edit in (first, second):
        flags += ["--au", ",".join(f"{name}={value}" for name, value in edit["au"].items())]
    listing = run("edit", *common(bundle, first), "--in", FILES / "portrait.png", "--crop", "none", "--condition",
                  FILES / "condition.png", "--composite", "none", *flags, "--out", tmp_path)  # fmt: skip
    written = [Path(line) for line in listing.splitlines()]
    assert len(written) == 2
    for file, edit in zip(written, (first, second), strict=True):
        assert np.abs(pixels(file) - pixels(FILES / edit["file"])).max() <= 1


def test_the_releases_spellings_run_the_same_job(bundle, tmp_path):
    edit = EDITS[0]
    (name, value), *rest = edit["au"].items()
    assert not rest
    run("edit", "--bundle", bundle, "--sampler", edit["sampler"], "--inference_steps", edit["steps"], "--seed", edit["seed"],
        "--device", "cpu", "--dtype", "float32", "--img_path", FILES / "portrait.png", "--bg_path", FILES / "condition.png",
        "--au_test", name, "--AU_variation", value, "--saved_path", tmp_path)  # fmt: skip
    assert np.abs(pixels(tmp_path / "portrait.png") - pixels(FILES / edit["file"])).max() <= 1


def test_modules_say_nothing_of_the_machine_that_exported(bundle):
    for file in Path(bundle).glob("*.pt"):
        with zipfile.ZipFile(file) as archive:
            assert not [name for name in archive.namelist() if name.endswith(".debug_pkl")]


def test_bundle_verify(bundle):
    run("bundle", "verify", bundle)
