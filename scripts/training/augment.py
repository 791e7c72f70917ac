# SPDX-License-Identifier: Apache-2.0
"""Augmentation of rendered faces, so that networks learnt from renders hold on photographs.

Pictures are float [B, 3, H, W] in [0, 1]; each kind of damage hits a random part of the batch.
"""
import math

import torch
import torch.nn.functional as F
from torch import Tensor


def chosen(batch: int, share: float) -> Tensor:
    return torch.rand(batch) < share


def colour(images: Tensor, alike: bool = False) -> Tensor:
    """Brightness, contrast, gamma, colour cast and saturation; with `alike` the same for all pictures."""
    batch = 1 if alike else images.shape[0]
    gain = 1 + 0.3 * (2 * torch.rand(batch, 1, 1, 1) - 1) + 0.12 * (2 * torch.rand(batch, 3, 1, 1) - 1)
    grey = images.mean(1, keepdim=True)
    images = grey + (images - grey) * (0.4 + 1.0 * torch.rand(batch, 1, 1, 1))
    mean = images.mean((0, 2, 3) if alike else (2, 3), keepdim=True)  # a face keeps its colour before another background
    images = mean + (images - mean) * (0.7 + 0.6 * torch.rand(batch, 1, 1, 1))
    images = (images * gain + 0.1 * (2 * torch.rand(batch, 1, 1, 1) - 1)).clamp(1e-3, 1)
    return images ** torch.exp(0.35 * torch.randn(batch, 1, 1, 1)).clamp(0.5, 2)


def light(images: Tensor) -> Tensor:
    """A brightness ramp in a random direction."""
    batch, _, height, width = images.shape
    angle = 2 * math.pi * torch.rand(batch, 1, 1, 1)
    rows, columns = torch.linspace(-1, 1, height)[:, None], torch.linspace(-1, 1, width)[None, :]
    ramp = 1 + 0.4 * torch.rand(batch, 1, 1, 1) * (angle.cos() * columns + angle.sin() * rows)
    return images * ramp


def surface(images: Tensor) -> Tensor:
    """Shading, spots and sharpness that no render has, the same in all pictures: whatever a skin is like, an edit must leave it alone."""
    size = images.shape[2]
    field = torch.ones(1, 3, size, size)
    for cells, strength, channels in ((4, 0.15, 1), (4, 0.05, 3), (12, 0.08, 1), (40, 0.08, 1)):
        spots = F.interpolate(torch.randn(1, channels, cells, cells), size=(size, size), mode="bicubic", align_corners=False)
        field = field + strength * float(torch.rand(1)) * spots
    images = images * field
    soft = F.avg_pool2d(images, 5, stride=1, padding=2, count_include_pad=False)
    return images + (1.4 * float(torch.rand(1)) - 0.4) * (images - soft)


def coarse(images: Tensor) -> Tensor:
    """Lower resolution: stands for blur and heavy compression."""
    size = images.shape[2]
    small = int(size * float(0.3 + 0.5 * torch.rand(1)))
    low = F.interpolate(images, size=(small, small), mode="area")
    return F.interpolate(low, size=images.shape[2:], mode="bilinear", align_corners=False)


def blocks(images: Tensor) -> Tensor:
    """8 x 8 blocks as a strong JPEG leaves them: quantised cosines."""
    k = torch.arange(8, dtype=torch.float32)
    basis = torch.cos(math.pi / 8 * (k[None, :] + 0.5) * k[:, None]) / 2
    basis[0] /= math.sqrt(2)
    step = (0.02 + 0.1 * torch.rand(1)) * (1 + (k[:, None] + k[None, :]) / 3)
    batch, channels, height, width = images.shape
    parts = images.view(batch, channels, height // 8, 8, width // 8, 8).transpose(3, 4)
    parts = basis @ parts @ basis.T
    parts = basis.T @ ((parts / step).round() * step) @ basis
    return parts.transpose(3, 4).reshape(images.shape)


def occlude(images: Tensor) -> Tensor:
    """A rectangle of one colour somewhere."""
    batch, _, height, width = images.shape
    rows, columns = torch.arange(height)[None, :, None], torch.arange(width)[None, None, :]
    top, left = (torch.rand(2, batch, 1, 1) * height).long()
    tall, wide = (torch.rand(2, batch, 1, 1) * 0.3 * height).long()
    inside = (rows >= top) & (rows < top + tall) & (columns >= left) & (columns < left + wide)
    return torch.where(inside[:, None], torch.rand(batch, 3, 1, 1), images)


def damaged(images: Tensor) -> Tensor:
    """All of the above, each on a part of the batch, and noise."""
    batch = images.shape[0]
    images = colour(images)
    for share, damage in ((0.4, light), (0.35, coarse), (0.25, blocks), (0.2, occlude)):
        rows = chosen(batch, share).nonzero()[:, 0]
        if len(rows):
            images[rows] = damage(images[rows])
    strength = 0.06 * torch.rand(batch, 1, 1, 1) * chosen(batch, 0.5)[:, None, None, None]
    return (images + strength * torch.randn_like(images)).clamp(0, 1)


def augment(images: Tensor, clean: float = 0.0) -> Tensor:
    """Damaged pictures; the part `clean` of the batch stays as it is."""
    rows = (~chosen(images.shape[0], clean)).nonzero()[:, 0]
    images = images.clone()
    if len(rows):
        images[rows] = damaged(images[rows])
    return images
