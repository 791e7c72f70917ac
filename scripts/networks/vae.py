# SPDX-License-Identifier: Apache-2.0
"""The autoencoder, with the parameter names of diffusers' `AutoencoderKL`.

`VaeEncoderModule` (image in [0, 1] to the mode of the latent distribution, unscaled) and `VaeDecoderModule` are the
forms that a bundle holds.
"""
import math
from dataclasses import dataclass
from typing import List

import torch
import torch.nn.functional as F
from torch import Tensor, nn

AVERAGE_GAIN = 2.0  # block averages of images in [-1, 1] have a standard deviation of about a half
LUMINANCE = (0.299, 0.587, 0.114)  # of red, green and blue
LUMINANCE_GAIN = 3.0  # cosines of small frequencies have a standard deviation of about one then
# Stable Diffusion 1.5's own file uses the older names.
OLD_ATTENTION = {"query": "to_q", "key": "to_k", "value": "to_v", "proj_attn": "to_out.0"}


@dataclass(frozen=True)
class VaeConfig:
    """Sizes of the autoencoder; the defaults are Stable Diffusion 1.5's."""

    block_out_channels: tuple[int, ...] = (128, 256, 512, 512)
    layers_per_block: int | tuple[int, ...] = 2  # of every level, from the picture's size down
    latent_channels: int = 4
    norm_num_groups: int = 32
    # The demo's own: the latent's first channels are the picture's block averages (3: its colours), and the decoder
    # draws what is missing from them. A network of few channels behind group normalisation loses hues otherwise.
    average_channels: int = 0
    # And its last ones are the picture's luminance, so many values across each place of the latent (4: half the picture's size),
    # but for the averages: lids and lips are where the portrait has them, to a pixel.
    luminance_side: int = 0

    @property
    def luminance_channels(self) -> int:
        return max(0, self.luminance_side**2 - 1)

    @property
    def learnt_channels(self) -> int:
        return self.latent_channels - self.average_channels - self.luminance_channels

    def layers(self) -> tuple[int, ...]:
        """Of every level."""
        count = self.layers_per_block
        return (count,) * len(self.block_out_channels) if isinstance(count, int) else count


class ResnetBlock(nn.Module):
    """Two normalised convolutions with a shortcut."""

    def __init__(self, cin: int, cout: int, groups: int) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(groups, cin, eps=1e-6)
        self.conv1 = nn.Conv2d(cin, cout, 3, padding=1)
        self.norm2 = nn.GroupNorm(groups, cout, eps=1e-6)
        self.conv2 = nn.Conv2d(cout, cout, 3, padding=1)
        self.conv_shortcut = nn.Conv2d(cin, cout, 1) if cin != cout else None

    def forward(self, x: Tensor) -> Tensor:
        hidden = self.conv1(F.silu(self.norm1(x)))
        hidden = self.conv2(F.silu(self.norm2(hidden)))
        if self.conv_shortcut is not None:
            x = self.conv_shortcut(x)
        return x + hidden


class SpatialAttention(nn.Module):
    """Single-head self-attention of the middle block."""

    def __init__(self, channels: int, groups: int) -> None:
        super().__init__()
        self.group_norm = nn.GroupNorm(groups, channels, eps=1e-6)
        self.to_q = nn.Linear(channels, channels)
        self.to_k = nn.Linear(channels, channels)
        self.to_v = nn.Linear(channels, channels)
        self.to_out = nn.ModuleList([nn.Linear(channels, channels)])

    def forward(self, x: Tensor) -> Tensor:
        batch, channels, height, width = x.shape
        hidden = self.group_norm(x).flatten(2).transpose(1, 2)
        query, key, value = self.to_q(hidden)[:, None], self.to_k(hidden)[:, None], self.to_v(hidden)[:, None]
        hidden = self.to_out[0](F.scaled_dot_product_attention(query, key, value)[:, 0])
        return x + hidden.transpose(1, 2).reshape(batch, channels, height, width)


class MidBlock(nn.Module):
    def __init__(self, channels: int, groups: int) -> None:
        super().__init__()
        self.attentions = nn.ModuleList([SpatialAttention(channels, groups)])
        self.resnets = nn.ModuleList([ResnetBlock(channels, channels, groups) for _ in range(2)])

    def forward(self, x: Tensor) -> Tensor:
        return self.resnets[1](self.attentions[0](self.resnets[0](x)))


