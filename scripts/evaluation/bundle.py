# SPDX-License-Identifier: Apache-2.0
"""A bundle's modules in Python, used as the program uses them."""
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from training import condition, data, schedule


READERS = ("au_estimator", "identity", "head_pose")


@dataclass
class Bundle:
    """A bundle's manifest and its modules in float32."""

    folder: Path
    manifest: dict
    modules: dict[str, torch.jit.ScriptModule]

    @property
    def size(self) -> int:
        return self.manifest["image_size"]

    @property
    def finest(self) -> int:
        """Pixels a side that the network with the sharpest eye sees."""
        return max(self.manifest["modules"][name]["input_size"] for name in READERS)

    def read(self, name: str, pictures: Tensor) -> Tensor:
        """What a face network says of pictures [N, 3, S, S] of any size; it sees them in its own."""
        return self.modules[name](resized(pictures, self.manifest["modules"][name]["input_size"]))

    @property
    def factor(self) -> float:
        return self.manifest["latent"]["scaling_factor"]

    @property
    def megabytes(self) -> float:
        return sum(file.stat().st_size for file in self.folder.iterdir()) / 1e6


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
    return Bundle(folder, manifest, modules)


def resized(pictures: Tensor, size: int) -> Tensor:
    """Square pictures with `size` pixels a side: averages of more, or curves through fewer."""
    if pictures.shape[3] == size:
        return pictures
    if pictures.shape[3] > size:
        return F.interpolate(pictures, (size, size), mode="area")
    return F.interpolate(pictures, (size, size), mode="bicubic", align_corners=False).clamp(0, 1)


def same_crop(pictures: Tensor, frame: np.ndarray, size: int, nearest: bool = False) -> Tensor:
    """One crop [3] of all pictures [N, C, H, W]: [N, C, S, S]."""
    frames = torch.tensor(np.repeat(frame[None], len(pictures), 0), dtype=torch.float32)
    return data.sample(pictures, frames, size, nearest)


def crops(portraits: data.Portraits, rows: np.ndarray, frame: np.ndarray, size: int) -> tuple[Tensor, np.ndarray]:
    """The same crop [3] of some rows: pictures [N, 3, S, S] and class maps [N, S, S]."""
    host = torch.device("cpu")
    labels = same_crop(data.classes(portraits, rows, host), frame, size, nearest=True)[:, 0].numpy()
    return same_crop(data.pictures(portraits, rows, host), frame, size), labels


@torch.no_grad()
def condition_of(bundle: Bundle, image: Tensor) -> tuple[Tensor, np.ndarray]:
    """Condition image [1, 3, S, S] of a crop by the bundle's own networks, and what it blanks [S, S]."""
    labels = bundle.modules["face_parser"](image).argmax(1)[0].numpy().astype(np.uint8)
    jaw = bundle.modules["neutral_jaw"](image)[0].numpy()
    points = condition.five_points(bundle.modules["landmarks"](image)[0].numpy())
    picture = data.to_bytes(image[0].permute(1, 2, 0)).numpy()
    blank = condition.condition_image(picture, labels, jaw, points)
    return torch.from_numpy(blank).permute(2, 0, 1)[None].float() / 255, condition.mask(labels, jaw)


@torch.no_grad()
def edit(bundle: Bundle, image: Tensor, blank: Tensor, au: Tensor, steps: int, guidance_scale: float, noise_scale: float, seed: int) -> Tensor:
    """Edited pictures [N, 3, S, S] of one crop and its condition image for action-unit variations [N, 12]."""
    encoder, denoiser = bundle.modules["vae_encoder"], bundle.modules["denoiser"]
    portrait, attribute = encoder(image), encoder(blank)
    reference = bundle.modules["id_encoder"](portrait)
    noise = noise_scale * torch.randn(portrait.shape, generator=torch.Generator().manual_seed(seed)).expand(len(au), -1, -1, -1)

    def predict(x: Tensor, t: Tensor, with_au: bool) -> Tensor:
        return denoiser(x, attribute, t, au if with_au else torch.zeros_like(au), reference)

    spaced = bundle.manifest["schedule"]
    visited = schedule.timesteps(steps, spaced.get("timestep_spacing", "leading"), spaced.get("timestep_shift", 1.0))
    latents = schedule.ddim(predict, noise, visited, guidance_scale)
    return bundle.modules["vae_decoder"](latents / bundle.factor)
