# SPDX-License-Identifier: Apache-2.0
"""What the program delivers is judged: every edit's own picture, cut as the model's."""
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from evaluation import delivered  # noqa: E402

# Adds to the portrait ten times the sum of what is asked for, so that a picture tells which edit it is of.
PROGRAM = """#!{python}
import json, sys
from pathlib import Path
import numpy as np
from PIL import Image
words = dict(zip(sys.argv[2::2], sys.argv[3::2]))
assert sys.argv[1] == "edit" and words["--bundle"] == "some/bundle" and words["--steps"] == "3", sys.argv
jobs, out = Path(words["--jobs"]), Path(words["--out"])
out.mkdir()
for line in jobs.read_text().splitlines():
    job = json.loads(line)
    portrait = np.array(Image.open(jobs.parent / job["input"]))
    [units] = job["au"]
    Image.fromarray(portrait + np.uint8(10 * sum(units.values()))).save(out / job["output"])
"""


def test_every_variation_has_its_own_picture(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text(PROGRAM.format(python=sys.executable))
    program.chmod(0o755)
    portrait = np.broadcast_to(np.arange(0, 160, 10, dtype=np.uint8)[:, None, None], (16, 16, 3))
    variations = np.array([[0, 2.5], [4, 0], [1, 1]])
    made = delivered.edits(program, Path("some/bundle"), portrait, variations, ["AU1", "AU2"], ["--steps", "3"])
    assert [int(picture[0, 0, 0]) - int(portrait[0, 0, 0]) for picture in made] == [25, 40, 20]
    crops = delivered.crops(made, np.array([0.0, 0.0, 16.0]), 16)
    np.testing.assert_allclose(255 * crops.permute(0, 2, 3, 1).numpy(), made, atol=5)
    assert crops.shape == (3, 3, 16, 16)


def test_a_failing_program_is_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="false: exit code 1"):
        delivered.edits(Path("/bin/false"), Path("b"), np.zeros((8, 8, 3), np.uint8), np.ones((1, 1)), ["AU1"], [])
