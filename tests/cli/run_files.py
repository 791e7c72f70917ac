# SPDX-License-Identifier: Apache-2.0
"""Runs as `edit` records them (docs/records.md), made up: what reads records is tested without a model."""
import hashlib
import json
from pathlib import Path

import numpy as np
from PIL import Image

UNITS = [f"AU{n}" for n in (1, 2, 4, 5, 6, 9, 12, 15, 17, 20, 25, 26)]
BUNDLE = {"name": "test@1", "path": "/bundles/test", "sha256": "0" * 64}


def record(number: int, source: Path, output: Path, cwd: Path, au: dict[str, float], error: str | None = None,
           seed: int = 424) -> dict:
    before = {unit: round(0.3 * index % 3, 3) for index, unit in enumerate(UNITS)}
    change = {unit: round(0.8 * au.get(unit, 0.1), 3) for unit in UNITS}
    bytes_of = output.read_bytes() if error is None else b""
    outputs = [{"path": str(output.relative_to(cwd)), "sha256": hashlib.sha256(bytes_of).hexdigest(), "bytes": len(bytes_of)}]
    return {
        "event": "item", "schema": 1, "time": "2026-11-22T10:00:00Z", "item": number, "status": "failed" if error else "ok",
        "input": {"path": str(source.relative_to(cwd)), "sha256": None}, "output": str(output.relative_to(cwd)),
        "outputs": [] if error else outputs,
        "parameters": {"au": au, "seed": seed, "sampler": "ddim", "steps": 20, "eta": 0, "guidance": 2, "crop": "auto",
                       "condition": None},
        "batch": None, "compute": {"device": "cpu", "dtype": "float32", "threads": 1}, "bundle": BUNDLE,
        "au_before": None if error else before, "au_change": None if error else change,
        "au_after": None if error else {unit: min(5, max(0, before[unit] + change[unit])) for unit in UNITS},
        "seconds": {} if error else {"sample": 1.25, "write": 0.01}, "warnings": [], "error": error,
    }


def write_run(folder: Path, cwd: Path, items: list[dict]) -> Path:
    start = {"event": "run", "schema": 1, "time": "2026-11-22T10:00:00Z", "version": "0.1.0", "bundle": BUNDLE, "shard": None,
             "items": len(items), "plan": None, "folder": str(cwd)}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "records.jsonl").write_text("".join(json.dumps(line) + "\n" for line in [start, *items]))
    return folder


def save(path: Path, pixels: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path
