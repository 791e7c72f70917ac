# SPDX-License-Identifier: Apache-2.0
"""The denoiser and the ID encoder: one UNet family, with diffusers' `UNet2DConditionModel` parameter names.

The published checkpoints (Stable Diffusion 1.5's size) load with `load_published`; the demo uses a small configuration
of the same family. `DenoiserModule` and `IdEncoderModule` are the forms that a bundle holds.
"""
import math
from dataclasses import dataclass
from typing import Final, List

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .attention import ConstantAttention, Transformer2D, TransformerInput, sine_position, tokens


@dataclass(frozen=True)
class UNetConfig:
    """Sizes of a UNet; the defaults are the published denoiser's."""

    in_channels: int = 8
    out_channels: int = 4
    block_out_channels: tuple[int, ...] = (320, 640, 1280, 1280)
    attention: tuple[bool, ...] = (True, True, True, False)
    layers_per_block: int = 2
    heads: int = 8
    cross_attention_dim: int | None = 768
    norm_num_groups: int = 32
    position: bool = False  # sine position on queries and keys: the demo's own, not the published model's
    level_out: bool = False  # a way around the last normalisation, which takes a picture's level away: the demo's own
    keeps: bool = False  # the portrait's latents are one more reference, of which each place keeps what it will: the demo's own
    action_units: int = 12  # 0: no au_aug_mlp (the ID encoder)
    reference_only: bool = False  # cut after the last transformer's input (the ID encoder)


class ResnetBlock(nn.Module):
    """Two normalised convolutions; the time embedding is added between them."""

    def __init__(self, cin: int, cout: int, time_channels: int, groups: int) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(groups, cin, eps=1e-5)
        self.conv1 = nn.Conv2d(cin, cout, 3, padding=1)
        self.time_emb_proj = nn.Linear(time_channels, cout)
        self.norm2 = nn.GroupNorm(groups, cout, eps=1e-5)
        self.conv2 = nn.Conv2d(cout, cout, 3, padding=1)
        self.conv_shortcut = nn.Conv2d(cin, cout, 1) if cin != cout else None

    def forward(self, x: Tensor, embedding: Tensor) -> Tensor:
        hidden = self.conv1(F.silu(self.norm1(x)))
        hidden = hidden + self.time_emb_proj(F.silu(embedding))[:, :, None, None]
        hidden = self.conv2(F.silu(self.norm2(hidden)))
        if self.conv_shortcut is not None:
            x = self.conv_shortcut(x)
        return x + hidden


class Resample(nn.Module):
    """A named convolution that halves the map, or follows its nearest enlargement."""

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, stride=stride, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x)


class DownBlock(nn.Module):
    """Residual (and transformer) layers, then half the size; every result is kept for the way up."""

    has_attention: Final[bool]

    def __init__(self, resnets: list, attentions: list, channels: int, last: bool) -> None:
        super().__init__()
        self.has_attention = len(attentions) > 0
        self.resnets = nn.ModuleList(resnets)
        if self.has_attention:
            self.attentions = nn.ModuleList(attentions)
        self.downsamplers = nn.ModuleList([] if last else [Resample(channels, 2)])

    def forward(
        self, x: Tensor, embedding: Tensor, context: Tensor, reference: List[Tensor], collected: List[Tensor], skips: List[Tensor]
    ) -> Tensor:
        if self.has_attention:
            for resnet, attention in zip(self.resnets, self.attentions):
                x = attention(resnet(x, embedding), context, reference, collected)
                skips.append(x)
        else:
            for resnet in self.resnets:
                x = resnet(x, embedding)
                skips.append(x)
        for downsampler in self.downsamplers:
            x = downsampler(x)
            skips.append(x)
        return x


class MidBlock(nn.Module):
    """Residual, transformer, residual."""

    def __init__(self, resnets: list, attention: nn.Module) -> None:
        super().__init__()
        self.attentions = nn.ModuleList([attention])
        self.resnets = nn.ModuleList(resnets)

    def forward(self, x: Tensor, embedding: Tensor, context: Tensor, reference: List[Tensor], collected: List[Tensor]) -> Tensor:
        x = self.attentions[0](self.resnets[0](x, embedding), context, reference, collected)
        return self.resnets[1](x, embedding)


