# SPDX-License-Identifier: Apache-2.0
"""Transformer blocks of the UNets: reference attention, cross attention on a constant prompt, gated feed forward.

Parameter names are those of diffusers' `Transformer2DModel`, so published checkpoints load unchanged. Everything here
can be scripted: maps keep their height and width, and no dtype or device is baked in.
"""
import math
from typing import Final, List

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def sine_position(height: int, width: int, channels: int, like: Tensor) -> Tensor:
    """Sines and cosines of the row and the column, [height * width, channels], wavelengths of 2 to 64 tokens."""
    count = channels // 4
    step = torch.arange(count, device=like.device, dtype=torch.float32) / max(count - 1, 1)
    frequency = math.pi * torch.exp(-math.log(32.0) * step)
    rows = torch.arange(height, device=like.device, dtype=torch.float32)[:, None] * frequency
    columns = torch.arange(width, device=like.device, dtype=torch.float32)[:, None] * frequency
    rows = torch.cat([rows.sin(), rows.cos()], 1)[:, None, :].expand(height, width, 2 * count)
    columns = torch.cat([columns.sin(), columns.cos()], 1)[None, :, :].expand(height, width, 2 * count)
    return torch.cat([rows, columns], 2).reshape(height * width, 4 * count).to(like.dtype)


def tokens(features: Tensor) -> Tensor:
    """[B, C, H, W] to [B, H * W, C]."""
    return features.flatten(2).transpose(1, 2)


