# SPDX-License-Identifier: Apache-2.0
"""The demo's face networks: one small trunk, and a head per task.

They are trained together on rendered faces; every bundle module is the trunk with one head (and what that head needs).
All take a face crop [B, 3, S, S] in [0, 1]; S is a multiple of 16 times FaceConfig.block.
"""
import math
from dataclasses import dataclass
from typing import Tuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn


TASKS = ("face_parser", "landmarks", "neutral_jaw", "au_estimator", "head_pose", "identity")
CLOSE_UP = 48  # blocks a side that an eye or the mouth is shown with
VIEWS = ((1.0, 0.0), (0.92, 0.0), (0.96, 4.0))  # part of a crop's side and turn in degrees, from which action units are estimated besides their mirror images
DROPPED = 0.1  # of what action units are read from, while a network learns: some thousand people are soon known by heart


@dataclass(frozen=True)
class FaceConfig:
    """Channels at a half, a quarter, an eighth and a sixteenth of the size in blocks, and of the identity vector."""

    widths: tuple[int, int, int, int] = (16, 32, 48, 64)
    identity: int = 128
    hidden: int = 96
    refined: bool = False  # the parser has a residual layer at full size
    close: bool = False  # a residual layer at half the size: places must be told to tenths of a pixel
    fine: int = 0  # channels at half size that the action units see at the landmarks: lids and lines are few pixels
    enlarged: int = 0  # features of each eye and of the mouth, seen enlarged, that the action units have besides
    finer: int = 0  # and as many that tell places in them twice as finely
    block: int = 1  # pixels a side that are taken in at once: with 2 a picture of 256 costs what one of 128 does, and nothing of it is lost
    deep: bool = False  # a second residual layer at a quarter and at an eighth of the size and in the close-ups
    weighed: bool = False  # a second hidden layer, where what is read at one place can be weighed against another: a lid against the eye it belongs to


def conv(cin: int, cout: int, stride: int = 1, kernel: int = 3) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(cin, cout, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(cout), nn.ReLU()
    )


class Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(conv(channels, channels), nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels))

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.body(x))


def further(channels: int, wanted: bool) -> nn.Module:
    """One more residual layer, if `wanted`, that adds nothing at first."""
    if not wanted:
        return nn.Identity()
    layer = Residual(channels)
    nn.init.zeros_(layer.body[-1].weight)
    return layer


