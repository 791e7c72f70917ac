# SPDX-License-Identifier: Apache-2.0
"""A run that is killed at any moment is finished by --resume, with the bytes of an undisturbed one."""
import json
import os
import subprocess
import sys

from conftest import ROOT

KILLS = os.environ.get("MAGICFACE_KILLS", "6")


def test_killed_runs_are_finished(executable, bundle, tmp_path):
    command = [sys.executable, ROOT / "scripts" / "kill_and_resume.py", "--program", executable, "--bundle", bundle,
               "--work", tmp_path / "work", "--kills", KILLS]
    done = subprocess.run(command, capture_output=True, text=True, timeout=3000, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["unfinished"] > 0, "no kill came before the end"
