# SPDX-License-Identifier: Apache-2.0
"""Let the autoencoder's decoder learn to draw what the UNets answer, beside what the encoder makes of pictures.

A decoder that has seen only encoded pictures draws the UNets' latents, which are a little too even where an answer is unsure,
as fog in mouths. Latents stay what they are: encoder and UNets are held. Starts from --vae, resumes from OUT/vae.pt.
"""
import argparse
import sys
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from networks.vae import Vae  # noqa: E402
from training import common, data, drawing, latents, schedule, train_diffusion, train_vae  # noqa: E402


@torch.no_grad()
def answers(forms: nn.ModuleDict, factor: float, latent: Tensor, attribute: Tensor, au: Tensor, source: int, targets: list[int],
            visited: list[int], noise_scale: float) -> Tensor:
    """The UNets' latents (the autoencoder's scale) of one person's `targets`, from the picture `source`; inputs [4, ...]."""
    reference = forms["id_encoder"](latent[source : source + 1])
    change = au[targets] - au[source]
    noise = noise_scale * torch.randn_like(latent[targets])

    def predict(x: Tensor, t: Tensor, _: bool) -> Tensor:  # without guidance always with the action units
        return forms["denoiser"](x, attribute[targets], t, change, reference).float()

    return schedule.ddim(predict, noise, visited, 1.0) / factor


class Examples(latents.Growing):
    """Latents and the pictures that they should become, of the persons seen so far."""

    def __init__(self, sets: list[data.Portraits], ends: list[int], vae: Vae, forms: nn.ModuleDict, factor: float,
                 options: argparse.Namespace, device: torch.device) -> None:
        self.sets, self.vae, self.forms, self.factor, self.size, self.device = sets, vae, forms, factor, options.size, device
        self.visited, self.noise_scale = schedule.timesteps(options.steps, "trailing", options.shift), options.noise_scale
        self.generator = np.random.default_rng((options.seed, len(sets)))
        self.waiting = latents.shuffled_persons(ends, self.generator)
        self.seen: list[tuple[Tensor, ...]] = []  # answered, encoded, picture, weight

    @torch.no_grad()
    def grow(self, persons: int) -> None:
        for _ in range(min(persons, len(self.waiting))):
            chosen, row = self.waiting.pop(0)
            portraits = self.sets[chosen]
            images, weight = latents.inputs(portraits, row, self.size, self.generator, bool(self.generator.random() < 0.5))
            au = torch.from_numpy(np.array(portraits.au[row : row + data.EXPRESSIONS])).float().to(self.device)
            with common.autocast(self.device):
                latent, attribute = self.vae.encode(images.to(self.device))[0].float().chunk(2)
                source, *targets = self.generator.permutation(data.EXPRESSIONS).tolist()
                answered = answers(self.forms, self.factor, latent, attribute, au, source, targets, self.visited, self.noise_scale)
            pictures = data.to_bytes(images[targets])
            self.seen += zip(answered, latent[targets], pictures, weight[targets])

    def draw(self, count: int) -> tuple[Tensor, Tensor, Tensor]:
        """Latents, half of them the UNets' and half the encoder's, pictures, and weights of their 8 x 8 pieces."""
        rows = [self.seen[i] for i in self.generator.integers(len(self.seen), size=count)]
        latent = torch.stack([row[k >= count // 2] for k, row in enumerate(rows)])
        image = torch.stack([row[2] for row in rows]).float() / 255
        weight = torch.stack([row[3] for row in rows]) / latents.FACE_WEIGHT  # 1 on the face
        return latent, image.to(self.device), weight.to(self.device)


def arguments() -> argparse.Namespace:
    parser = common.base_parser(__doc__)
    latents.add_options(parser)
    parser.add_argument("--diffusion", type=Path, required=True, help="diffusion.pt of train_diffusion.py")
    parser.add_argument("--steps", type=int, default=2, help="of the answers; a bundle's default is best")
    parser.add_argument("--shift", type=float, default=3.0, help="of the answers' timesteps; likewise")
    parser.add_argument("--noise-scale", type=float, default=0.15, help="of the answers' start noise; likewise")
    parser.add_argument("--faces", type=Path, help="faces.pt of train_face.py (never the judge's): its features are compared too")
    drawing.add_options(parser, picture_weight=1.0, reader_weight=0.1)
    parser.add_argument("--rate", type=float, default=3e-4)
    return parser.parse_args()


def main() -> None:
    options = arguments()
    device = common.prepare(options)
    vae, start = common.load_average(options.vae, Vae, device)
    answering = torch.load(options.diffusion, map_location=device, weights_only=False)
    config, factor = start["config"], answering["scaling_factor"]
    vae = vae.to(memory_format=torch.channels_last)
    drawer = nn.ModuleList([vae.decoder, vae.post_quant_conv]).requires_grad_(True)
    pair, forms = train_diffusion.build("smoke" if options.smoke else "demo", config.latent_channels, device)
    pair.load_state_dict(answering["average"])
    trunk = train_vae.load_trunk(options.faces, device) if options.faces else None
    drawn = drawing.Drawing(options, device, trunk)
    average = common.Average(vae, 0.998)
    optimizer = torch.optim.AdamW(drawer.parameters(), lr=options.rate, betas=(0.9, 0.99), weight_decay=1e-3)
    path = options.out / "vae.pt"
    step, spent = common.resume(path, "vae", vae, average, optimizer, device)
    torch.manual_seed(options.seed + step)
    sets, ends = latents.load_persons(options)
    examples = Examples(sets, ends, vae, forms.eval(), factor, options, device)
    examples.grow(options.start_pool)
    clock, limit = common.Clock(options.minutes, spent), step + 3 if options.smoke else 10**9
    common.log(options.out, f"decoder: {sum(p.numel() for p in drawer.parameters()) / 1e6:.2f} M parameters, from step {step}, {len(examples.seen)} examples")
    errors, told, stop = [], [], False
    while not stop:
        examples.keep_up(step, options.grow)
        for group in optimizer.param_groups:
            group["lr"] = clock.rate(step, options.rate, warmup=30)
        latent, image, weight = examples.draw(options.batch)
        with common.autocast(device):
            made = vae.decode(latent.to(memory_format=torch.channels_last)).float()
        loss, said = drawn.loss(made, image, weight)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(drawer.parameters(), 1.0)
        optimizer.step()
        average.update(vae)
        step += 1
        stop = clock.spent > clock.total or step >= limit
        errors.append((made.detach() / 2 + 0.5 - image).square().flatten(1).mean(1).view(2, -1).mean(1))
        told.append(said)
        if step % 50 == 0 or stop:
            answered, encoded = (-10 * torch.stack(errors).mean(0).log10()).tolist()
            common.log(options.out, f"step {step} answered {answered:.2f} dB, encoded {encoded:.2f} dB, {drawing.spelled(told)}, {len(examples.seen)} examples, {clock.spent:.0f} s")
            errors, told = [], []
        if stop or step % 150 == 0:
            common.save(path, vae=vae.state_dict(), average=average.values, count=average.count, optimizer=optimizer.state_dict(),
                        step=step, spent=clock.spent, config=config, scaling_factor=factor)


if __name__ == "__main__":
    main()
