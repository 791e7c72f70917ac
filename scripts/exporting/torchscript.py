# SPDX-License-Identifier: Apache-2.0
"""Saving TorchScript modules: equal networks in equal bytes, without what isn't anybody's business."""
import os
import sys
import zipfile
from pathlib import Path

import torch

EPOCH = (1980, 1, 1, 0, 0, 0)  # a ZIP archive's first day: files of equal networks tell no date


def fix_order() -> None:
    """Start this script again with fixed hashes, unless it has them.

    TorchScript writes a layer's constants in the order of a set of names: without this, equal networks would have another
    sha256 after every export, and figures name their estimator by it.
    """
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], os.environ | {"PYTHONHASHSEED": "0"})


def save(module: torch.jit.ScriptModule, file: Path) -> None:
    """Like `module.save`, but code and records are deflated (a ninth of a small network's file, a fortieth of the UNets') and the
    debugging records left out: they name folders of the machine that exported. Tensors hardly shrink and stay as they are."""
    whole = file.with_suffix(".whole")
    try:
        module.save(str(whole))
        reader = torch._C.PyTorchFileReader(str(whole))
        with zipfile.ZipFile(file, "w") as archive:
            for name in reader.get_all_records():
                if not name.endswith(".debug_pkl") and name != ".data/serialization_id":  # of a build, not of the network
                    entry = zipfile.ZipInfo(f"{file.stem}/{name}", EPOCH)
                    entry.compress_type = zipfile.ZIP_STORED if holds_tensor(name) else zipfile.ZIP_DEFLATED
                    archive.writestr(entry, reader.get_record(name))
    finally:
        whole.unlink(missing_ok=True)


def holds_tensor(record: str) -> bool:
    """`data/0` and `constants/7`, not `data.pkl` or `code/...`."""
    folder, _, name = record.partition("/")
    return folder in ("data", "constants") and name.isdigit()
