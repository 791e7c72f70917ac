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


def velocity(noisy: Tensor, latents: Tensor, alpha: Tensor) -> Tensor:
    """What the denoiser is to predict, so that `noisy` leads to `latents`; of noised latents it is sqrt(a) noise - sqrt(1 - a) latents."""
    return (alpha.sqrt() * noisy - latents) / (1 - alpha).sqrt()


def leads_to(noisy: Tensor, v: Tensor, alpha: Tensor) -> Tensor:
    """The latents that `noisy` leads to by the velocity `v`."""
    return alpha.sqrt() * noisy - (1 - alpha).sqrt() * v


def noise_left(noisy: Tensor, v: Tensor, alpha: Tensor) -> Tensor:
    """The noise that is beside the latents that `noisy` leads to."""
    return alpha.sqrt() * v + (1 - alpha).sqrt() * noisy


def min_snr_weight(alpha: Tensor, gamma: float = 5.0, least: float = 0.0) -> Tensor:
    """Min-SNR weight of a v-prediction loss, at least `least`: by itself it is nearly nothing at the noisiest timesteps (0.005
    at 999), where sampling in few steps begins and where most of an expression is decided."""
    snr = alpha / (1 - alpha)
    return (snr.clamp(max=gamma) / (snr + 1)).clamp(min=least)


def timesteps(steps: int, spacing: str, shift: float = 1.0) -> list[int]:
    """Falling; `trailing` begins at the last one (arXiv 2305.08891), `leading`, as Stable Diffusion, at less noise than there is.

    `shift` gathers trailing ones at the noisy end (arXiv 2403.03206, eq. 23).
    """
    if spacing == "leading":
        return [k * (TRAIN_TIMESTEPS // steps) + 1 for k in reversed(range(steps))]
    visited: list[int] = []
    for left in range(steps, 0, -1):
        timestep = round(TRAIN_TIMESTEPS * shift * left / (steps + (shift - 1) * left)) - 1
        visited.append(min([timestep, *(t - 1 for t in visited[-1:])]))  # a shift draws the first ones together
    return visited


@torch.no_grad()
def ddim(predict: Callable[[Tensor, Tensor, bool], Tensor], latents: Tensor, visited: list[int], guidance_scale: float) -> Tensor:
    """Deterministic sampling; `predict(x, t, with_au)` gives v with the action units or with zeros."""
    alphas = alphas_cumprod().to(latents.device)
    for t, following in zip(visited, [*visited[1:], 0]):
        time = torch.full((latents.shape[0],), float(t), device=latents.device)
        v = predict(latents, time, True)
        if guidance_scale != 1:
            plain = predict(latents, time, False)
            v = plain + guidance_scale * (v - plain)
        alpha, previous = alphas[t], alphas[following]
        start = leads_to(latents, v, alpha)
        latents = add_noise(start, noise_left(latents, v, alpha), previous)
    return latents