class Downsample(nn.Module):
    """Halves the map; the border is added below and to the right only."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(F.pad(x, [0, 1, 0, 1]))


class Upsample(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(F.interpolate(x, size=[2 * x.shape[2], 2 * x.shape[3]], mode="nearest"))


class Level(nn.Module):
    """Residual layers of one size, and the change of size behind them under its published name."""

    def __init__(self, cin: int, cout: int, layers: int, groups: int) -> None:
        super().__init__()
        self.resnets = nn.ModuleList([ResnetBlock(cin if i == 0 else cout, cout, groups) for i in range(layers)])

    def forward(self, x: Tensor) -> Tensor:
        for resnet in self.resnets:
            x = resnet(x)
        return x


class DownLevel(Level):
    def __init__(self, cin: int, cout: int, layers: int, groups: int, last: bool) -> None:
        super().__init__(cin, cout, layers, groups)
        self.downsamplers = nn.ModuleList([] if last else [Downsample(cout)])

    def forward(self, x: Tensor) -> Tensor:
        for resnet in self.resnets:
            x = resnet(x)
        for downsampler in self.downsamplers:
            x = downsampler(x)
        return x


class UpLevel(Level):
    def __init__(self, cin: int, cout: int, layers: int, groups: int, last: bool) -> None:
        super().__init__(cin, cout, layers, groups)
        self.upsamplers = nn.ModuleList([] if last else [Upsample(cout)])

    def forward(self, x: Tensor) -> Tensor:
        for resnet in self.resnets:
            x = resnet(x)
        for upsampler in self.upsamplers:
            x = upsampler(x)
        return x


class Encoder(nn.Module):
    def __init__(self, config: VaeConfig) -> None:
        super().__init__()
        widths, groups = config.block_out_channels, config.norm_num_groups
        self.conv_in = nn.Conv2d(3, widths[0], 3, padding=1)
        inputs = (widths[0], *widths[:-1])
        last = len(widths) - 1
        self.down_blocks = nn.ModuleList(
            [DownLevel(a, b, layers, groups, i == last) for i, (a, b, layers) in enumerate(zip(inputs, widths, config.layers()))]
        )
        self.mid_block = MidBlock(widths[-1], groups)
        self.conv_norm_out = nn.GroupNorm(groups, widths[-1], eps=1e-6)
        self.conv_out = nn.Conv2d(widths[-1], 2 * config.learnt_channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv_in(x)
        for block in self.down_blocks:
            x = block(x)
        return self.conv_out(F.silu(self.conv_norm_out(self.mid_block(x))))


class Decoder(nn.Module):
    def __init__(self, config: VaeConfig) -> None:
        super().__init__()
        widths, groups = tuple(reversed(config.block_out_channels)), config.norm_num_groups
        self.conv_in = nn.Conv2d(config.latent_channels, widths[0], 3, padding=1)
        inputs = (widths[0], *widths[:-1])
        last = len(widths) - 1
        self.up_blocks = nn.ModuleList(
            [UpLevel(a, b, layers + 1, groups, i == last) for i, (a, b, layers) in enumerate(zip(inputs, widths, reversed(config.layers())))]
        )
        self.mid_block = MidBlock(widths[0], groups)
        self.conv_norm_out = nn.GroupNorm(groups, widths[-1], eps=1e-6)
        self.conv_out = nn.Conv2d(widths[-1], 3, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.mid_block(self.conv_in(x))
        for block in self.up_blocks:
            x = block(x)
        return self.conv_out(F.silu(self.conv_norm_out(x)))


def with_averages(signed: Tensor, latent: Tensor, gain: float = AVERAGE_GAIN) -> Tensor:
    """The latent behind the block averages of an image in [-1, 1], both of about unit size."""
    block = signed.shape[2] // latent.shape[2]
    return torch.cat([F.avg_pool2d(signed, block) * gain, latent], 1)


def enlarged_averages(latent: Tensor, size: List[int], gain: float = AVERAGE_GAIN) -> Tensor:
    """The picture that the latent's first three channels tell alone, in [-1, 1]."""
    return F.interpolate(latent[:, :3] / gain, size=size, mode="bilinear", align_corners=False)


def cosines(side: int) -> Tensor:
    """The cosine transform of `side` x `side` values as an orthonormal matrix; its first row is their mean's."""
    place, frequency = torch.arange(side, dtype=torch.float32) + 0.5, torch.arange(side, dtype=torch.float32)
    line = torch.cos(math.pi / side * frequency[:, None] * place) * math.sqrt(2 / side)
    line[0] /= math.sqrt(2)
    return torch.kron(line, line)


