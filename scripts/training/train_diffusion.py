# SPDX-License-Identifier: Apache-2.0
"""Train the demo's denoiser and ID encoder together on pairs of one person under two expressions.

v-prediction with min-SNR weights, action-unit variation as condition, some pairs without any change: half of these
with zeros, half with the paper's noise. One source serves three targets, so that the ID encoder runs once per person and step.
Resumes from OUT/diffusion.pt.
"""
import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from networks.unet import DenoiserModule, IdEncoderModule, UNet, UNetConfig  # noqa: E402
from networks.vae import Vae  # noqa: E402
from training import common, data, drawing, parallel, schedule, widen  # noqa: E402
from training.latents import FACE_WEIGHT, Pool, add_options, load_persons, load_vae  # noqa: E402

SIZES = {
    "demo": dict(block_out_channels=(64, 96, 128), attention=(True, True, True), layers_per_block=1, heads=2,
                 norm_num_groups=4, cross_attention_dim=None, position=True, level_out=True, keeps=True),
    "smoke": dict(block_out_channels=(8, 16), attention=(True, True), layers_per_block=1, heads=2, norm_num_groups=4,
                  cross_attention_dim=None, position=True, level_out=True, keeps=True),
}
TARGETS = 3
DRAWN = 8  # of a batch's predictions: drawing one costs as much as predicting it
# The paper drops 10 % of the variations to zeros, whatever the target shows, so that zeros mean "any expression". Here
# zeros mean "this expression": an edit of nothing changes nothing, and guidance strengthens the change that was asked for.
SAME, SAME_ZEROS, SAME_NOISE = 0.2, 0.5, 0.2
OWN = (400, 900)  # timesteps at which a picture may be the UNets' own answer: few steps go there, and at less noise it is hardly changed any more
EARLY = 700  # first of the timesteps where so much noise is left that the variation, not the picture, must tell the expression


def configs(name: str, latent_channels: int) -> tuple[UNetConfig, UNetConfig]:
    """Denoiser and ID encoder."""
    size = dict(SIZES[name], out_channels=latent_channels)
    return (UNetConfig(**size, in_channels=2 * latent_channels),
            UNetConfig(**size, in_channels=latent_channels, action_units=0, reference_only=True))


def pairs(latents: Tensor, weights: Tensor, au: Tensor, pictures: Tensor, generator: np.random.Generator) -> tuple[Tensor, ...]:
    """Portraits [P, ...], and for P * TARGETS targets: latents, conditions, weights, action-unit variations and pictures."""
    persons, device = latents.shape[0], latents.device
    order = torch.from_numpy(generator.permuted(np.tile(np.arange(data.EXPRESSIONS), (persons, 1)), axis=1)).to(device)
    same = torch.from_numpy(generator.random((persons, TARGETS)) < SAME).to(device)
    source = order[:, :1]
    target = torch.where(same, source, order[:, 1:])
    who = torch.arange(persons, device=device)[:, None]
    change = au[who, target] - au[who, source]
    zeros = torch.from_numpy(generator.random((persons, TARGETS)) < SAME_ZEROS).to(device)
    nothing = torch.where(zeros[..., None], torch.zeros_like(change), SAME_NOISE * torch.randn_like(change))
    change = torch.where(same[..., None], nothing, change)
    picked = (latents[who, 0, target], latents[who, 1, target], weights[who, target], change, pictures[who.cpu(), target.cpu()])
    return (latents[:, 0][who, source][:, 0], *(part.flatten(0, 1) for part in picked))


def drawn_timesteps(count: int, early_share: float, device: torch.device) -> Tensor:
    """Of all alike, but for `early_share` of them: these are of the noisy end, where sampling begins."""
    first = torch.where(torch.rand(count, device=device) < early_share, float(EARLY), 0.0)
    return (first + (schedule.TRAIN_TIMESTEPS - first) * torch.rand(count, device=device)).long().clamp(max=schedule.TRAIN_TIMESTEPS - 1)


def drawn_noise(latent: Tensor, least: float) -> Tensor:
    """Noise of a standard deviation between `least` and 1, another one for each and more often near `least`, with which a bundle begins."""
    scale = least + (1 - least) * torch.rand(latent.shape[0], 1, 1, 1, device=latent.device).square()
    return scale * torch.randn_like(latent)


