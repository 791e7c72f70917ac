# SPDX-License-Identifier: Apache-2.0
"""The reader: an action-unit estimator that looks at what the generator draws, while the generator trains.

A squared error on latents or pixels says little about a mouth's corner or a brow's lines; the difference between what is read in
a drawn and in the true picture says exactly that. The reader never leaves the training, and it is never the judge: what it
learnt from may be shared with the generator, the judge's renders may not.
"""
from pathlib import Path

import torch
from torch import Tensor, nn

from networks.demo_face import FaceNetworks
from training import common


class Reader(nn.Module):
    """Intensities [B, 12] of pictures [B, 3, S, S] in [0, 1], by a checkpoint of `train_face.py --judge`, held as it is."""

    def __init__(self, file: Path, device: torch.device) -> None:
        super().__init__()
        self.networks = common.load_average(file, FaceNetworks, device)[0].to(memory_format=torch.channels_last)

    def forward(self, pictures: Tensor) -> Tensor:
        return self.networks(pictures.contiguous(memory_format=torch.channels_last), ("au_estimator",))["au_estimator"].float()

    def distance(self, drawn: Tensor, wanted: Tensor) -> Tensor:
        """Mean squared difference between what is read in drawn pictures and the readings `wanted`.

        Wanted is what was read in the true pictures, not the known truth: the reader's own errors on a person cancel out.
        """
        return (self(drawn) - wanted).square().mean()
