# SPDX-License-Identifier: Apache-2.0
"""Train the demo's autoencoder on random pieces of face crops.

Resumes from OUT/vae.pt when it is there. At the end (and in every checkpoint) `scaling_factor` is one over the
standard deviation of the latents.
"""
import argparse
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from networks.demo_face import FaceNetworks, Trunk  # noqa: E402
from networks.vae import Vae, VaeConfig  # noqa: E402
from training import common, data, drawing, parallel, widen  # noqa: E402
from training.augment import chosen, colour, surface  # noqa: E402

# Few groups: with few channels in each, the backward pass of PyTorch's group normalisation is slow on a CPU.
# Latent channels cost the UNets next to nothing: Stable Diffusion has four, eight were worth 3 dB already. Here they are three averages,
# thirteen that are learnt and fifteen of luminance.
# Two layers where a picture is large: lines are drawn there, and they weigh little in a file.
DEMO = VaeConfig(block_out_channels=(16, 32, 64, 96), layers_per_block=(2, 2, 2, 1), latent_channels=31, norm_num_groups=4, average_channels=3, luminance_side=4)
SMOKE = VaeConfig(block_out_channels=(8, 8, 16, 16), layers_per_block=1, latent_channels=9, norm_num_groups=4, average_channels=3, luminance_side=2)
DETAILS = (2, 3, 4, 5, 11, 12, 13)  # brows, eyes, mouth, lips: few pixels, all of the expression
KL_WEIGHT = 5e-4
RECOLOURED = 0.4  # part of the pieces under other colours and light than the renderer gives
RESURFACED = 0.3  # part of the steps with another skin


