#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Kill a run of 60 items with SIGKILL at random moments, resume it, and compare with an undisturbed run.

Each round starts in an empty folder, is killed at a moment drawn evenly from the measured length of the run, and is resumed
to its end. Every output must then be there once, whole and equal in bytes, its record must say so, and no temporary
file may be left. Prints a JSON line with the figures; exit 1 at the first difference.
"""
import argparse
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image

# Two pictures with three edits each share a batch of 8.
PICTURES, EDITS = 20, ["AU4=-6", "AU12=2.5,AU1=1", "AU26=5"]


def write_noise(path: Path, seed: int) -> None:
    low = np.random.default_rng(seed).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    Image.fromarray(low).resize((64, 64), Image.Resampling.BICUBIC).save(path)


class Rounds:
    """One work folder with the inputs, the undisturbed outputs, and a folder that is killed again and again."""

    def __init__(self, program: Path, bundle: Path, work: Path):
        self.work = work
        (work / "in").mkdir(parents=True)
        for number in range(PICTURES):
            write_noise(work / "in" / f"p{number:02}.png", number)
        write_noise(work / "condition.png", 1000)
        self.command = [program, "edit", "--bundle", bundle, "--in", "in", "--crop", "none", "--condition", "condition.png",
                        "--steps", "1", "--quiet", "--batch-size", "8", *(word for edit in EDITS for word in ("--au", edit))]
        start = time.monotonic()
        subprocess.run(self.start_arguments("whole"), check=True, **self.keywords())
        self.seconds = time.monotonic() - start
        self.expected = self.hashes("whole")
        assert len(self.expected) == PICTURES * len(EDITS), f"the undisturbed run made {len(self.expected)} outputs"

    def start_arguments(self, out: str, *more: str) -> list:
        return [*self.command, "--out", out, *more]

    def keywords(self) -> dict:
        return {"cwd": self.work, "env": os.environ | {"OMP_NUM_THREADS": "1"}, "stdout": subprocess.DEVNULL}

    def hashes(self, out: str) -> dict[str, str]:
        return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in (self.work / out).iterdir()
                if not file.name.startswith("records")}

    def kill(self, delay: float) -> tuple[int, int]:
        """Outputs and temporary files that the killed run left behind."""
        shutil.rmtree(self.work / "cut", ignore_errors=True)
        with subprocess.Popen(self.start_arguments("cut"), **self.keywords()) as running:
            try:
                running.wait(delay)
            except subprocess.TimeoutExpired:
                running.kill()
        left = list((self.work / "cut").iterdir()) if (self.work / "cut").exists() else []
        parts = sum(file.name.endswith(".part") for file in left)
        return len(left) - parts - sum(file.name.startswith("records") for file in left), parts

    def resume(self) -> None:
        done = subprocess.run(self.start_arguments("cut", "--resume"), check=False, **self.keywords())
        assert done.returncode == 0, f"--resume ended with {done.returncode}"
        found = self.hashes("cut")
        assert found == self.expected, f"differ: {sorted(set(found.items()) ^ set(self.expected.items()))}"
        lines = [json.loads(line) for line in (self.work / "cut" / "records.jsonl").read_text().splitlines()]
        recorded = Counter(Path(line["output"]).name for line in lines if line["event"] == "item" and line["status"] == "ok")
        assert set(recorded) == set(self.expected), "records miss outputs"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True, help="a folder that doesn't exist yet")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rounds = Rounds(options.program.resolve(), options.bundle.resolve(), options.work)
    draw = random.Random(options.seed)
    outputs, temporaries, unfinished = Counter(), 0, 0
    for number in range(options.kills):
        delay = draw.uniform(0, rounds.seconds)
        made, parts = rounds.kill(delay)
        outputs[made] += 1
        temporaries += parts
        unfinished += made < len(rounds.expected)
        try:
            rounds.resume()
        except AssertionError as problem:
            print(f"kill {number + 1} after {delay:.3f} s, {made} outputs there: {problem}", file=sys.stderr)
            return 1
    print(json.dumps({"kills": options.kills, "seconds_undisturbed": round(rounds.seconds, 2), "unfinished": unfinished,
                      "without_any_output": outputs[0], "temporaries_left_by_kills": temporaries,
                      "distinct_numbers_of_outputs": len(outputs)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
