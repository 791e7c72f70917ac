# SPDX-License-Identifier: Apache-2.0
"""Fixtures for the tests that drive the built program from outside: the program, a tiny bundle, pictures."""
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
SWEEP = ["--au", "AU12=-6:6:6"]  # three edits


@dataclass
class Result:
    """What a run of the program left behind."""

    code: int
    out: str
    err: str

    @property
    def paths(self) -> list[str]:
        return self.out.splitlines()

    @property
    def objects(self) -> list[dict]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass
class Program:
    """The built program with flags that every call of `edit` gets."""

    path: Path
    cwd: Path
    flags: list[str] = field(default_factory=list)

    def __call__(self, *arguments, stdin: str = "", cwd: Path | None = None, **env: str) -> Result:
        command = [str(self.path), *map(str, arguments)]
        # One thread: the networks are tiny, and OpenMP threads that wait for each other starve on a busy machine.
        environment = {key: value for key, value in os.environ.items() if key != "MAGICFACE_BUNDLE"}
        environment |= {"OMP_NUM_THREADS": "1"} | env
        done = subprocess.run(command, input=stdin.encode(), capture_output=True, cwd=cwd or self.cwd, env=environment,
                              timeout=300, check=False)
        return Result(done.returncode, os.fsdecode(done.stdout), os.fsdecode(done.stderr))

    def edit(self, *arguments, **keywords) -> Result:
        """`edit` with the tiny bundle; flags of this fixture come first, so that names after `--` stay last."""
        return self("edit", *self.flags, *arguments, **keywords)


def missing(what: str) -> None:
    """A failure in CI, where everything must be there, and a skipped test elsewhere."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def executable() -> Path:
    path = Path(os.environ.get("MAGICFACE_PROGRAM", ROOT / "build" / "release" / "magicface")).resolve()
    if not path.is_file():
        missing(f"{path} isn't built; run scripts/test.sh, or name the program with MAGICFACE_PROGRAM")
    return path


@pytest.fixture(scope="session")
def bundle(tmp_path_factory) -> Path:
    """Random weights, every module, 64 x 64 pixels; MAGICFACE_TEST_BUNDLE names one that was made before."""
    if made_before := os.environ.get("MAGICFACE_TEST_BUNDLE"):
        return Path(made_before).resolve()
    folder = tmp_path_factory.mktemp("bundle") / "tiny"
    script = ROOT / "scripts" / "make_test_bundle.py"
    subprocess.run([sys.executable, script, "--out", folder, "--seed", "1"], check=True, timeout=900)
    return folder


@pytest.fixture
def program(executable, tmp_path) -> Program:
    """Without a bundle of its own: the embedded one is used."""
    return Program(executable, tmp_path)


@pytest.fixture
def tiny(executable, bundle, tmp_path) -> Program:
    """With the tiny bundle, two steps."""
    return Program(executable, tmp_path, ["--bundle", str(bundle), "--steps", "2"])


@pytest.fixture
def embedded(executable, tmp_path) -> Program:
    """With the embedded bundle, two steps: its pictures still show a face, which random weights' don't."""
    return Program(executable, tmp_path, ["--bundle", str(ROOT / "models" / "demo"), "--steps", "2"])


@pytest.fixture
def uncropped(executable, bundle, tmp_path, condition) -> Program:
    """With the tiny bundle and a condition image: no face is needed, so any noise is a portrait."""
    flags = ["--bundle", str(bundle), "--steps", "2", "--crop", "none", "--condition", str(condition)]
    return Program(executable, tmp_path, flags)


@pytest.fixture
def hollow(uncropped, bundle, tmp_path) -> Program:
    """A bundle of which only the manifest is there: whoever loads a model fails with another message."""
    (tmp_path / "hollow").mkdir()
    shutil.copy(bundle / "bundle.json", tmp_path / "hollow")
    uncropped.flags[1] = str(tmp_path / "hollow")
    return uncropped


@pytest.fixture(scope="session")
def sample() -> Path:
    path = ROOT / "docs" / "samples" / "portrait.png"
    if not path.is_file():
        missing(f"{path} is missing")
    return path


def write_noise(path: Path, seed: int, size: tuple[int, int] = (64, 64)) -> Path:
    """Smooth noise of width x height pixels."""
    low = np.random.default_rng(seed).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(low).resize(size, Image.Resampling.BICUBIC).save(path)
    return path


@pytest.fixture
def condition(tmp_path) -> Path:
    return write_noise(tmp_path / "given" / "condition.png", 1000)


@pytest.fixture
def portrait(tmp_path) -> Path:
    return write_noise(tmp_path / "given" / "me.png", 1)


@pytest.fixture
def make_picture():
    return write_noise


@pytest.fixture
def portraits(make_picture, tmp_path) -> Path:
    """A folder of two."""
    for number in range(2):
        make_picture(tmp_path / "in" / f"p{number}.png", number)
    return tmp_path / "in"


@pytest.fixture
def evaluate(tiny, bundle):
    """`eval` with the tiny bundle."""
    return lambda *arguments: tiny("eval", "--bundle", bundle, *arguments)


@pytest.fixture
def faces(sample, tmp_path):
    """A portrait as PNG, and a slightly noisy, brighter one in which the face is still found."""
    image = Image.open(sample).convert("RGB")
    image.save(tmp_path / "me.png")
    noise = np.random.default_rng(3).normal(4, 6, np.asarray(image).shape)
    Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8)).save(tmp_path / "made.png")
    shutil.copy(tmp_path / "me.png", tmp_path / "copy.png")
    return tmp_path
