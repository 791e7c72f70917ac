# SPDX-License-Identifier: Apache-2.0
"""Measure what fewer denoising steps cost: AU error and likeness to the longest run, for each sampler and number of steps.

    python benchmarks/steps_quality.py --in people/ --people 6 --edits 4 --out steps_quality.json --plot steps_quality.svg

The program makes and judges every picture (`edit`, then `eval`); the last number of steps is what the others are compared with,
each sampler with itself. Write to an empty --work folder, or resume into one: finished pictures are kept.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from line_plot import Curve, Panel, write_svg

ROOT = Path(__file__).resolve().parents[1]
SAMPLERS = ["unipc", "ddim", "ddpm", "dpmpp_2m", "euler"]
STEPS = [3, 5, 8, 10, 15, 20, 30, 50]
EDITS = ["AU12=3", "AU4=3", "AU1=3,AU2=3", "AU25=3,AU26=3", "AU12=-3", "AU9=3", "AU17=3", "AU15=3",
         "AU6=3,AU12=4", "AU5=3", "AU20=3", "AU4=-3"]
COLOURS = ["#1f6fb2", "#b2541f", "#2c8a57", "#8a2c80", "#555555"]
FIGURES = {"au_mse": "AU MSE (lower is better)", "psnr": "PSNR to the most steps, dB (higher is better)",
           "identity_l2": "identity distance (lower is better)"}  # fmt: skip


def numbers(text: str) -> list[int]:
    return sorted({int(word) for word in text.split(",")})


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/magicface")
    parser.add_argument("--in", dest="portraits", nargs="+", default=[str(ROOT / "docs/samples")],
                        help="portraits, folders (default: the samples)")
    parser.add_argument("--people", type=int, default=6, help="how many of the portraits, the first by name (default 6)")
    parser.add_argument("--edits", type=int, default=4, help=f"how many of the {len(EDITS)} edits (default 4)")
    parser.add_argument("--samplers", default=",".join(SAMPLERS), help="default all")
    parser.add_argument("--steps", type=numbers, default=STEPS, help="default " + ",".join(map(str, STEPS)))
    parser.add_argument("--bundle", help="default: the program's")
    parser.add_argument("--guidance", type=float, help="default: the bundle's")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--work", type=Path, help="where pictures go; default: a folder that is removed")
    parser.add_argument("--out", type=Path, metavar="FILE.json", help="also write the figures there")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg")
    return parser.parse_args(arguments)


def pictures(names: list[str], count: int) -> list[Path]:
    found = []
    for name in map(Path, names):
        found += sorted(p for p in name.iterdir() if p.suffix.lower() in (".png", ".jpg", ".jpeg")) if name.is_dir() else [name]
    if not found:
        sys.exit(f"error: no pictures in {', '.join(names)}")
    return found[:count]


def call(options: argparse.Namespace, *arguments) -> str:
    common = ["--threads", options.threads, "--log-level", "error"] + (["--bundle", options.bundle] if options.bundle else [])
    command = [options.program, *arguments, *common]
    done = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, text=True, env=os.environ, check=False)
    if done.returncode not in (0, 1):  # 1: some pictures failed, which the figures count
        sys.exit(f"error: {' '.join(map(str, command[:2]))} ended with {done.returncode}")
    return done.stdout


def seconds_of(records: Path) -> float:
    """Sampling time of a picture (with decoding and compositing), the mean over a run."""
    items = [json.loads(line) for line in records.read_text().splitlines()]
    times = [item["seconds"]["sample"] for item in items if item["event"] == "item" and item["status"] == "ok"]
    return sum(times) / len(times) if times else float("nan")


def measure(options: argparse.Namespace, sampler: str, work: Path) -> list[dict]:
    """A row for each number of steps."""
    edits = [word for edit in EDITS[: options.edits] for word in ("--au", edit)]
    portraits = [word for picture in pictures(options.portraits, options.people) for word in ("--in", picture)]
    guidance = ["--guidance", options.guidance] if options.guidance is not None else []
    folders = {steps: work / sampler / str(steps) for steps in options.steps}
    for steps, folder in folders.items():
        call(options, "edit", *portraits, *edits, *guidance, "--sampler", sampler, "--steps", steps, "--format", "png",
             "--out", folder, "--resume")  # fmt: skip
    longest = folders[options.steps[-1]]
    methods = [f"{steps}={folder}" for steps, folder in folders.items()]
    evaluated = json.loads(call(options, "eval", *methods, "--truth", longest, "--json"))
    rows = []
    for method in evaluated["methods"]:
        steps = int(method["name"])
        figures = {key: method["figures"].get(key) for key in FIGURES}
        if steps == options.steps[-1]:
            figures["psnr"] = None  # itself
        rows.append({"sampler": sampler, "steps": steps, "pairs": method["pairs"], "figures": figures,
                     "seconds": seconds_of(folders[steps] / "records.jsonl")})  # fmt: skip
    return rows


def plot(rows: list[dict], file: Path) -> None:
    samplers = list(dict.fromkeys(row["sampler"] for row in rows))

    def curves(value) -> list[Curve]:
        result = []
        for sampler, colour in zip(samplers, COLOURS):
            points = [(row["steps"], value(row)) for row in rows if row["sampler"] == sampler and value(row) is not None]
            result.append(Curve(sampler, colour, points))
        return result

    panels = [Panel(title, "steps", curves(lambda row, key=key: (row["figures"][key] or {}).get("value")))
              for key, title in FIGURES.items()]
    panels.append(Panel("seconds a picture (lower is better)", "steps", curves(lambda row: row["seconds"])))
    write_svg(file, panels)


def main() -> None:
    options = parse()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        work = options.work or Path(scratch)
        rows = [row for sampler in options.samplers.split(",") for row in measure(options, sampler, work)]
    print(f"{'sampler':10}{'steps':>6}{'AU MSE':>9}{'PSNR':>8}{'identity':>10}{'seconds':>9}{'pairs':>7}")
    for row in rows:
        values = [(row["figures"][key] or {}).get("value") for key in FIGURES]
        shown = "".join(f"{'-' if value is None else format(value, form):>{width}}"
                        for value, form, width in zip(values, (".3f", ".2f", ".3f"), (9, 8, 10)))
        print(f"{row['sampler']:10}{row['steps']:6}{shown}{row['seconds']:9.2f}{row['pairs']:7}")
    print(f"took {time.monotonic() - start:.0f} s")
    if options.out:
        people = [picture.name for picture in pictures(options.portraits, options.people)]
        options.out.write_text(json.dumps({"people": people, "edits": EDITS[: options.edits], "rows": rows}, indent=1) + "\n")
    if options.plot:
        plot(rows, options.plot)


if __name__ == "__main__":
    main()