class UpBlock(nn.Module):
    """Residual (and transformer) layers on the kept results, then the size of the next kept one."""

    has_attention: Final[bool]

    def __init__(self, resnets: list, attentions: list, channels: int, last: bool) -> None:
        super().__init__()
        self.has_attention = len(attentions) > 0
        self.resnets = nn.ModuleList(resnets)
        if self.has_attention:
            self.attentions = nn.ModuleList(attentions)
        self.upsamplers = nn.ModuleList([] if last else [Resample(channels, 1)])

    def forward(
        self, x: Tensor, embedding: Tensor, context: Tensor, reference: List[Tensor], collected: List[Tensor], skips: List[Tensor]
    ) -> Tensor:
        if self.has_attention:
            for resnet, attention in zip(self.resnets, self.attentions):
                x = attention(resnet(torch.cat([x, skips.pop()], 1), embedding), context, reference, collected)
        else:
            for resnet in self.resnets:
                x = resnet(torch.cat([x, skips.pop()], 1), embedding)
        for upsampler in self.upsamplers:
            # The kept map's size, not twice this one: latents need not be a multiple of 8.
            height, width = skips[-1].shape[2], skips[-1].shape[3]
            x = upsampler(F.interpolate(x, size=[height, width], mode="nearest"))
        return x


class TimeEmbedding(nn.Module):
    """Cosines, then sines of the timestep (in float32 whatever the weights are), through two linear layers."""

    def __init__(self, channels: int, time_channels: int) -> None:
        super().__init__()
        self.channels = channels
        self.linear_1 = nn.Linear(channels, time_channels)
        self.linear_2 = nn.Linear(time_channels, time_channels)

    def forward(self, timestep: Tensor) -> Tensor:
        half = self.channels // 2
        step = torch.arange(half, device=timestep.device, dtype=torch.float32) / half
        angle = timestep.to(torch.float32)[:, None] * torch.exp(-math.log(10000.0) * step)
        wave = torch.cat([angle.cos(), angle.sin()], 1).to(self.linear_1.weight.dtype)
        return self.linear_2(F.silu(self.linear_1(wave)))