@torch.no_grad()
def first_step(predict: Callable[[Tensor, Tensor], Tensor], noise: Tensor, alphas: Tensor) -> tuple[Tensor, Tensor]:
    """Latents and noise that DDIM's first step takes `noise` for; it begins without the trace of a picture that the schedule leaves."""
    noisy, alpha = schedule.add_noise(torch.zeros_like(noise), noise, alphas[-1]), alphas[-1]
    last = torch.full((len(noise),), schedule.TRAIN_TIMESTEPS - 1, device=noise.device)
    v = predict(noisy, last)
    return schedule.leads_to(noisy, v, alpha), schedule.noise_left(noisy, v, alpha)


def as_sampled(predict: Callable[[Tensor, Tensor, Tensor], Tensor], latent: Tensor, noise: Tensor, time: Tensor, share: float,
               alphas: Tensor, own: tuple[int, int] = OWN) -> tuple[Tensor, Tensor]:
    """Timesteps and noisy latents, the part `share` of them as sampling meets them.

    Half of these are the first step: nothing but noise. The others come after it: the UNets' own answer to the first step, with
    the noise that it left. Training on true pictures alone teaches to trust what is seen of them, and at its start sampling sees
    nothing, then something faint (at timesteps of the range `own`). `predict(noisy, t, rows)` gives v for some rows of the batch.
    """
    drawn = torch.rand(len(time), device=time.device)
    first, later = (drawn < share / 2).nonzero()[:, 0], ((drawn >= share / 2) & (drawn < share)).nonzero()[:, 0]
    time, latent, noise = time.clone(), latent.clone(), noise.clone()
    time[first], latent[first] = schedule.TRAIN_TIMESTEPS - 1, 0
    time[later] = torch.randint(*own, (len(later),), device=time.device)
    if len(later):
        latent[later], noise[later] = first_step(lambda noisy, t: predict(noisy, t, later), noise[later], alphas)
    return time, schedule.add_noise(latent, noise, alphas[time].view(-1, 1, 1, 1))


def loss_of(modules: nn.ModuleDict, batch: tuple[Tensor, ...], factor: float, alphas: Tensor, vae: Vae, drawn: drawing.Drawing,
            options: argparse.Namespace) -> tuple[Tensor, Tensor, Tensor]:
    """Weighted error of the predicted v, the loss of what was drawn, and its parts [3] as in drawing.TOLD."""
    portrait, latent, attribute, weight, change, pictures = batch
    latent = latent * factor
    noise = drawn_noise(latent, options.least_noise)
    reference = [r.repeat_interleave(TARGETS, 0) for r in modules["id_encoder"](portrait)]

    def predict(noisy: Tensor, t: Tensor, rows: Tensor | slice = slice(None)) -> Tensor:
        return modules["denoiser"](noisy, attribute[rows], t.float(), change[rows], [r[rows] for r in reference]).float()

    time = drawn_timesteps(latent.shape[0], options.early_share, latent.device)
    time, noisy = as_sampled(predict, latent, noise, time, options.sampled_share, alphas, options.own_timesteps)
    alpha = alphas[time].view(-1, 1, 1, 1)
    prediction = predict(noisy, time)  # wherever `noisy` comes from, it must lead to the true latents
    error = (prediction - schedule.velocity(noisy, latent, alpha)).square() * weight
    error = (error * schedule.min_snr_weight(alpha, least=options.least_weight)).mean() / weight.mean()
    if not drawn.asks:
        return error, torch.zeros_like(error), torch.zeros(len(drawing.TOLD), device=error.device)
    start = schedule.leads_to(noisy, prediction, alpha)
    # Any that are so noisy that the expression is decided there.
    chosen = ((time >= OWN[0]) + torch.rand(len(time), device=time.device)).topk(min(DRAWN, len(time))).indices
    made = vae.decode((start[chosen] / factor).to(memory_format=torch.channels_last)).float()
    true = pictures[chosen.cpu()].to(made.device).float() / 255
    return error, *drawn.loss(made, true, weight[chosen] / FACE_WEIGHT)


def build(name: str, latent_channels: int, device: torch.device) -> tuple[nn.ModuleDict, nn.ModuleDict]:
    """The two networks, and their bundle forms on the same parameters."""
    denoiser, encoder = (UNet(c).to(device, memory_format=torch.channels_last) for c in configs(name, latent_channels))
    pair = nn.ModuleDict({"denoiser": denoiser, "id_encoder": encoder})
    forms = nn.ModuleDict({"denoiser": DenoiserModule(denoiser), "id_encoder": IdEncoderModule(encoder, denoiser)})
    return pair, forms.to(device)


