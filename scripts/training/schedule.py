# SPDX-License-Identifier: Apache-2.0
"""Stable Diffusion's noise schedule, v-prediction and a small DDIM sampler for looking at results."""
from collections.abc import Callable

import torch
from torch import Tensor

TRAIN_TIMESTEPS = 1000


def alphas_cumprod() -> Tensor:
    """The 1000 products of 1 - beta of the `scaled_linear` schedule."""
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, TRAIN_TIMESTEPS, dtype=torch.float64) ** 2
    return (1 - betas).cumprod(0).float()


def add_noise(latents: Tensor, noise: Tensor, alpha: Tensor) -> Tensor:
    return alpha.sqrt() * latents + (1 - alpha).sqrt() * noise


def velocity(latents: Tensor, noise: Tensor, alpha: Tensor) -> Tensor:
    """What the denoiser predicts."""
    return alpha.sqrt() * noise - (1 - alpha).sqrt() * latents


def min_snr_weight(alpha: Tensor, gamma: float = 5.0) -> Tensor:
    """Min-SNR weight of a v-prediction loss."""
    snr = alpha / (1 - alpha)
    return snr.clamp(max=gamma) / (snr + 1)


@torch.no_grad()
def ddim(predict: Callable[[Tensor, Tensor, bool], Tensor], latents: Tensor, steps: int, guidance_scale: float) -> Tensor:
    """Deterministic sampling; `predict(x, t, with_au)` gives v with the action units or with zeros."""
    alphas, stride = alphas_cumprod().to(latents.device), TRAIN_TIMESTEPS // steps
    for k in reversed(range(steps)):
        t = k * stride + 1
        time = torch.full((latents.shape[0],), float(t), device=latents.device)
        v = predict(latents, time, True)
        if guidance_scale != 1:
            plain = predict(latents, time, False)
            v = plain + guidance_scale * (v - plain)
        alpha, previous = alphas[t], alphas[max(t - stride, 0)]
        start = alpha.sqrt() * latents - (1 - alpha).sqrt() * v
        noise = alpha.sqrt() * v + (1 - alpha).sqrt() * latents
        latents = previous.sqrt() * start + (1 - previous).sqrt() * noise
    return latents
