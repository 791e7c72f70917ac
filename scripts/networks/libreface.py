# SPDX-License-Identifier: Apache-2.0
"""Action-unit intensities: LibreFace's student network ("LibreFace", arXiv 2308.10713, section 3), a ResNet-18.

Parameter names are those of the published checkpoint: the encoder is ResNet-18 without its last layer, by position.
The weights are under a research licence (registry.py shows it before an export).
"""
from typing import Final

import torch
from torch import Tensor, nn

from .resnet import Normalise, stage

INTENSITY_SCALE = 5.0  # the FACS scale from 0 (absent) to 5 (E, maximum)
NETWORK_SIZE = 224  # what the network sees of the aligned face's 256 pixels


def head(features: int, labels: int) -> nn.Sequential:
    """Classifier in the published order: the norm stands behind the ReLU."""
    layers = [nn.Linear(features, 128), nn.ReLU(), nn.BatchNorm1d(128), nn.Dropout(0.1), nn.Linear(128, labels)]
    return nn.Sequential(*layers, nn.Sigmoid())


class ActionUnitNet(nn.Module):
    """The intensity network; with `detection` also the combined model's second head (`classifier_2`, presence)."""

    def __init__(self, labels: int = 12, detection: bool = False) -> None:
        super().__init__()
        stem = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
        stages = [stage(64, 64, 1), stage(64, 128, 2), stage(128, 256, 2), stage(256, 512, 2)]
        self.encoder = nn.Sequential(*stem, *stages, nn.AdaptiveAvgPool2d(1))
        self.classifier = head(512, labels)
        self.classifier_2 = head(512, labels) if detection else None

    def features(self, x: Tensor) -> Tensor:
        """The 512 numbers before the classifier."""
        return self.encoder(x).flatten(1)

    def forward(self, x: Tensor) -> Tensor:
        """Intensities in [0, 1]; five times these are the FACS scale."""
        return self.classifier(self.features(x))


class ActionUnitModule(nn.Module):
    """Bundle form: aligned face [B, 3, 256, 256] in [0, 1] to intensities [B, 12] from 0 to 5.

    The published preprocessing cuts the middle 224 out of the aligned face at 256; it is done here, so that the
    program aligns to a plain square.
    """

    scale: Final[float]
    size: Final[int]

    def __init__(self, network: ActionUnitNet) -> None:
        super().__init__()
        self.scale, self.size = INTENSITY_SCALE, NETWORK_SIZE
        self.normalise = Normalise()
        self.encoder, self.classifier = network.encoder, network.classifier

    def forward(self, face: Tensor) -> Tensor:
        top = (face.shape[2] - self.size) // 2
        left = (face.shape[3] - self.size) // 2
        face = self.normalise(face[:, :, top : top + self.size, left : left + self.size])
        return torch.clamp(self.scale * self.classifier(self.encoder(face).flatten(1)), 0.0, self.scale)