class Kept(nn.Module):
    """What each place keeps of the portrait's latents: what an edit leaves alone needn't be drawn anew.

    A reference attention to the same place alone, for every channel by itself: how much is said by the portrait's features (keys)
    and by the denoiser's, which know what is asked for.
    """

    def __init__(self, features: int, latent_channels: int) -> None:
        super().__init__()
        self.query = nn.Conv2d(features, latent_channels, 1)
        self.to_k = nn.Conv2d(features, latent_channels, 1)
        for layer in (self.query, self.to_k):
            nn.init.zeros_(layer.weight)
            nn.init.constant_(layer.bias, -1)

    def forward(self, hidden: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """Latents [B, C, h, w] for the denoiser's features, and keys and values [1 or B, tokens, C]."""
        shape = [-1, value.shape[2], hidden.shape[2], hidden.shape[3]]
        key, value = key.transpose(1, 2).reshape(shape), value.transpose(1, 2).reshape(shape)
        return torch.sigmoid(self.query(hidden) + key) * value


class UNet(nn.Module):
    """The denoiser, or with `reference_only` the ID encoder."""

    reference_only: Final[bool]

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        widths, groups, time_channels = config.block_out_channels, config.norm_num_groups, 4 * config.block_out_channels[0]
        self.reference_only = config.reference_only
        self.conv_in = nn.Conv2d(config.in_channels, widths[0], 3, padding=1)
        self.time_embedding = TimeEmbedding(widths[0], time_channels)
        self.au_aug_mlp = nn.Linear(config.action_units, time_channels) if config.action_units else None
        counter = iter(range(1000))

        def transformer(channels: int) -> Transformer2D:
            return Transformer2D(channels, config.heads, groups, config.cross_attention_dim, config.position, next(counter))

        down, skips, cin = [], [widths[0]], widths[0]
        for level, width in enumerate(widths):
            last = level == len(widths) - 1
            resnets, attentions = [], []
            for _ in range(config.layers_per_block):
                resnets.append(ResnetBlock(cin, width, time_channels, groups))
                attentions += [transformer(width)] if config.attention[level] else []
                cin = width
            skips += [width] * (config.layers_per_block + (not last))
            down.append(DownBlock(resnets, attentions, width, last))
        self.down_blocks = nn.ModuleList(down)
        mid = [ResnetBlock(cin, cin, time_channels, groups), ResnetBlock(cin, cin, time_channels, groups)]
        self.mid_block = MidBlock(mid, transformer(cin))
        up = []
        for level in reversed(range(len(widths))):
            resnets, attentions = [], []
            for layer in range(config.layers_per_block + 1):
                resnets.append(ResnetBlock(cin + skips.pop(), widths[level], time_channels, groups))
                cin = widths[level]
                cut = config.reference_only and level == 0 and layer == config.layers_per_block
                if config.attention[level]:
                    attentions.append(TransformerInput(cin, groups) if cut else transformer(cin))
            up.append(UpBlock(resnets, attentions, cin, level == 0))
        self.up_blocks = nn.ModuleList(up)
        self.conv_norm_out = None
        self.conv_out = None
        self.level_out = None
        self.kept = None
        if not config.reference_only:
            self.kept = Kept(widths[0], config.out_channels) if config.keeps else None
            self.level_out = nn.Conv2d(widths[0], config.out_channels, 1) if config.level_out else None
            self.conv_norm_out = nn.GroupNorm(groups, widths[0], eps=1e-5)
            self.conv_out = nn.Conv2d(widths[0], config.out_channels, 3, padding=1)

    def forward(self, x: Tensor, timestep: Tensor, au: Tensor, context: Tensor, reference: List[Tensor], collected: List[Tensor]) -> Tensor:
        """Prediction for x [B, in, h, w] at timestep [B]; fills `collected` with the transformers' inputs."""
        embedding = self.time_embedding(timestep)
        if self.au_aug_mlp is not None:
            embedding = embedding + self.au_aug_mlp(au.to(self.au_aug_mlp.weight.dtype))
        x = self.conv_in(x)
        skips = [x]
        for block in self.down_blocks:
            x = block(x, embedding, context, reference, collected, skips)
        x = self.mid_block(x, embedding, context, reference, collected)
        for block in self.up_blocks:
            x = block(x, embedding, context, reference, collected, skips)
        if self.conv_norm_out is not None and self.conv_out is not None:
            hidden = F.silu(self.conv_norm_out(x))
            result = self.conv_out(hidden)
            if self.level_out is not None:
                result = result + self.level_out(x)
            if self.kept is not None and len(reference) > 0:
                result = result - self.kept(hidden, reference[-2], reference[-1])
            x = result
        return x

    def transformers(self) -> list[nn.Module]:
        """All transformers in the order in which they run."""
        blocks = [*self.down_blocks, self.mid_block, *self.up_blocks]
        return [attention for block in blocks for attention in getattr(block, "attentions", [])]

    def fold_prompt(self, context: Tensor) -> None:
        """Replace cross attention's keys and values by those of one constant prompt [1, tokens, channels]."""
        for attention in self.transformers():
            for block in getattr(attention, "transformer_blocks", []):
                if block.attn2 is not None:
                    block.attn2 = ConstantAttention(block.attn2, context)


def load_published(network: nn.Module, state: dict[str, Tensor]) -> None:
    """Strict load of a published state dict; a cut network ignores what stands behind its cut."""
    wanted = network.state_dict().keys()
    cut = getattr(network, "reference_only", False)
    network.load_state_dict({k: v for k, v in state.items() if k in wanted} if cut else state, strict=True)


class ReferenceProjection(nn.Module):
    """One denoiser block's norm1, to_k and to_v on the ID encoder's features (shares the denoiser's parameters)."""

    position: Final[bool]

    def __init__(self, transformer: Transformer2D) -> None:
        super().__init__()
        block = transformer.transformer_blocks[0]
        self.position = transformer.position
        self.norm1, self.to_k, self.to_v = block.norm1, block.attn1.to_k, block.attn1.to_v

    def forward(self, features: Tensor) -> List[Tensor]:
        value = self.norm1(tokens(features))
        key = value
        if self.position:
            key = value + sine_position(features.shape[2], features.shape[3], features.shape[1], value)
        return [self.to_k(key), self.to_v(value)]


class IdEncoderModule(nn.Module):
    """Bundle form of the ID encoder: portrait latent to the denoiser's reference keys and values."""

    def __init__(self, encoder: UNet, denoiser: UNet, context: Tensor | None = None) -> None:
        super().__init__()
        self.encoder = encoder
        self.projections = nn.ModuleList([ReferenceProjection(t) for t in denoiser.transformers()])
        self.kept_key = None if denoiser.kept is None else denoiser.kept.to_k
        self.register_buffer("context", torch.zeros(1, 1, 1) if context is None else context)

    def forward(self, portrait: Tensor) -> List[Tensor]:
        collected: List[Tensor] = []
        empty: List[Tensor] = []
        time = torch.zeros(portrait.shape[0], device=portrait.device)
        self.encoder(portrait, time, time, self.context, empty, collected)
        result: List[Tensor] = []
        for index, projection in enumerate(self.projections):
            result.extend(projection(collected[index]))
        if self.kept_key is not None:
            result.extend([tokens(self.kept_key(collected[-1])), tokens(portrait)])
        return result


class DenoiserModule(nn.Module):
    """Bundle form of the denoiser: joins noisy latent and attribute, predicts."""

    def __init__(self, denoiser: UNet, context: Tensor | None = None) -> None:
        super().__init__()
        self.denoiser = denoiser
        self.register_buffer("context", torch.zeros(1, 1, 1) if context is None else context)

    def forward(self, x: Tensor, attribute: Tensor, t: Tensor, au: Tensor, reference: List[Tensor]) -> Tensor:
        collected: List[Tensor] = []
        attribute = attribute.expand(x.shape[0], attribute.shape[1], attribute.shape[2], attribute.shape[3])
        return self.denoiser(torch.cat([x, attribute], 1), t, au, self.context, reference, collected)