def batch(sets: list, options: argparse.Namespace, generator: np.random.Generator, size: int, piece: int) -> tuple[Tensor, Tensor]:
    """Random pieces of jittered face crops, and the weight of their pixels."""
    folder = sets[generator.integers(len(sets))]
    count = max(2, options.batch * (options.size // 2) ** 2 // piece**2)  # as many pixels, whatever the piece
    rows = np.sort(generator.integers(data.training_rows(folder, options.held_out), size=count))
    frame = data.crop_frame(data.jitter(data.face_box(folder.lm[rows]), generator, 0.1, 0.06))
    share = piece / options.size
    offset = generator.uniform(0, 1 - share, (count, 2)) * frame[:, 2:]
    frame = np.concatenate([frame[:, :2] + offset, frame[:, 2:] * share], 1)
    frames = torch.tensor(frame, dtype=torch.float32)
    device = torch.device("cpu")
    image = data.sample(data.pictures(folder, rows, device), frames, piece)
    label = data.sample(data.classes(folder, rows, device), frames, piece, nearest=True)
    weight = 1 + 3 * torch.isin(label, torch.tensor(DETAILS, dtype=label.dtype)).float()
    if generator.random() < 0.5:
        image, weight = image.flip(3), weight.flip(3)
    image = torch.where(chosen(count, RECOLOURED)[:, None, None, None], colour(image), image)
    if generator.random() < RESURFACED:
        image = surface(image).clamp(0, 1)
    return image, F.avg_pool2d(weight, 5, 1, 2)


def loss_of(vae: Vae, image: Tensor, weight: Tensor, drawn: drawing.Drawing) -> tuple[Tensor, Tensor, Tensor]:
    """The loss of what was drawn and a little pull of the latents to a unit normal; the squared error; and the former's parts [3] as in drawing.TOLD."""
    mean, log_variance = vae.encode(image)
    mean, log_variance = mean.float(), log_variance.float()
    latent = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
    divergence = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean()
    made = vae.decode(latent).float()
    loss, told = drawn.loss(made, image, weight)
    return loss + KL_WEIGHT * divergence, (made.detach() / 2 + 0.5 - image).square().mean(), told


@torch.no_grad()
def evaluate(vae: Vae, portraits: data.Portraits, options: argparse.Namespace, device: torch.device) -> tuple[float, float]:
    """PSNR of the mode's reconstruction, and one over the latents' standard deviation; of held-out people, where there are any yet."""
    count = 8 if options.smoke else 64
    first = data.training_rows(portraits, options.held_out)
    first = first if first < portraits.rows else 0
    rows = np.unique(np.linspace(first, portraits.rows - 1, count).astype(int))
    frames = torch.tensor(data.crop_frame(data.face_box(portraits.lm[rows])), dtype=torch.float32)
    image = data.sample(data.pictures(portraits, rows, torch.device("cpu")), frames, options.size).to(device)
    with common.autocast(device):
        latent = vae.encode(image)[0].float()
        again = (vae.decode(latent).float() / 2 + 0.5).clamp(0, 1)
    error = (again - image).square().mean((1, 2, 3))
    return float((-10 * torch.log10(error)).mean()), float(1 / latent.std())


def load_trunk(file: Path, device: torch.device) -> Trunk:
    return common.load_average(file, FaceNetworks, device)[0].trunk.to(memory_format=torch.channels_last)


def arguments() -> argparse.Namespace:
    parser = common.base_parser(__doc__)
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--faces", type=Path, help="faces.pt of train_face.py (never the judge's): its features are compared too")
    parser.add_argument("--decoder-only", action="store_true", help="go on from the average with the encoder held: latents stay what they are")
    parser.add_argument("--start", type=Path, help="vae.pt whose average a new training begins with; it may have fewer residual layers")
    drawing.add_options(parser, picture_weight=1.0, reader_weight=0.1)
    return parser.parse_args()


def main() -> None:
    options = arguments()
    device = common.prepare(options)
    config = SMOKE if options.smoke else DEMO
    torch.manual_seed(options.seed)  # every process starts from the same weights
    vae = Vae(config).to(device, memory_format=torch.channels_last)
    common.normalise_by_planes(vae, device)
    widen.begin(vae, options.start, device)
    average = common.Average(vae)
    optimizer = torch.optim.AdamW(vae.parameters(), lr=options.rate, betas=(0.9, 0.99), weight_decay=1e-3)
    path = options.out / "vae.pt"
    step, spent = common.resume(path, "vae", vae, average, optimizer, device)
    if options.decoder_only:
        vae.load_state_dict(average.values)
        vae.encoder.requires_grad_(False)
        vae.quant_conv.requires_grad_(False)
    drawn = drawing.Drawing(options, device, load_trunk(options.faces, device) if options.faces else None)
    torch.manual_seed(options.seed + step + parallel.rank())
    generator = np.random.default_rng((options.seed, step, parallel.rank()))
    clock = common.Clock(options.minutes, spent)
    common.log(options.out, f"vae: {sum(p.numel() for p in vae.parameters()) / 1e6:.2f} M parameters, from step {step}")
    sets, errors, told, limit = [], [], [], 3 if options.smoke else 10**9
    first, stop = step, False

    def checkpoint() -> None:
        with average.lent_to(vae):
            psnr, factor = evaluate(vae, sets[0], options, device)
        common.log(options.out, f"step {step}: held-out {psnr:.2f} dB, scaling_factor {factor:.4f}, {clock.spent:.0f} s")
        common.save(path, vae=vae.state_dict(), average=average.values, count=average.count, optimizer=optimizer.state_dict(),
                    step=step, spent=clock.spent, config=config, scaling_factor=factor, psnr=psnr)

    while not stop:
        if step % 100 == 0 or not sets:
            sets = [data.load(folder) for folder in options.data]  # the renderer may still be at work
        piece = options.size if options.decoder_only or drawn.reader or clock.spent > 0.85 * clock.total else options.size // 2
        for group in optimizer.param_groups:
            group["lr"] = clock.rate(step, options.rate, warmup=30)
        image, weight = batch(sets, options, generator, options.size, piece)
        image = image.to(device, memory_format=torch.channels_last)
        with common.autocast(device):
            loss, error, said = loss_of(vae, image, weight.to(device), drawn)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        optimizer.step()
        finished = clock.spent > clock.total or step + 1 - first >= limit
        if (step + 1) % parallel.PERIOD == 0 or options.workers == 1 or finished and limit < 10**9:
            stop = parallel.average_parameters(vae, finished)
        average.update(vae)
        step += 1
        errors.append(float(error))
        told.append(said)
        if step % 50 == 0:
            common.log(options.out, f"step {step} loss {float(loss.detach()):.4f} psnr {-10 * np.log10(np.mean(errors)):.2f}, {drawing.spelled(told)}, "
                       f"{options.workers * step * options.batch / clock.spent:.1f} pieces/s")
            errors, told = [], []
        if parallel.rank() == 0 and (stop or step % 300 == 0):
            checkpoint()


if __name__ == "__main__":
    parallel.launch(main, arguments().workers)
