# SPDX-License-Identifier: Apache-2.0
"""What a user gets: edits by the program itself, which finds the face, and puts the model's picture back into the portrait."""
import json
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from evaluation.bundle import same_crop


def edits(program: Path, bundle: Path, picture: np.ndarray, variations: np.ndarray, names: list[str], options: list[str]) -> np.ndarray:
    """The pictures [N, H, W, 3] that the program makes of one portrait [H, W, 3], all uint8, for variations [N, len(names)]."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        Image.fromarray(picture).save(folder / "portrait.png")
        jobs = [{"input": "portrait.png", "au": [{name: float(change) for name, change in zip(names, row) if change}], "output": f"{k}.png"}
                for k, row in enumerate(variations)]
        (folder / "jobs.jsonl").write_text("".join(json.dumps(job) + "\n" for job in jobs))
        command = [program, "edit", "--jobs", folder / "jobs.jsonl", "--out", folder / "made", "--bundle", bundle, *options]
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{program}: exit code {done.returncode}: {done.stderr.strip().splitlines()[-1:]}")
        return np.stack([np.array(Image.open(folder / "made" / f"{k}.png").convert("RGB")) for k in range(len(jobs))])


def crops(made: np.ndarray, frame: np.ndarray, size: int) -> Tensor:
    """The same crop [3] of some pictures: [N, 3, S, S] in [0, 1]."""
    return same_crop(torch.from_numpy(made).permute(0, 3, 1, 2).float() / 255, frame, size)
