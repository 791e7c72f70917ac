# SPDX-License-Identifier: Apache-2.0
"""Judge a bundle's editing on rendered people it never saw.

For every person and action unit, one edit up and one down by the same amount; the bundle's own estimator (trained on
other persons) says which of the two shows more of that unit. Prints a table and writes a contact sheet.
"""
import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

sys.path.insert(0, str(Path(__file__).resolve().parent))
from training import condition, data, schedule  # noqa: E402


@dataclass
class Bundle:
    """A bundle's manifest and its modules in float32."""

    manifest: dict
    modules: dict[str, torch.jit.ScriptModule]

    @property
    def size(self) -> int:
        return self.manifest["image_size"]

    @property
    def factor(self) -> float:
        return self.manifest["latent"]["scaling_factor"]


def load(folder: Path) -> Bundle:
    """Load the modules as the program does: floating values are cast one by one."""
    manifest, modules = json.loads((folder / "bundle.json").read_text(encoding="utf-8")), {}
    for name, entry in manifest["modules"].items():
        if "file" in entry:
            module = torch.jit.load(str(folder / entry["file"]), map_location="cpu").eval()
            for value in [*module.parameters(), *module.buffers()]:
                if value.is_floating_point():
                    value.data = value.data.float()
            modules[name] = module
    return Bundle(manifest, modules)


@torch.no_grad()
def edit(bundle: Bundle, portrait: Tensor, attribute: Tensor, au: Tensor, steps: int, guidance_scale: float, seed: int) -> Tensor:
    """Edited pictures [N, 3, S, S] for action-unit variations [N, 12] of one portrait latent [1, C, h, w]."""
    denoiser = bundle.modules["denoiser"]
    reference = bundle.modules["id_encoder"](portrait)
    noise = torch.randn(portrait.shape, generator=torch.Generator().manual_seed(seed)).expand(len(au), -1, -1, -1)

    def predict(x: Tensor, t: Tensor, with_au: bool) -> Tensor:
        return denoiser(x, attribute, t, au if with_au else torch.zeros_like(au), reference)

    latents = schedule.ddim(predict, noise, steps, guidance_scale)
    return bundle.modules["vae_decoder"](latents / bundle.factor)


def prepared(bundle: Bundle, portraits: data.Portraits, row: int) -> tuple[Tensor, Tensor]:
    """A held-out person's crop and its condition image, [1, 3, S, S] each, from the renderer's truth."""
    rows, size = np.array([row]), bundle.size
    frame = data.crop_frame(data.face_box(portraits.lm[rows]))
    frames, host = torch.tensor(frame, dtype=torch.float32), torch.device("cpu")
    image = data.sample(data.pictures(portraits, rows, host), frames, size)
    labels = data.sample(data.classes(portraits, rows, host), frames, size, nearest=True)[0, 0].numpy().astype(np.uint8)
    jaw, points = (data.to_crop(values[rows], frame, size)[0] for values in (portraits.jaw, portraits.lm))
    picture = (image[0].permute(1, 2, 0) * 255).round().byte().numpy()
    blank = condition.condition_image(picture, labels, jaw, condition.five_points(points))
    return image, torch.from_numpy(blank).permute(2, 0, 1)[None].float() / 255


def psnr(a: Tensor, b: Tensor) -> float:
    return float(-10 * torch.log10((a - b).square().mean()))


def tile(pictures: Tensor) -> np.ndarray:
    """A row of pictures side by side, uint8."""
    values = (pictures.clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).numpy()
    return np.concatenate(list(values), 1)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder of rendered people never trained on (its last persons are used)")
    parser.add_argument("--persons", type=int, default=20)
    parser.add_argument("--amount", type=float, default=5.0)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--guidance", type=float)
    parser.add_argument("--sheet", type=Path, help="contact sheet to write")
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def main() -> None:
    options = arguments()
    torch.set_num_threads(options.threads)
    bundle, portraits = load(options.bundle), data.load(options.data)
    defaults, names = bundle.manifest["defaults"], bundle.manifest["au"]["names"]
    steps, guidance = options.steps or defaults["steps"], options.guidance or defaults["guidance"]
    estimator, identity = bundle.modules["au_estimator"], bundle.modules["identity"]
    changes = torch.cat([torch.zeros(1, 12), options.amount * torch.eye(12), -options.amount * torch.eye(12)])
    persons = np.linspace(max(0, portraits.persons - 100), portraits.persons - 1, options.persons).astype(int)
    effects, same, kept, ceiling, sheet = [], [], [], [], []
    for person in np.unique(persons):
        image, blank = prepared(bundle, portraits, int(person) * data.EXPRESSIONS)
        with torch.no_grad():
            portrait, attribute = bundle.modules["vae_encoder"](image), bundle.modules["vae_encoder"](blank)
            pictures = edit(bundle, portrait, attribute, changes, steps, guidance, defaults["seed"])
            values = estimator(pictures)
            effects.append(torch.stack([values[1 + k, k] - values[13 + k, k] for k in range(12)]))
            vectors = identity(torch.cat([image, pictures]))
            same.append(float((vectors[1:] @ vectors[0]).mean()))
            kept.append(psnr(pictures[:1], image))
            ceiling.append(psnr(bundle.modules["vae_decoder"](portrait), image))
        sheet.append(tile(torch.cat([image, pictures[:13]])))
    effect = torch.stack(effects)
    print(f"{len(effects)} persons, {steps} steps, guidance {guidance}, +-{options.amount}")
    for k, name in enumerate(names):
        print(f"{name:5s} right direction {100 * (effect[:, k] > 0).float().mean():5.1f} %  mean effect {effect[:, k].mean():+.2f}")
    print(f"all   right direction {100 * (effect > 0).float().mean():5.1f} %  mean effect {effect.mean():+.2f}")
    print(f"identity cosine {np.mean(same):.3f}, no-change PSNR {np.mean(kept):.2f} dB (autoencoder alone {np.mean(ceiling):.2f} dB)")
    if options.sheet:
        Image.fromarray(np.concatenate(sheet[:8], 0)).save(options.sheet)


if __name__ == "__main__":
    main()
