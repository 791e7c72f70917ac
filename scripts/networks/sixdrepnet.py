# SPDX-License-Identifier: Apache-2.0
"""Head pose: 6DRepNet (arXiv 2202.12555), a RepVGG-B1g2 (arXiv 2101.03697) in its deployed form.

Parameter names are those of the published checkpoint (`deploy=True`: each block is one 3x3 convolution).
"""
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .resnet import Normalise

# (blocks, channels) of stages 1 to 4: B1's depths 4, 6, 16, 1 and widths 2, 2, 2, 4 times 64, 128, 256, 512.
STAGES = ((4, 128), (6, 256), (16, 512), (1, 2048))


class RepBlock(nn.Module):
    """Reparameterised block: one 3x3 convolution and ReLU."""

    def __init__(self, cin: int, cout: int, stride: int, groups: int) -> None:
        super().__init__()
        self.rbr_reparam = nn.Conv2d(cin, cout, 3, stride, 1, groups=groups)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.rbr_reparam(x))


def unit(vector: Tensor) -> Tensor:
    """Row vectors [B, 3] at length one; the floor makes zeros, not NaN, of a degenerate vector."""
    return vector / vector.square().sum(1, keepdim=True).sqrt().clamp_min(1e-8)


def rotation_from_six(six: Tensor) -> Tensor:
    """Rotation [B, 3, 3] from two vectors [B, 6] by Gram-Schmidt (section 3.1, equation 2); columns are x, y, z."""
    x = unit(six[:, :3])
    z = unit(torch.linalg.cross(x, six[:, 3:], dim=1))
    return torch.stack([x, torch.linalg.cross(z, x, dim=1), z], 2)


def euler_from_rotation(matrix: Tensor) -> Tensor:
    """Pitch, yaw, roll in radians [B, 3]. Near gimbal lock the roll is zero by definition."""
    length = torch.sqrt(matrix[:, 0, 0].square() + matrix[:, 1, 0].square())
    locked = length < 1e-6
    pitch = torch.atan2(matrix[:, 2, 1], matrix[:, 2, 2])
    pitch_locked = torch.atan2(-matrix[:, 1, 2], matrix[:, 1, 1])
    yaw = torch.atan2(-matrix[:, 2, 0], length)
    roll = torch.atan2(matrix[:, 1, 0], matrix[:, 0, 0])
    return torch.stack([torch.where(locked, pitch_locked, pitch), yaw, torch.where(locked, torch.zeros_like(roll), roll)], 1)


class SixDRepNet(nn.Module):
    """224x224 normalised face to the six numbers of a rotation."""

    def __init__(self) -> None:
        super().__init__()
        self.layer0 = RepBlock(3, 64, 2, 1)
        channels, index, stages = 64, 1, []
        for count, width in STAGES:
            blocks = []
            for place in range(count):
                # "g2": every second block of the whole backbone has two groups, counted from layer0 as block 0.
                blocks.append(RepBlock(channels, width, 2 if place == 0 else 1, 2 if index % 2 == 0 else 1))
                channels, index = width, index + 1
            stages.append(nn.Sequential(*blocks))
        self.layer1, self.layer2, self.layer3, self.layer4 = stages
        self.linear_reg = nn.Linear(channels, 6)

    def pooled(self, x: Tensor) -> Tensor:
        """The 2048 averages before the last layer."""
        return self.layer4(self.layer3(self.layer2(self.layer1(self.layer0(x))))).mean([2, 3])

    def forward(self, x: Tensor) -> Tensor:
        return self.linear_reg(self.pooled(x))


class HeadPoseModule(nn.Module):
    """Bundle form: face [B, 3, 224, 224] in [0, 1] to pitch, yaw, roll [B, 3] in radians, signed as docs/bundle.md says.

    The network learnt 300W-LP's angles, whose rotation is the inverse of the bundle's: drawn as published (`draw_axis`), pitch + lifts
    the nose, yaw + turns it to the picture's left, and roll + is clockwise.
    """

    def __init__(self, network: SixDRepNet) -> None:
        super().__init__()
        self.normalise = Normalise()
        self.network = network

    def forward(self, face: Tensor) -> Tensor:
        return euler_from_rotation(rotation_from_six(self.network(self.normalise(face))).transpose(1, 2))
