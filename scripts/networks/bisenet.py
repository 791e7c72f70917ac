# SPDX-License-Identifier: Apache-2.0
"""Face parser: BiSeNet ("Bilateral Segmentation Network", arXiv 1808.00897) as trained on CelebAMask-HQ.

Parameter names are those of the published `79999_iter.pth`. Of the paper's two paths the published face parser keeps
the context path only: the spatial path's place is taken by the ResNet's feature at 1/8.
"""
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .resnet import Normalise, stage

CLASSES = (
    "background", "skin", "l_brow", "r_brow", "l_eye", "r_eye", "eye_g", "l_ear", "r_ear", "ear_r", "nose",
    "mouth", "u_lip", "l_lip", "neck", "neck_l", "cloth", "hair", "hat",
)  # fmt: skip


def spatial_mean(x: Tensor) -> Tensor:
    """Global average, [B, C, 1, 1]."""
    return F.adaptive_avg_pool2d(x, [1, 1])


class ConvNormRelu(nn.Module):
    """Convolution that keeps the size, norm, ReLU."""

    def __init__(self, cin: int, cout: int, kernel: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, kernel, padding=kernel // 2, bias=False)
        self.bn = nn.BatchNorm2d(cout)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.bn(self.conv(x)))


class ResNet18(nn.Module):
    """Features at 1/8, 1/16 and 1/32 of the picture."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.layer1 = stage(64, 64, 1)
        self.layer2 = stage(64, 128, 2)
        self.layer3 = stage(128, 256, 2)
        self.layer4 = stage(256, 512, 2)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        eighth = self.layer2(self.layer1(x))
        sixteenth = self.layer3(eighth)
        return eighth, sixteenth, self.layer4(sixteenth)


class AttentionRefinement(nn.Module):
    """A convolution whose channels are weighted by their own global average (section 3.2)."""

    def __init__(self, cin: int, cout: int) -> None:
        super().__init__()
        self.conv = ConvNormRelu(cin, cout, 3)
        self.conv_atten = nn.Conv2d(cout, cout, 1, bias=False)
        self.bn_atten = nn.BatchNorm2d(cout)

    def forward(self, x: Tensor) -> Tensor:
        features = self.conv(x)
        return features * torch.sigmoid(self.bn_atten(self.conv_atten(spatial_mean(features))))


class ContextPath(nn.Module):
    """From the global average downwards in depth: each level is added to the next larger one (nearest enlargement)."""

    def __init__(self) -> None:
        super().__init__()
        self.resnet = ResNet18()
        self.arm16 = AttentionRefinement(256, 128)
        self.arm32 = AttentionRefinement(512, 128)
        self.conv_head32 = ConvNormRelu(128, 128, 3)
        self.conv_head16 = ConvNormRelu(128, 128, 3)
        self.conv_avg = ConvNormRelu(512, 128, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        eighth, sixteenth, thirty_second = self.resnet(x)
        deepest = self.arm32(thirty_second) + self.conv_avg(spatial_mean(thirty_second))
        size16 = [sixteenth.shape[2], sixteenth.shape[3]]
        context16 = self.conv_head32(F.interpolate(deepest, size=size16, mode="nearest"))
        size8 = [eighth.shape[2], eighth.shape[3]]
        context8 = F.interpolate(self.arm16(sixteenth) + context16, size=size8, mode="nearest")
        return eighth, self.conv_head16(context8), context16


class FeatureFusion(nn.Module):
    """Joins both paths; channels weighted by their average are added to themselves (section 3.3)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.convblk = ConvNormRelu(channels, channels, 1)
        self.conv1 = nn.Conv2d(channels, channels // 4, 1, bias=False)
        self.conv2 = nn.Conv2d(channels // 4, channels, 1, bias=False)

    def forward(self, spatial: Tensor, context: Tensor) -> Tensor:
        features = self.convblk(torch.cat([spatial, context], 1))
        weight = torch.sigmoid(self.conv2(F.relu(self.conv1(spatial_mean(features)))))
        return features + features * weight


class Output(nn.Module):
    """Class scores from a feature map."""

    def __init__(self, cin: int, width: int, classes: int) -> None:
        super().__init__()
        self.conv = ConvNormRelu(cin, width, 3)
        self.conv_out = nn.Conv2d(width, classes, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv_out(self.conv(x))


class BiSeNet(nn.Module):
    """The three outputs of the published network; only the first is used for parsing (the others served training)."""

    def __init__(self, classes: int = len(CLASSES)) -> None:
        super().__init__()
        self.cp = ContextPath()
        self.ffm = FeatureFusion(256)
        self.conv_out = Output(256, 256, classes)
        self.conv_out16 = Output(128, 64, classes)
        self.conv_out32 = Output(128, 64, classes)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        eighth, context8, context16 = self.cp(x)
        maps = (self.conv_out(self.ffm(eighth, context8)), self.conv_out16(context8), self.conv_out32(context16))
        size = [x.shape[2], x.shape[3]]
        return (
            F.interpolate(maps[0], size=size, mode="bilinear", align_corners=True),
            F.interpolate(maps[1], size=size, mode="bilinear", align_corners=True),
            F.interpolate(maps[2], size=size, mode="bilinear", align_corners=True),
        )


class FaceParserModule(nn.Module):
    """Bundle form: image [B, 3, S, S] in [0, 1] to class scores [B, 19, S, S]; no softmax."""

    def __init__(self, network: BiSeNet) -> None:
        super().__init__()
        self.normalise = Normalise()
        self.cp, self.ffm, self.conv_out = network.cp, network.ffm, network.conv_out

    def forward(self, image: Tensor) -> Tensor:
        eighth, context8, _ = self.cp(self.normalise(image))
        scores = self.conv_out(self.ffm(eighth, context8))
        size = [image.shape[2], image.shape[3]]
        return F.interpolate(scores, size=size, mode="bilinear", align_corners=True)