class Weighed(nn.Module):
    """A residual layer of vectors [B, C] that adds nothing at first."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(channels, channels), nn.ReLU(), nn.Linear(channels, channels))
        nn.init.zeros_(self.body[2].weight)
        nn.init.zeros_(self.body[2].bias)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x)


def taken_in(image: Tensor, block: int) -> Tensor:
    """Values around 0 of a picture [B, 3, H, W] in [0, 1], its pixels in blocks: [B, 3 * block ** 2, H / block, W / block]."""
    values = (image - 0.5) / 0.25
    return values if block == 1 else F.pixel_unshuffle(values, block)


class Trunk(nn.Module):
    """Features at half size, at a quarter (with what the deeper levels saw) and at a sixteenth."""

    def __init__(self, config: FaceConfig) -> None:
        super().__init__()
        a, b, c, d = config.widths
        self.block = config.block
        self.level1 = conv(3 * config.block ** 2, a, 2)
        self.close = further(a, config.close)
        self.level2 = nn.Sequential(conv(a, b, 2), Residual(b), further(b, config.deep))
        self.level3 = nn.Sequential(conv(b, c, 2), Residual(c), further(c, config.deep))
        self.level4 = nn.Sequential(conv(c, d, 2), Residual(d))
        self.side3 = nn.Conv2d(d, c, 1)
        self.side2 = nn.Conv2d(c, b, 1)
        self.merge = Residual(b)

    def forward(self, image: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
        one = self.close(self.level1(taken_in(image, self.block)))
        two = self.level2(one)
        three = self.level3(two)
        four = self.level4(three)
        three = F.relu(three + F.interpolate(self.side3(four), size=three.shape[2:], mode="nearest"))
        two = self.merge(two + F.interpolate(self.side2(three), size=two.shape[2:], mode="nearest"))
        return one, two, four


class PointHead(nn.Module):
    """Points as the mean place of a heat map each, in pixels of the crop."""

    def __init__(self, channels: int, count: int) -> None:
        super().__init__()
        self.maps = nn.Sequential(conv(channels, channels), nn.Conv2d(channels, count, 1))

    def forward(self, features: Tensor, size: int) -> Tensor:
        maps = self.maps(features)
        batch, count, height, width = maps.shape
        share = maps.flatten(2).float().softmax(2).view(batch, count, height, width)
        x = torch.arange(width, device=maps.device, dtype=torch.float32)
        y = torch.arange(height, device=maps.device, dtype=torch.float32)
        points = torch.stack([(share.sum(2) * x).sum(2), (share.sum(3) * y).sum(2)], 2)
        return (points + 0.5) * (float(size) / width) - 0.5


class ParserHead(nn.Module):
    """Class maps at half size, then corrected at full size beside the picture: brows and lips are few pixels wide."""

    def __init__(self, config: FaceConfig) -> None:
        super().__init__()
        a, b = config.widths[:2]
        self.narrow = conv(b, 2 * a, 1, 1)
        self.body = nn.Sequential(conv(3 * a, 2 * a), nn.Conv2d(2 * a, 19, 1))
        self.correction = nn.Sequential(conv(3 + 19, 24), nn.Conv2d(24, 19, 3, 1, 1))
        self.refine = further(24, config.refined)

    def forward(self, image: Tensor, one: Tensor, two: Tensor) -> Tensor:
        wide = F.interpolate(self.narrow(two), size=one.shape[2:], mode="bilinear", align_corners=False)
        logits = self.body(torch.cat([one, wide], 1))
        logits = F.interpolate(logits, size=image.shape[2:], mode="bilinear", align_corners=False)
        fine = self.correction[0](torch.cat([taken_in(image, 1), logits / 4], 1))
        return logits + self.correction[1](self.refine(fine))


class PointFeatures(nn.Module):
    """What lies at the landmarks, where they lie relative to their mean, and the pooled deep features."""

    def __init__(self, config: FaceConfig) -> None:
        super().__init__()
        self.narrow = conv(config.widths[1], 12, 1, 1)
        self.fine = conv(config.widths[0], config.fine) if config.fine else None
        self.size = 68 * (12 + 2 + config.fine) + config.widths[3]

    def forward(self, one: Tensor, two: Tensor, four: Tensor, points: Tensor, size: int) -> Tensor:
        grid = (2 * points + 1) / size - 1
        shape = 4 * (grid - grid.mean(1, keepdim=True))
        features = [sampled(self.narrow(two), grid), shape.flatten(1), four.float().mean((2, 3))]
        if self.fine is not None:
            features.append(sampled(self.fine(one), grid))
        return torch.cat(features, 1)


def sampled(features: Tensor, grid: Tensor) -> Tensor:
    """Features [B, C, H, W] at the points [B, N, 2] of a grid: [B, C * N], in float32, since mixed types are refused."""
    return F.grid_sample(features.float(), grid[:, :, None, :].float(), align_corners=False).flatten(1)


class EyesAndMouth(nn.Module):
    """Reads `count` features of either eye, alike, and of the mouth from six channels of every place of their pictures."""

    def __init__(self, side: int, count: int) -> None:
        super().__init__()
        self.eye = nn.Linear(6 * side**2, count)
        self.mouth = nn.Linear(6 * side**2, count)

    def read(self, features: Tensor) -> Tensor:
        parts = features.flatten(1).unflatten(0, [-1, 3])
        return F.relu(torch.cat([self.eye(parts[:, :2]).flatten(1), self.mouth(parts[:, 2])], 1)).float()


class FinePlaces(EyesAndMouth):
    """Reads close-ups at half of their size in blocks, where a lid's place can be told."""

    def __init__(self, count: int) -> None:
        super().__init__(CLOSE_UP // 2, count)
        self.narrow = conv(24, 6, 1, 1)

    def forward(self, features: Tensor) -> Tensor:
        return self.read(self.narrow(features))


class CloseUps(EyesAndMouth):
    """What the picture itself shows of both eyes (with their brows) and of the mouth: a lid that rises by one moves a third of a pixel."""

    def __init__(self, config: FaceConfig) -> None:
        super().__init__(CLOSE_UP // 4, config.enlarged)
        self.block = config.block
        self.body = nn.Sequential(conv(3 * self.block ** 2, 16), conv(16, 24, 2), Residual(24), conv(24, 32, 2), Residual(32), conv(32, 6, 1, 1))
        self.deeper = further(24, config.deep)
        self.finer = FinePlaces(config.finer) if config.finer else None
        self.side = CLOSE_UP * self.block

    def forward(self, image: Tensor, points: Tensor) -> Tensor:
        """`points` [B, 68, 2] in the picture's pixels; both eyes are shown as right ones."""
        right, left = points[:, 36:42].mean(1), points[:, 42:48].mean(1)
        apart = (left - right).square().sum(1).sqrt()
        middles = torch.stack([(right + points[:, 17:22].mean(1)) / 2, (left + points[:, 22:27].mean(1)) / 2, points[:, 48:60].mean(1)], 1)
        reach = torch.stack([0.6 * apart, -0.6 * apart, 0.75 * apart], 1)
        along = (torch.arange(self.side, device=image.device, dtype=torch.float32) + 0.5) * 2 / self.side - 1
        x = middles[:, :, 0, None] + reach[:, :, None] * along
        y = middles[:, :, 1, None] + reach.abs()[:, :, None] * along
        # One below the other, so that one sampling serves all three.
        x = x[:, :, None, :].expand(-1, -1, self.side, -1).flatten(1, 2)
        y = y[:, :, :, None].expand(-1, -1, -1, self.side).flatten(1, 2)
        grid = (2 * torch.stack([x, y], 3) + 1) / float(image.shape[3]) - 1
        shown = F.grid_sample(image.float(), grid, padding_mode="border", align_corners=False)
        shown = torch.stack(shown.chunk(3, 2), 1).flatten(0, 1).to(image.dtype)
        features, fine = taken_in(shown, self.block), torch.empty(0)
        for i, layer in enumerate(self.body):
            features = layer(features)
            if i == 2:
                features = fine = self.deeper(features)
        found = self.read(features)
        return found if self.finer is None else torch.cat([found, self.finer(fine)], 1)


class ActionUnitHead(nn.Module):
    def __init__(self, config: FaceConfig) -> None:
        super().__init__()
        self.features = PointFeatures(config)
        self.close_ups = CloseUps(config) if config.enlarged else None
        self.dropout = nn.Dropout(DROPPED)
        self.body = nn.Sequential(nn.Linear(self.features.size + 3 * (config.enlarged + config.finer), config.hidden), nn.ReLU(), nn.Linear(config.hidden, 12))
        self.weighed = Weighed(config.hidden) if config.weighed else nn.Identity()

    def forward(self, image: Tensor, one: Tensor, two: Tensor, four: Tensor, points: Tensor) -> Tensor:
        features = self.features(one, two, four, points, image.shape[3])
        if self.close_ups is not None:
            features = torch.cat([features, self.close_ups(image, points)], 1)
        found = self.weighed(self.body[1](self.body[0](self.dropout(features))))
        return 5 * torch.sigmoid(self.body[2](found))


class PoseHead(nn.Module):
    def __init__(self, config: FaceConfig) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(config.widths[3] + 136, 64), nn.GELU(), nn.Linear(64, 3))

    def forward(self, four: Tensor, points: Tensor, size: int) -> Tensor:
        shape = (points - points.mean(1, keepdim=True)) * (8.0 / size)
        return self.body(torch.cat([four.float().mean((2, 3)), shape.flatten(1)], 1))


class IdentityHead(nn.Module):
    def __init__(self, config: FaceConfig) -> None:
        super().__init__()
        self.deep = conv(config.widths[3], config.widths[3], 2)
        self.project = nn.Linear(4 * config.widths[3], config.identity)

    def forward(self, four: Tensor) -> Tensor:
        pooled = F.adaptive_avg_pool2d(self.deep(four), [2, 2]).flatten(1)
        return F.normalize(self.project(pooled), dim=1)


class FaceNetworks(nn.Module):
    """Training form: all heads, or those of some tasks, at once."""

    def __init__(self, config: FaceConfig) -> None:
        super().__init__()
        self.trunk = Trunk(config)
        self.parser = ParserHead(config)
        self.points = PointHead(config.widths[1], 68)
        self.jaw = PointHead(config.widths[1], 17)
        self.action_units = ActionUnitHead(config)
        self.pose = PoseHead(config)
        self.identity = IdentityHead(config)

    def forward(self, image: Tensor, tasks: tuple[str, ...] = TASKS) -> dict[str, Tensor]:
        size = image.shape[3]
        one, two, four = self.trunk(image)
        points = self.points(two, size)
        # The other heads' losses must not pull the landmarks about.
        fixed = points.detach()
        heads = {
            "face_parser": lambda: self.parser(image, one, two),
            "landmarks": lambda: points,
            "neutral_jaw": lambda: self.jaw(two, size),
            "au_estimator": lambda: self.action_units(image, one, two, four, fixed),
            "head_pose": lambda: self.pose(four, fixed, size),
            "identity": lambda: self.identity(four),
        }
        return {name: heads[name]() for name in tasks}


class ParserModule(nn.Module):
    def __init__(self, networks: FaceNetworks) -> None:
        super().__init__()
        self.trunk, self.head = networks.trunk, networks.parser

    def forward(self, image: Tensor) -> Tensor:
        one, two, _ = self.trunk(image)
        return self.head(image, one, two)


class PointsModule(nn.Module):
    def __init__(self, networks: FaceNetworks, head: PointHead) -> None:
        super().__init__()
        self.trunk, self.head = networks.trunk, head

    def forward(self, image: Tensor) -> Tensor:
        return self.head(self.trunk(image)[1], image.shape[3])


def affine(part: float, degrees: float) -> list[list[float]]:
    """What `affine_grid` needs to show the middle `part` of a picture, turned by `degrees`."""
    along, across = part * math.cos(math.radians(degrees)), part * math.sin(math.radians(degrees))
    return [[along, -across, 0.0], [across, along, 0.0]]


class ActionUnitModule(nn.Module):
    """The mean of some views of a picture and of its mirror image: all have the same units, and what is estimated of them differs."""

    def __init__(self, networks: FaceNetworks) -> None:
        super().__init__()
        self.trunk, self.points, self.head = networks.trunk, networks.points, networks.action_units
        self.register_buffer("views", torch.tensor([affine(*view) for view in VIEWS]))

    def forward(self, image: Tensor) -> Tensor:
        both, count = torch.cat([image, image.flip(3)]), len(self.views)
        grid = F.affine_grid(self.views.float().repeat_interleave(len(both), 0), [count * len(both), 3, image.shape[2], image.shape[3]], align_corners=False)
        seen = F.grid_sample(both.float().repeat(count, 1, 1, 1), grid, padding_mode="border", align_corners=False).to(image.dtype)
        one, two, four = self.trunk(seen)
        found = self.head(seen, one, two, four, self.points(two, image.shape[3]))
        return found.view(2 * count, len(image), -1).mean(0)


class PoseModule(nn.Module):
    def __init__(self, networks: FaceNetworks) -> None:
        super().__init__()
        self.trunk, self.points, self.head = networks.trunk, networks.points, networks.pose

    def forward(self, image: Tensor) -> Tensor:
        _, two, four = self.trunk(image)
        return self.head(four, self.points(two, image.shape[3]), image.shape[3])


class IdentityModule(nn.Module):
    def __init__(self, networks: FaceNetworks) -> None:
        super().__init__()
        self.trunk, self.head = networks.trunk, networks.identity

    def forward(self, image: Tensor) -> Tensor:
        return self.head(self.trunk(image)[2])


def bundle_modules(networks: FaceNetworks, judge: FaceNetworks) -> dict[str, nn.Module]:
    """The face modules of a bundle by their contract's names; `judge` was trained for action units and identity."""
    return {
        "face_parser": ParserModule(networks),
        "landmarks": PointsModule(networks, networks.points),
        "neutral_jaw": PointsModule(networks, networks.jaw),
        "au_estimator": ActionUnitModule(judge),
        "head_pose": PoseModule(networks),
        "identity": IdentityModule(judge),
    }
