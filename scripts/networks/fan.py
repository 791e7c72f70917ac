# SPDX-License-Identifier: Apache-2.0
"""Landmarks: FAN ("How far are we from solving the 2D & 3D Face Alignment problem?", arXiv 1703.07332, section 3).

Four stacked hourglasses with the hierarchical blocks of arXiv 1703.00862; 68 heatmaps of a quarter of the crop's size.
Parameter names are those of face-alignment's 2DFAN-4.
"""
import torch
import torch.nn.functional as F
from torch import Tensor, nn

LANDMARKS = 68
DEPTH = 4  # halvings inside an hourglass
HEATMAP_STEP = 4.0  # crop pixels in one heatmap pixel


def conv3(cin: int, cout: int) -> nn.Conv2d:
    return nn.Conv2d(cin, cout, 3, padding=1, bias=False)


class ConvBlock(nn.Module):
    """Three convolutions in a row, all three results side by side (1/2, 1/4, 1/4 of the channels), plus a shortcut.

    No ReLU stands behind the sum.
    """

    def __init__(self, cin: int, cout: int) -> None:
        super().__init__()
        self.bn1, self.conv1 = nn.BatchNorm2d(cin), conv3(cin, cout // 2)
        self.bn2, self.conv2 = nn.BatchNorm2d(cout // 2), conv3(cout // 2, cout // 4)
        self.bn3, self.conv3 = nn.BatchNorm2d(cout // 4), conv3(cout // 4, cout // 4)
        self.downsample = None
        if cin != cout:
            self.downsample = nn.Sequential(nn.BatchNorm2d(cin), nn.ReLU(), nn.Conv2d(cin, cout, 1, bias=False))

    def forward(self, x: Tensor) -> Tensor:
        half = self.conv1(F.relu(self.bn1(x)))
        quarter = self.conv2(F.relu(self.bn2(half)))
        last = self.conv3(F.relu(self.bn3(quarter)))
        shortcut = x if self.downsample is None else self.downsample(x)
        return torch.cat([half, quarter, last], 1) + shortcut


class HourGlass(nn.Module):
    """Halves the map four times and comes back; each size keeps a branch of its own (`b1`)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        for level in range(DEPTH, 0, -1):
            self.add_module(f"b1_{level}", ConvBlock(channels, channels))
            self.add_module(f"b2_{level}", ConvBlock(channels, channels))
        self.b2_plus_1 = ConvBlock(channels, channels)
        for level in range(1, DEPTH + 1):
            self.add_module(f"b3_{level}", ConvBlock(channels, channels))

    def forward(self, x: Tensor, level: int = DEPTH) -> Tensor:
        kept = self.get_submodule(f"b1_{level}")(x)
        low = self.get_submodule(f"b2_{level}")(F.avg_pool2d(x, 2))
        low = self.forward(low, level - 1) if level > 1 else self.b2_plus_1(low)
        low = self.get_submodule(f"b3_{level}")(low)
        return kept + F.interpolate(low, scale_factor=2.0, mode="nearest")


class Fan(nn.Module):
    """Crop [B, 3, 256, 256] in [0, 1] to one [B, 68, 64, 64] heatmap tensor per stack; the last is the result."""

    def __init__(self, stacks: int = 4, channels: int = 256) -> None:
        super().__init__()
        self.stacks = stacks
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3)
        self.bn1 = nn.BatchNorm2d(64)
        self.conv2 = ConvBlock(64, 128)
        self.conv3 = ConvBlock(128, 128)
        self.conv4 = ConvBlock(128, channels)
        for stack in range(stacks):
            parts = {
                "m": HourGlass(channels),
                "top_m_": ConvBlock(channels, channels),
                "conv_last": nn.Conv2d(channels, channels, 1),
                "bn_end": nn.BatchNorm2d(channels),
                "l": nn.Conv2d(channels, LANDMARKS, 1),
            }
            if stack < stacks - 1:
                parts |= {"bl": nn.Conv2d(channels, channels, 1), "al": nn.Conv2d(LANDMARKS, channels, 1)}
            for name, part in parts.items():
                self.add_module(f"{name}{stack}", part)

    def forward(self, x: Tensor) -> list[Tensor]:
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.conv4(self.conv3(F.avg_pool2d(self.conv2(x), 2)))
        heatmaps = []
        for stack in range(self.stacks):
            part = {name: self.get_submodule(f"{name}{stack}") for name in ("m", "top_m_", "conv_last", "bn_end", "l")}
            features = F.relu(part["bn_end"](part["conv_last"](part["top_m_"](part["m"](x)))))
            heatmaps.append(part["l"](features))
            if stack < self.stacks - 1:
                x = x + self.get_submodule(f"bl{stack}")(features) + self.get_submodule(f"al{stack}")(heatmaps[-1])
        return heatmaps


def decode(heatmaps: Tensor) -> tuple[Tensor, Tensor]:
    """Points [B, 68, 2] (x, y, in heatmap pixels) and their scores [B, 68].

    The first maximum wins; a quarter pixel is stepped toward the larger neighbour, not at the border and not between
    equals; the centre of pixel i stands at i + 0.5 (published as 1-based index minus 0.5).
    """
    height, width = heatmaps.shape[2], heatmaps.shape[3]
    flat = heatmaps.flatten(2)
    scores = flat.amax(2)
    # argmax promises no order among equals; the smallest index that reaches the maximum does. Counted rather than made by
    # `arange`: tracing would write the device that was traced on into the module.
    index = torch.ones_like(flat, dtype=torch.long).cumsum(2) - 1
    place = torch.where(flat == scores[:, :, None], index, torch.full_like(index, height * width - 1)).amin(2)
    x, y = place % width, place // width
    inside = (x > 0) & (x < width - 1) & (y > 0) & (y < height - 1)

    def at(offset: int) -> Tensor:
        return flat.gather(2, (place + offset).clamp(0, height * width - 1)[:, :, None])[:, :, 0]

    step = torch.stack([torch.sign(at(1) - at(-1)), torch.sign(at(width) - at(-width))], 2)
    points = torch.stack([x, y], 2).to(heatmaps.dtype) + 0.5
    return points + 0.25 * step * inside[:, :, None].to(heatmaps.dtype), scores


class LandmarksModule(nn.Module):
    """Bundle form: face crop [B, 3, 256, 256] in [0, 1] to [B, 68, 2] in pixels of the crop.

    The crop's left edge is 0 and its right edge 256. `Fan` picks its parts by name, so this module is traced.
    """

    def __init__(self, network: Fan) -> None:
        super().__init__()
        self.network = network

    def forward(self, crop: Tensor) -> Tensor:
        return decode(self.network(crop)[-1])[0] * HEATMAP_STEP
