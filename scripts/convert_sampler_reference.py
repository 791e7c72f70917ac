# SPDX-License-Identifier: Apache-2.0
"""Convert stored sampler reference numbers (.npz) into what the C++ tests read.

    python scripts/convert_sampler_reference.py samplers.npz tests/data/samplers/epsilon
    python scripts/convert_sampler_reference.py samplers_v_prediction.npz tests/data/samplers/v_prediction

Writes PREFIX.f32 (little-endian float32, arrays one after another) and PREFIX.json, which maps each array's name to
its shape and its offset in values. The tests' tolerance is 1e-4; float32 costs less than 4e-6 of it.
"""

import argparse
import json
import pathlib

import numpy as np


def convert(source: pathlib.Path, prefix: pathlib.Path) -> dict:
    """Write PREFIX.f32 and PREFIX.json from `source`; return the index."""
    index = {}
    offset = 0
    chunks = []
    with np.load(source) as arrays:
        for name in sorted(arrays.files):
            values = np.asarray(arrays[name])
            index[name] = {"shape": list(values.shape), "offset": offset}
            offset += values.size
            chunks.append(values.astype("<f4").tobytes())
    prefix.parent.mkdir(parents=True, exist_ok=True)
    prefix.with_suffix(".f32").write_bytes(b"".join(chunks))
    lines = ",\n".join(f" {json.dumps(name)}: {json.dumps(entry)}" for name, entry in index.items())
    prefix.with_suffix(".json").write_text("{\n" + lines + "\n}\n", encoding="utf-8")
    return index


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=pathlib.Path, help="the .npz file")
    parser.add_argument("prefix", type=pathlib.Path, help="output path without its suffix")
    arguments = parser.parse_args()
    index = convert(arguments.source, arguments.prefix)
    print(f"{arguments.prefix}: {len(index)} arrays")


if __name__ == "__main__":
    main()
