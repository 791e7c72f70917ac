# SPDX-License-Identifier: Apache-2.0
"""scripts/lib/python.sh makes .venv whole again where an earlier run was interrupted, and else leaves it."""
import os
import subprocess
from pathlib import Path

LIB = Path(__file__).resolve().parents[2] / "scripts" / "lib"


def install_python(root: Path) -> str:
    """Runs it for a tree without requirements, so that nothing is downloaded; returns what it says."""
    (root / "requirements.txt").touch()
    (root / "stub").mkdir(exist_ok=True)
    (root / "stub" / "torch.py").touch()
    environment = os.environ | {"PYTHONPATH": str(root / "stub"), "PIP_NO_INDEX": "1"}
    environment.pop("MAGICFACE_TORCH_SPEC", None)
    command = f'set -euo pipefail; source "{LIB}/common.sh"; source "{LIB}/python.sh"; install_python "$1"'
    done = subprocess.run(["bash", "-c", command, "bash", root], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_an_environment_without_pip_is_made_again_and_a_whole_one_stays(tmp_path: Path) -> None:
    venv = tmp_path / ".venv"
    subprocess.run(["python3", "-m", "venv", "--without-pip", venv], check=True)  # as interrupted before ensurepip
    (venv / "mine").touch()
    assert "making .venv" in install_python(tmp_path)
    subprocess.run([venv / "bin" / "python", "-m", "pip", "--version"], check=True, capture_output=True)
    assert not (venv / "mine").exists()
    (venv / "mine").touch()
    assert "making .venv" not in install_python(tmp_path)
    assert (venv / "mine").exists()