class Luminance(nn.Module):
    """What of a picture's luminance the latent holds as it is: cosines of `side` x `side` values at each place, without their mean."""

    def __init__(self, side: int) -> None:
        super().__init__()
        self.side = side
        frequency = torch.arange(side, dtype=torch.float32)
        # Twice the frequency has about half the size in pictures. In between, so that neither is lost in noise nor weighs too much.
        gain = LUMINANCE_GAIN * (frequency[:, None] ** 2 + frequency**2).flatten()[1:, None].pow(0.25)
        self.register_buffer("weights", torch.tensor(LUMINANCE).view(1, 3, 1, 1))
        self.register_buffer("gain", gain)
        self.register_buffer("basis", cosines(side)[1:])

    def small(self, signed: Tensor, height: int) -> Tensor:
        """Luminance [B, 1, side * h, side * w] of an image [B, 3, H, W] whose latent is `height` = h high."""
        return F.avg_pool2d((signed * self.weights).sum(1, keepdim=True), signed.shape[2] // (self.side * height))

    def told(self, signed: Tensor, height: int) -> Tensor:
        """The latent's last channels [B, side ** 2 - 1, h, w] for an image in [-1, 1]."""
        values = F.pixel_unshuffle(self.small(signed, height), self.side).permute(0, 2, 3, 1)
        return F.linear(values, self.gain * self.basis).permute(0, 3, 1, 2)

    def kept(self, image: Tensor, latent: Tensor, average_gain: float = AVERAGE_GAIN) -> Tensor:
        """The image [B, 3, H, W] with the luminance that the latent [B, C, h, w] tells."""
        count, height = self.basis.shape[0], latent.shape[2]
        values = F.linear(latent[:, -count:].permute(0, 2, 3, 1), (self.basis / self.gain).t()).permute(0, 3, 1, 2)
        values = values + (latent[:, :3] * (self.weights / average_gain)).sum(1, keepdim=True)
        missing = F.pixel_shuffle(values, self.side) - self.small(image, height)
        return image + F.interpolate(missing, size=[image.shape[2], image.shape[3]], mode="bilinear", align_corners=False)


class Vae(nn.Module):
    """Training form: moments of the latent distribution, and images in [-1, 1]."""

    def __init__(self, config: VaeConfig) -> None:
        super().__init__()
        self.encoder, self.decoder = Encoder(config), Decoder(config)
        channels, learnt = config.latent_channels, config.learnt_channels
        self.averages = config.average_channels > 0
        self.luminance = Luminance(config.luminance_side) if config.luminance_side else None
        self.quant_conv = nn.Conv2d(2 * learnt, 2 * learnt, 1)
        self.post_quant_conv = nn.Conv2d(channels, channels, 1)

    def encode(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log variance for an image in [0, 1]; averages and luminance are known but for a hundredth of the range."""
        signed = 2 * image - 1
        mean, log_variance = self.quant_conv(self.encoder(signed)).chunk(2, 1)
        log_variance = log_variance.clamp(-30, 20)
        if self.averages:
            mean = with_averages(signed, mean)
            log_variance = F.pad(log_variance, [0, 0, 0, 0, 3, 0], value=2 * math.log(AVERAGE_GAIN / 100))
        if self.luminance is not None:
            told = self.luminance.told(signed, mean.shape[2])
            mean = torch.cat([mean, told], 1)
            log_variance = torch.cat([log_variance, (2 * (self.luminance.gain / 100).log())[:, :, None].expand_as(told)], 1)
        return mean, log_variance

    def decode(self, latent: Tensor) -> Tensor:
        """Image in about [-1, 1], not clamped."""
        image = self.decoder(self.post_quant_conv(latent))
        if self.averages:
            image = image + enlarged_averages(latent, [image.shape[2], image.shape[3]])
        return image if self.luminance is None else self.luminance.kept(image, latent)


def current_names(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """The same state under the current attention names; older 1x1-convolution shapes become matrices."""
    renamed = {}
    for name, value in state.items():
        if ".attentions." in name:
            stem, part, kind = name.rsplit(".", 2)
            name = f"{stem}.{OLD_ATTENTION.get(part, part)}.{kind}"
            value = value[:, :, 0, 0] if value.ndim == 4 else value
        renamed[name] = value
    return renamed


def load_published(network: Vae, state: dict[str, Tensor]) -> None:
    """Strict load; the older attention names, and their 1x1-convolution shapes, are accepted."""
    network.load_state_dict(current_names(state), strict=True)


class VaeEncoderModule(nn.Module):
    """Bundle form: image [B, 3, H, W] in [0, 1] to the latent's mode, unscaled."""

    def __init__(self, vae: Vae) -> None:
        super().__init__()
        self.encoder, self.quant_conv, self.averages, self.luminance = vae.encoder, vae.quant_conv, vae.averages, vae.luminance

    def forward(self, image: Tensor) -> Tensor:
        mode = self.quant_conv(self.encoder(2 * image - 1)).chunk(2, 1)[0]
        if self.averages:
            mode = with_averages(2 * image - 1, mode)
        if self.luminance is not None:
            mode = torch.cat([mode, self.luminance.told(2 * image - 1, mode.shape[2])], 1)
        return mode.contiguous()


class VaeDecoderModule(nn.Module):
    """Bundle form: latent, already divided by the scaling factor, to an image in [0, 1]."""

    def __init__(self, vae: Vae) -> None:
        super().__init__()
        self.decoder, self.post_quant_conv, self.averages, self.luminance = vae.decoder, vae.post_quant_conv, vae.averages, vae.luminance

    def forward(self, latent: Tensor) -> Tensor:
        image = self.decoder(self.post_quant_conv(latent))
        if self.averages:
            image = image + enlarged_averages(latent, [image.shape[2], image.shape[3]])
        if self.luminance is not None:
            image = self.luminance.kept(image, latent)
        return torch.clamp(image / 2 + 0.5, 0.0, 1.0)
