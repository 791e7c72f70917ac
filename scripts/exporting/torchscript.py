# SPDX-License-Identifier: Apache-2.0
"""Saving TorchScript modules without what isn't anybody's business."""
from pathlib import Path

import torch

WRITTEN_ANYWAY = ("version", "byteorder")


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
