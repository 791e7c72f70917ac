# SPDX-License-Identifier: Apache-2.0
"""Begin a training of a larger network with what a smaller one has learnt, so that at first it says exactly the same."""
from pathlib import Path

import torch
from torch import Tensor, nn


@torch.no_grad()
def widened(network: nn.Module, state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The trained `state` with what `network` (new, with more layers or inputs) has besides.

    A residual layer that `state` doesn't know adds nothing at first, and new columns of a matrix, which come last, are zero. New
    rows of a matrix are as they are: what hears them begins with zeros.
    A convolution that takes in blocks of pixels (`pixel_unshuffle`) begins with their mean.
    """
    result = {}
    for name, fresh in network.state_dict().items():
        trained = state.get(name)
        if trained is None:
            result[name] = torch.zeros_like(fresh) if ".conv2." in name else fresh.clone()  # a ResnetBlock's last layer
        elif trained.shape == fresh.shape:
            result[name] = trained
        elif fresh.ndim == 4:
            block = fresh.shape[1] // trained.shape[1]
            result[name] = trained.repeat_interleave(block, 1) / block
        else:
            result[name] = fresh.clone()
            result[name][: len(trained)] = 0
            result[name][tuple(map(slice, trained.shape))] = trained
    return result


def begin(network: nn.Module, file: Path | None, device: torch.device) -> dict:
    """Give the network the averaged weights of the checkpoint `file`, if there is one; returns what it holds."""
    if file is None:
        return {}
    checkpoint = torch.load(file, map_location=device, weights_only=False)
    network.load_state_dict(widened(network, checkpoint["average"]))
    return checkpoint
