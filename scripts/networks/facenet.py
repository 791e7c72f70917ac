# SPDX-License-Identifier: Apache-2.0
"""Identity: FaceNet (arXiv 1503.03832) with the Inception-ResNet-v1 of arXiv 1602.07261, section 3.2 and figures 10-14.

Parameter names are those of facenet-pytorch's checkpoints. Every norm has eps 1e-3, and pooling and strided
convolutions have no padding, as in the TensorFlow network that the weights come from.
"""
import torch
import torch.nn.functional as F
from torch import Tensor, nn

EPS = 1e-3


class ConvNormRelu(nn.Module):
    """Convolution, norm, ReLU."""

    def __init__(
        self, cin: int, cout: int, kernel: int | tuple[int, int], stride: int = 1, padding: int | tuple[int, int] = 0
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, kernel, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(cout, eps=EPS)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.bn(self.conv(x)))


class Residual35(nn.Module):
    """Inception-ResNet-A on the 17x17 map (figure 10): 1x1, 3x3 and two 3x3."""

    def __init__(self, scale: float) -> None:
        super().__init__()
        self.scale = scale
        self.branch0 = ConvNormRelu(256, 32, 1)
        self.branch1 = nn.Sequential(ConvNormRelu(256, 32, 1), ConvNormRelu(32, 32, 3, padding=1))
        self.branch2 = nn.Sequential(
            ConvNormRelu(256, 32, 1), ConvNormRelu(32, 32, 3, padding=1), ConvNormRelu(32, 32, 3, padding=1)
        )
        self.conv2d = nn.Conv2d(96, 256, 1)

    def forward(self, x: Tensor) -> Tensor:
        joined = torch.cat([self.branch0(x), self.branch1(x), self.branch2(x)], 1)
        return F.relu(x + self.scale * self.conv2d(joined))


class ResidualCross(nn.Module):
    """Inception-ResNet-B and -C (figures 11 and 13): 1x1, and 1x1 before 1xk and kx1."""

    def __init__(self, channels: int, width: int, length: int, scale: float, relu: bool = True) -> None:
        super().__init__()
        self.scale, self.relu = scale, relu
        pad = length // 2
        self.branch0 = ConvNormRelu(channels, width, 1)
        self.branch1 = nn.Sequential(
            ConvNormRelu(channels, width, 1),
            ConvNormRelu(width, width, (1, length), padding=(0, pad)),
            ConvNormRelu(width, width, (length, 1), padding=(pad, 0)),
        )
        self.conv2d = nn.Conv2d(2 * width, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.scale * self.conv2d(torch.cat([self.branch0(x), self.branch1(x)], 1))
        return F.relu(x) if self.relu else x


class ReductionA(nn.Module):
    """From 17x17 to 8x8, 256 to 896 channels (figure 7 of the paper's Inception-v4 part, k l m n = 192 192 256 384)."""

    def __init__(self) -> None:
        super().__init__()
        self.branch0 = ConvNormRelu(256, 384, 3, 2)
        self.branch1 = nn.Sequential(
            ConvNormRelu(256, 192, 1), ConvNormRelu(192, 192, 3, padding=1), ConvNormRelu(192, 256, 3, 2)
        )

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.branch0(x), self.branch1(x), F.max_pool2d(x, 3, 2)], 1)


class ReductionB(nn.Module):
    """From 8x8 to 3x3, 896 to 1792 channels (figure 12)."""

    def __init__(self) -> None:
        super().__init__()
        self.branch0 = nn.Sequential(ConvNormRelu(896, 256, 1), ConvNormRelu(256, 384, 3, 2))
        self.branch1 = nn.Sequential(ConvNormRelu(896, 256, 1), ConvNormRelu(256, 256, 3, 2))
        self.branch2 = nn.Sequential(
            ConvNormRelu(896, 256, 1), ConvNormRelu(256, 256, 3, padding=1), ConvNormRelu(256, 256, 3, 2)
        )

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.branch0(x), self.branch1(x), self.branch2(x), F.max_pool2d(x, 3, 2)], 1)


class FaceNet(nn.Module):
    """160x160 face, values in about [-1, 1], to a 512-dimensional embedding of unit length."""

    def __init__(self) -> None:
        super().__init__()
        self.conv2d_1a = ConvNormRelu(3, 32, 3, 2)
        self.conv2d_2a = ConvNormRelu(32, 32, 3)
        self.conv2d_2b = ConvNormRelu(32, 64, 3, padding=1)
        self.conv2d_3b = ConvNormRelu(64, 80, 1)
        self.conv2d_4a = ConvNormRelu(80, 192, 3)
        self.conv2d_4b = ConvNormRelu(192, 256, 3, 2)
        self.repeat_1 = nn.Sequential(*[Residual35(0.17) for _ in range(5)])
        self.mixed_6a = ReductionA()
        self.repeat_2 = nn.Sequential(*[ResidualCross(896, 128, 7, 0.10) for _ in range(10)])
        self.mixed_7a = ReductionB()
        self.repeat_3 = nn.Sequential(*[ResidualCross(1792, 192, 3, 0.20) for _ in range(5)])
        self.block8 = ResidualCross(1792, 192, 3, 1.0, relu=False)
        self.last_linear = nn.Linear(1792, 512, bias=False)
        self.last_bn = nn.BatchNorm1d(512, eps=EPS)

    def pooled(self, x: Tensor) -> Tensor:
        """The 1792 averages before the last layer."""
        x = self.conv2d_2b(self.conv2d_2a(self.conv2d_1a(x)))
        x = self.conv2d_4b(self.conv2d_4a(self.conv2d_3b(F.max_pool2d(x, 3, 2))))
        x = self.repeat_2(self.mixed_6a(self.repeat_1(x)))
        x = self.block8(self.repeat_3(self.mixed_7a(x)))
        return x.mean([2, 3])

    def forward(self, x: Tensor) -> Tensor:
        return F.normalize(self.last_bn(self.last_linear(self.pooled(x))), dim=1)


class IdentityModule(nn.Module):
    """Bundle form: face [B, 3, 160, 160] in [0, 1] to a unit vector [B, 512]."""

    def __init__(self, network: FaceNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, face: Tensor) -> Tensor:
        # The published scaling of 8-bit values, (v - 127.5) / 128; 2x - 1 would be off by one part in 128.
        return self.network((255.0 * face - 127.5) / 128.0)
