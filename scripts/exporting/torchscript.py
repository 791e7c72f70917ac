# SPDX-License-Identifier: Apache-2.0
"""Saving TorchScript modules: equal networks in equal bytes, without what isn't anybody's business."""
import os
import sys
from pathlib import Path

import torch

WRITTEN_ANYWAY = ("version", "byteorder")


def fix_order() -> None:
    """Start this script again with fixed hashes, unless it has them.

    TorchScript writes a layer's constants in the order of a set of names: without this, equal networks would have another
    sha256 after every export, and figures name their estimator by it.
    """
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], os.environ | {"PYTHONHASHSEED": "0"})


def save(module: torch.jit.ScriptModule, file: Path) -> None:
    """Like `module.save`, but without the debugging records: they name folders of the machine that exported."""
    whole = file.with_suffix(".whole")
    try:
        module.save(str(whole))
        reader, writer = torch._C.PyTorchFileReader(str(whole)), torch._C.PyTorchFileWriter(str(file))
        for name in reader.get_all_records():
            if not name.endswith(".debug_pkl") and name not in WRITTEN_ANYWAY and not name.startswith(".data/"):
                record = reader.get_record(name)
                writer.write_record(name, record, len(record))
        writer.write_end_of_file()
    finally:
        whole.unlink(missing_ok=True)
