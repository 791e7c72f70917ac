# SPDX-License-Identifier: Apache-2.0
"""The scripts of benchmarks/ on tiny networks: they run, and what they time against each other computes the same."""
import json
import subprocess
import sys

import pytest
from reference import ROOT, bundle  # noqa: F401

SCRIPTS = ROOT / "benchmarks"


def run(script: str, *arguments) -> str:
    done = subprocess.run([sys.executable, SCRIPTS / script, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_published_and_own_arithmetic_agree(bundle, tmp_path):
    """`bundle` was exported from the checkpoints beside it."""
    checkpoints, out = bundle.parent / "checkpoints", tmp_path / "figures.json"
    text = run("published_arithmetic.py", "--checkpoints", checkpoints, "--bundle", bundle, "--size", 64, "--repeat", 2,
               "--threads", 1, "--out", out)
    figures = json.loads(out.read_text())
    assert figures["largest_difference"] < 1e-4
    published, ours = figures["sides"]["published"], figures["sides"]["ours"]
    assert published["threads"] == ours["threads"] == 1
    for side in (published, ours):
        assert 0 < side["step"]["min"] <= side["step"]["median"] <= side["step"]["max"]
        assert side["peak_host_bytes"] > 50e6
    assert figures["ratios"]["ours"]["step"] == pytest.approx(published["step"]["median"] / ours["step"]["median"])
    assert "published" in text and "ours" in text


def test_random_checkpoints_can_be_exported(tmp_path):
    import export_magicface

    run("random_checkpoint.py", "--model", "tiny", "--out", tmp_path / "checkpoints")
    folder = str(tmp_path / "checkpoints")
    arguments = ["--magicface", folder, "--stable-diffusion", folder, "--prompt-embeds", f"{folder}/prompt_embeds.npy"]
    assert export_magicface.main([*arguments, "--out", str(tmp_path / "bundle")]) == 0