def split_heads(x: Tensor, heads: int) -> Tensor:
    """[B, N, C] as [B, heads, N, C / heads]."""
    batch, count, channels = x.shape
    return x.reshape(batch, count, heads, channels // heads).transpose(1, 2)


def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Multi-head attention of queries [B, heads, N, W] over keys and values [B, heads, M, W], as [B, N, heads * W]."""
    if not query.is_cuda:
        # The fused kernel of a CPU is a fifth faster when each head's rows lie together.
        query, key, value = query.contiguous(), key.contiguous(), value.contiguous()
    if torch.jit.is_scripting():
        result = F.scaled_dot_product_attention(query, key, value)
    elif query.requires_grad and not query.is_cuda:
        # On a CPU the fused kernel's backward pass takes two to three times as long as the plain products'.
        result = torch.matmul(((query / math.sqrt(query.shape[3])) @ key.transpose(2, 3)).softmax(3), value)
    else:
        result = F.scaled_dot_product_attention(query, key, value)
    return result.transpose(1, 2).flatten(2)


class Attention(nn.Module):
    """The four projections of an attention layer; `forward` attends to `context`."""

    def __init__(self, channels: int, context_channels: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.to_q = nn.Linear(channels, channels, bias=False)
        self.to_k = nn.Linear(context_channels, channels, bias=False)
        self.to_v = nn.Linear(context_channels, channels, bias=False)
        self.to_out = nn.ModuleList([nn.Linear(channels, channels)])

    def forward(self, hidden: Tensor, context: Tensor) -> Tensor:
        context = context.expand(hidden.shape[0], context.shape[1], context.shape[2])
        key, value = split_heads(self.to_k(context), self.heads), split_heads(self.to_v(context), self.heads)
        return self.to_out[0](attend(split_heads(self.to_q(hidden), self.heads), key, value))


class ConstantAttention(nn.Module):
    """Cross attention whose context never changes: keys and values are buffers (they follow the weights' dtype)."""

    def __init__(self, attention: Attention, context: Tensor) -> None:
        super().__init__()
        self.heads = attention.heads
        self.to_q = attention.to_q
        self.to_out = attention.to_out
        self.register_buffer("key", attention.to_k(context).detach().clone())
        self.register_buffer("value", attention.to_v(context).detach().clone())

    def forward(self, hidden: Tensor, context: Tensor) -> Tensor:
        batch = hidden.shape[0]
        key = split_heads(self.key.expand(batch, self.key.shape[1], self.key.shape[2]), self.heads)
        value = split_heads(self.value.expand(batch, self.value.shape[1], self.value.shape[2]), self.heads)
        return self.to_out[0](attend(split_heads(self.to_q(hidden), self.heads), key, value))


class GatedLinear(nn.Module):
    """GEGLU: one half of the projection, times GELU of the other half."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.proj = nn.Linear(channels, 2 * width)

    def forward(self, hidden: Tensor) -> Tensor:
        value, gate = self.proj(hidden).chunk(2, dim=-1)
        return value * F.gelu(gate)


class FeedForward(nn.Module):
    """Four times as wide inside. Entry 1 of `net` is the published model's dropout of 0."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.net = nn.Sequential(GatedLinear(channels, 4 * channels), nn.Identity(), nn.Linear(4 * channels, channels))

    def forward(self, hidden: Tensor) -> Tensor:
        return self.net(hidden)


class TransformerBlock(nn.Module):
    """Self-attention over own and reference tokens, cross attention if there is a prompt, feed forward."""

    index: Final[int]
    position: Final[bool]

    def __init__(self, channels: int, heads: int, context_channels: int | None, position: bool, index: int) -> None:
        super().__init__()
        self.index = index
        self.position = position
        self.norm1 = nn.LayerNorm(channels)
        self.attn1 = Attention(channels, channels, heads)
        self.attn2 = None
        if context_channels is not None:
            self.norm2 = nn.LayerNorm(channels)
            self.attn2 = Attention(channels, context_channels, heads)
        self.norm3 = nn.LayerNorm(channels)
        self.ff = FeedForward(channels)

    def forward(self, hidden: Tensor, place: Tensor, context: Tensor, reference: List[Tensor]) -> Tensor:
        batch = hidden.shape[0]
        value_input = self.norm1(hidden)
        query_input = value_input + place if self.position else value_input
        heads = self.attn1.heads
        query = split_heads(self.attn1.to_q(query_input), heads)
        key = split_heads(self.attn1.to_k(query_input), heads)
        value = split_heads(self.attn1.to_v(value_input), heads)
        if len(reference) > 0:
            # The reference's keys and values stand behind the own ones; only own tokens ask.
            other_key = split_heads(reference[2 * self.index], heads)
            other_value = split_heads(reference[2 * self.index + 1], heads)
            key = torch.cat([key, other_key.expand(batch, heads, other_key.shape[2], other_key.shape[3])], 2)
            value = torch.cat([value, other_value.expand(batch, heads, other_value.shape[2], other_value.shape[3])], 2)
        hidden = hidden + self.attn1.to_out[0](attend(query, key, value))
        if self.attn2 is not None:
            hidden = hidden + self.attn2(self.norm2(hidden), context)
        return hidden + self.ff(self.norm3(hidden))


class Transformer2D(nn.Module):
    """A transformer block on a feature map; appends what the block takes in to `collected`."""

    position: Final[bool]

    def __init__(self, channels: int, heads: int, groups: int, context_channels: int | None, position: bool, index: int) -> None:
        super().__init__()
        self.position = position
        self.norm = nn.GroupNorm(groups, channels, eps=1e-6)
        self.proj_in = nn.Conv2d(channels, channels, 1)
        self.transformer_blocks = nn.ModuleList([TransformerBlock(channels, heads, context_channels, position, index)])
        self.proj_out = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor, context: Tensor, reference: List[Tensor], collected: List[Tensor]) -> Tensor:
        features = self.proj_in(self.norm(x))
        collected.append(features)
        batch, channels, height, width = features.shape
        hidden = tokens(features)
        place = sine_position(height, width, channels, hidden) if self.position else hidden
        for block in self.transformer_blocks:
            hidden = block(hidden, place, context, reference)
        return self.proj_out(hidden.transpose(1, 2).reshape(batch, channels, height, width)) + x


class TransformerInput(nn.Module):
    """What is left of the ID encoder's last transformer: only its input is used."""

    def __init__(self, channels: int, groups: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(groups, channels, eps=1e-6)
        self.proj_in = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor, context: Tensor, reference: List[Tensor], collected: List[Tensor]) -> Tensor:
        collected.append(self.proj_in(self.norm(x)))
        return x
