# SPDX-License-Identifier: Apache-2.0
"""Train the guide of the diffusion training (training/guide.py) on latents of the generator's own renders.

Resumes from OUT/guide.pt.
"""
import argparse
import sys
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from training import common, data  # noqa: E402
from training.guide import Guide, GuideConfig  # noqa: E402
from training.latents import Pool, add_options, load_vae  # noqa: E402

NOISE = 0.3  # strongest noise on the second latent: the denoiser's predictions aren't clean, either
PAIRS = 4  # of each person drawn


def pairs(latents: Tensor, au: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Two latents of one person each [P * PAIRS, C, h, w], and the change from the first to the second [P * PAIRS, 12]."""
    persons = latents.shape[0]
    who = torch.arange(persons, device=latents.device)[:, None]
    first, second = torch.randint(0, data.EXPRESSIONS, (2, persons, PAIRS), device=latents.device)
    parts = latents[who, 0, first], latents[who, 0, second], au[who, second] - au[who, first]
    return tuple(part.flatten(0, 1) for part in parts)


@torch.no_grad()
def evaluate(guide: Guide, pool: Pool, factor: float, device: torch.device) -> tuple[float, float]:
    """Mean squared error of the change on all persons of a pool, and that of guessing no change."""
    first, second, change = pairs(torch.stack(pool.latents) * factor, torch.stack(pool.au))
    with common.autocast(device):
        error = guide(first, second).float() - change
    return float(error.square().mean()), float(change.square().mean())


def arguments() -> argparse.Namespace:
    parser = common.base_parser(__doc__)
    add_options(parser)
    parser.add_argument("--rate", type=float, default=2e-3)
    return parser.parse_args()


def main() -> None:
    options = arguments()
    device = common.prepare(options)
    vae, factor, latent_channels = load_vae(options.vae, device)
    config = GuideConfig(latent_channels, options.size // 8)
    guide = Guide(config).to(device, memory_format=torch.channels_last)
    average = common.Average(guide, 0.998)
    optimizer = torch.optim.AdamW(guide.parameters(), lr=options.rate, weight_decay=2e-2)
    path = options.out / "guide.pt"
    step, spent = common.resume(path, "guide", guide, average, optimizer, device)
    sets = [data.load(folder) for folder in options.data]
    ends = [data.training_rows(s, options.held_out) for s in sets]
    held_out = Pool(sets[:1], [sets[0].rows], vae, options.size, options.seed, device, starts=ends[:1])
    held_out.grow(options.held_out)
    pool = Pool(sets, ends, vae, options.size, options.seed + step, device)
    pool.grow(options.start_pool)
    clock = common.Clock(options.minutes, spent)
    common.log(options.out, f"guide: {sum(p.numel() for p in guide.parameters()) / 1e6:.2f} M parameters, from step {step}")
    first, losses, limit = step, [], 4 if options.smoke else 10**9

    def checkpoint() -> None:
        with average.lent_to(guide):
            error, spread = evaluate(guide, held_out, factor, device)
        common.log(options.out, f"step {step} loss {np.mean(losses):.4f} held-out {error:.4f} of {spread:.4f}, "
                                f"pool {len(pool.latents)}, {clock.spent:.0f} s")
        losses.clear()
        common.save(path, guide=guide.state_dict(), average=average.values, count=average.count, optimizer=optimizer.state_dict(),
                    step=step, spent=clock.spent, config=config)

    while clock.spent <= clock.total and step - first < limit:
        pool.keep_up(step, options.grow)
        for group in optimizer.param_groups:
            group["lr"] = clock.rate(step, options.rate)
        latents, _, au, _ = pool.draw(max(1, options.batch // PAIRS))
        portrait, other, change = pairs(latents * factor, au)
        other = other + NOISE * torch.rand(len(other), 1, 1, 1, device=device) * torch.randn_like(other)
        with common.autocast(device):
            loss = (guide(portrait, other).float() - change).square().mean()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(guide.parameters(), 1.0)
        optimizer.step()
        step += 1
        average.update(guide)
        losses.append(float(loss.detach()))
        if step % 200 == 0:
            checkpoint()
    checkpoint()


if __name__ == "__main__":
    main()
