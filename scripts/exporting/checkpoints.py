# SPDX-License-Identifier: Apache-2.0
"""Reading published weight files, and the strict comparison with the network they must fit."""
import json
import struct
import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

from .errors import ExportError, listed

State = dict[str, Tensor]


def read_state(file: Path, inside: tuple[str, ...] = ()) -> State:
    """The tensors of a `.safetensors`, `.pth`/`.pt`/`.bin` or TorchScript file.

    Args:
        file: the weight file.
        inside: keys under which a checkpoint may keep its state dict, e.g. "model".
    Raises:
        ExportError: missing, truncated, of another format, or holding something else than tensors.
    """
    if not file.is_file():
        raise ExportError(f"{file}: expected a weight file, actual: no such file")
    state = read_safetensors(file) if file.suffix == ".safetensors" else read_pickle(file)
    for key in inside:
        if isinstance(state, dict) and isinstance(state.get(key), dict):
            state = state[key]
    if not isinstance(state, dict) or not state:
        raise ExportError(f"{file}: expected a state dict, actual: {type(state).__name__}")
    strangers = [str(name) for name, value in state.items() if not isinstance(value, Tensor)]
    if strangers:
        raise ExportError(f"{file}: expected tensors only, actual: other values under {listed(strangers)}")
    return {name.removeprefix("module."): value for name, value in state.items()}


def read_safetensors(file: Path) -> State:
    """Checks the stated sizes first: a truncated download is the likeliest fault and deserves its own words."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    size = file.stat().st_size
    with file.open("rb") as stream:
        start = stream.read(8)
        length = struct.unpack("<Q", start)[0] if len(start) == 8 else size
        try:
            header = json.loads(stream.read(length)) if 8 + length <= size else None
        except ValueError:
            header = None
    if not isinstance(header, dict):
        raise ExportError(f"{file}: expected a safetensors header, actual: none in {size} bytes (truncated, or another format)")
    ends = [entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__"]
    expected = 8 + length + max(ends, default=0)
    if size != expected:
        raise ExportError(f"{file}: expected {expected} bytes as its header says, actual: {size} (truncated download?)")
    try:
        return load_file(file)
    except (SafetensorError, OSError, ValueError) as failure:
        raise ExportError(f"{file}: can't be read as safetensors: {failure}") from failure


def read_pickle(file: Path) -> State:
    """A `torch.save` file, tensors only (nothing in it is run), or the state of a TorchScript archive."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it looks like TorchScript: tried next
            return torch.load(file, map_location="cpu", weights_only=True)
    except Exception as failure:  # torch.load raises whatever its unpickler and zip reader raise
        first = failure
    try:
        return dict(torch.jit.load(str(file), map_location="cpu").state_dict())
    except Exception:  # same here
        size = file.stat().st_size
        reason = str(first).strip().splitlines()[0] if str(first).strip() else type(first).__name__
        raise ExportError(
            f"{file}: expected a PyTorch weight file or a TorchScript archive, actual: {size} bytes that are neither "
            f"(truncated, or another format): {reason}"
        ) from first


def fit(file: Path, state: State, network: nn.Module, skipped: tuple[str, ...] = ()) -> State:
    """The part of `state` that `network` takes, in float32, after a strict comparison of names and shapes.

    Args:
        skipped: name prefixes that the file may hold and the network doesn't need.
    Raises:
        ExportError: naming file, key, expected and actual.
    """
    expected = network.state_dict()
    # Counters of training batches: older files lack them and evaluation never reads them.
    counters = [name for name in expected if name.endswith("num_batches_tracked") and name not in state]
    state = state | {name: torch.zeros((), dtype=torch.int64) for name in counters}
    missing = [name for name in expected if name not in state]
    surplus = [name for name in state if name not in expected and not name.startswith(skipped or ("\0",))]
    if missing:
        shape = list(expected[missing[0]].shape)
        raise ExportError(
            f"{file}: missing key '{missing[0]}': expected shape {shape}, actual: no such key; "
            f"{len(missing)} of {len(expected)} keys are missing: {listed(missing)}"
        )
    if surplus:
        shape = list(state[surplus[0]].shape)
        raise ExportError(
            f"{file}: unexpected key '{surplus[0]}': expected no such key, actual: shape {shape}; "
            f"{len(surplus)} keys are unexpected: {listed(surplus)}"
        )
    for name, value in expected.items():
        if state[name].shape != value.shape:
            raise ExportError(
                f"{file}: key '{name}': expected shape {list(value.shape)}, actual: {list(state[name].shape)}"
            )
    return {name: state[name].float() if value.is_floating_point() else state[name] for name, value in expected.items()}
