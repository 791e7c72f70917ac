#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What overlapping gains: the seconds of all stages of a run's items, one after the other, over the run's seconds on the clock.

Reads the last run of a record file. The clock also counts loading the bundle, so the ratio is a lower bound that long runs come
near to; 1 would be a run that overlaps nothing and loads nothing. Reading and writing are stages of threads of their own.
"""
import argparse
import json
from collections import defaultdict
from pathlib import Path


def gain_of(lines: list[dict]) -> dict:
    start = max(number for number, line in enumerate(lines) if line["event"] == "run")
    run = lines[start:]
    stages: dict[str, float] = defaultdict(float)
    items = [line for line in run if line["event"] == "item" and line["status"] == "ok"]
    for item in items:
        for stage, seconds in item["seconds"].items():
            stages[stage] += seconds
    [clock] = [line["seconds"] for line in run if line["event"] == "end"]
    return {"items": len(items), "stages": {stage: round(seconds, 3) for stage, seconds in stages.items()},
            "in_sequence": round(sum(stages.values()), 3), "on_the_clock": clock, "gain": round(sum(stages.values()) / clock, 3)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("records", type=Path, help="records.jsonl of a run that ended")
    records = parser.parse_args().records
    print(json.dumps(gain_of([json.loads(line) for line in records.read_text().splitlines()])))


if __name__ == "__main__":
    main()