def arguments() -> argparse.Namespace:
    parser = common.base_parser(__doc__)
    add_options(parser)
    drawing.add_options(parser, picture_weight=0.0, reader_weight=0.03)
    parser.add_argument("--start", type=Path, help="diffusion.pt whose average a new training begins with, of another autoencoder perhaps")
    parser.add_argument("--least-weight", type=float, default=0.3, help="of a noise level, where min-SNR's weight is less")
    parser.add_argument("--early-share", type=float, default=0.0, help=f"part of the timesteps that is drawn from {EARLY} on")
    parser.add_argument("--least-noise", type=float, default=1.0, help="noise is scaled by a random factor from this to 1; a bundle's noise_scale")
    parser.add_argument("--sampled-share", type=float, default=0.0,
                        help="part of the noisy pictures that is what sampling meets: nothing but noise, or the UNets' own first answer")
    parser.add_argument("--own-timesteps", type=int, nargs=2, default=OWN, metavar=("FIRST", "END"),
                        help="range of timesteps at which it is the UNets' own first answer; where a bundle's second step lies, if it has two")
    parser.add_argument("--average-decay", type=float, default=0.998, help="of the moving average of the weights, per step")
    parser.add_argument("--rate", type=float, default=8e-4)
    return parser.parse_args()


def main() -> None:
    options = arguments()
    device, name = common.prepare(options), "smoke" if options.smoke else "demo"
    torch.manual_seed(options.seed)  # every process starts from the same weights
    vae, factor, latent_channels = load_vae(options.vae, device)
    drawn = drawing.Drawing(options, device)
    pair, forms = build(name, latent_channels, device)
    learnt = widen.begin(pair, options.start, device)
    factor = learnt.get("scaling_factor", factor)  # UNets that learn on keep the scale of latents that they know
    average = common.Average(pair, options.average_decay)
    optimizer = torch.optim.AdamW(pair.parameters(), lr=options.rate, betas=(0.9, 0.99), weight_decay=1e-2, fused=True)
    path = options.out / "diffusion.pt"
    step, spent = common.resume(path, "pair", pair, average, optimizer, device)
    seed = hash((options.seed, step, parallel.rank()))
    torch.manual_seed(seed)
    generator = np.random.default_rng(abs(seed))
    sets, ends = load_persons(options)
    pool = Pool(sets, ends, vae, options.size, abs(seed), device)
    pool.grow(options.start_pool)
    clock, alphas = common.Clock(options.minutes, spent), schedule.alphas_cumprod().to(device)
    counts = [sum(p.numel() for p in n.parameters()) / 1e6 for n in pair.values()]
    common.log(options.out, f"diffusion: {counts[0]:.2f} and {counts[1]:.2f} M parameters, from step {step}, {sum(ends)} rows")
    first, stop, losses, told, limit = step, False, [], [], 4 if options.smoke else 10**9
    persons = max(1, options.batch // TARGETS)
    while not stop:
        pool.keep_up(step, options.grow)
        for group in optimizer.param_groups:
            group["lr"] = clock.rate(step, options.rate)
        batch = pairs(*pool.draw(persons), generator)
        with common.autocast(device):
            error, of_drawn, said = loss_of(forms, batch, factor, alphas, vae, drawn, options)
        optimizer.zero_grad(set_to_none=True)
        (error + of_drawn).backward()
        torch.nn.utils.clip_grad_norm_(pair.parameters(), 1.0)
        optimizer.step()
        step += 1
        finished = clock.spent > clock.total or step - first >= limit
        if step % parallel.PERIOD == 0 or options.workers == 1:
            stop = parallel.average_parameters(pair, finished)
        average.update(pair)
        losses.append(float(error.detach()))
        told.append(said)
        if step % 50 == 0:
            common.log(options.out, f"step {step} loss {np.mean(losses):.4f}, {drawing.spelled(told)}, pool {len(pool.latents)}, "
                       f"{options.workers * step * persons * TARGETS} pictures, {clock.spent:.0f} s")
            losses, told = [], []
        if parallel.rank() == 0 and (stop or step % 150 == 0):
            common.save(path, pair=pair.state_dict(), average=average.values, count=average.count,
                        optimizer=optimizer.state_dict(), step=step, spent=clock.spent, configs=configs(name, latent_channels), scaling_factor=factor)


if __name__ == "__main__":
    parallel.launch(main, arguments().workers)
