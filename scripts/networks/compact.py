# SPDX-License-Identifier: Apache-2.0
"""Weights of eight bits for large layers: half of a bundle's bytes, and an error of a 250th of an output's largest weight."""
import copy

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LARGE = 20_000  # weights; smaller layers aren't worth it
LEVELS = 127


def levels_of(weight: Tensor) -> tuple[Tensor, Tensor]:
    """Whole numbers, and the scale of each output that they are to be multiplied with, as it will be stored: what is made compact once more stays as it is."""
    largest = weight.detach().flatten(1).abs().amax(1).view([-1] + [1] * (weight.ndim - 1))
    scale = (largest / LEVELS).clamp(min=1e-7).half().float()
    return (weight.detach() / scale).round().clamp(-LEVELS, LEVELS).to(torch.int8), scale


class CompactLinear(nn.Module):
    def __init__(self, layer: nn.Linear) -> None:
        super().__init__()
        levels, scale = levels_of(layer.weight)
        self.register_buffer("levels", levels)
        self.scale, self.bias = nn.Parameter(scale), layer.bias

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.levels.to(self.scale.dtype) * self.scale, self.bias)


class CompactConv2d(nn.Module):
    """Of one without a bias, as those are that a norm follows."""

    def __init__(self, layer: nn.Conv2d) -> None:
        super().__init__()
        levels, scale = levels_of(layer.weight)
        self.register_buffer("levels", levels)
        self.scale, self.stride, self.padding = nn.Parameter(scale), list(layer.stride), list(layer.padding)

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(x, self.levels.to(self.scale.dtype) * self.scale, None, self.stride, self.padding)


def compact(module: nn.Module) -> nn.Module:
    """A copy of the module with its large layers made compact."""
    module = copy.deepcopy(module)
    for parent in list(module.modules()):
        for name, layer in list(parent.named_children()):
            kind = CompactLinear if isinstance(layer, nn.Linear) else CompactConv2d if isinstance(layer, nn.Conv2d) and layer.bias is None else None
            if kind is not None and layer.weight.numel() >= LARGE:
                setattr(parent, name, kind(layer))
    return module


def restored(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The state of such a copy under the plain layers' names."""
    result = dict(state)
    for name, levels in state.items():
        if name.endswith(".levels"):
            layer = name.removesuffix(".levels")
            result[f"{layer}.weight"] = result.pop(name) * result.pop(f"{layer}.scale")
    return result
