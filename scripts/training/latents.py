# SPDX-License-Identifier: Apache-2.0
"""A growing pool of encoded persons for the diffusion training.

Encoding costs about as much as a training step, so it is done once per person and variant (0 as rendered, 1 mirrored),
a few persons per step, while the training draws from what is there already.
"""
import argparse
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from networks.vae import Vae
from training import common, condition, data
from training.augment import colour, surface

# Six of the twelve units move the mouth, which is five latent cells wide.
DETAILS, MOUTH = (2, 3, 4, 5), (11, 12, 13)  # brows and eyes; inner mouth and lips
FACE_WEIGHT, DETAIL_WEIGHT, MOUTH_WEIGHT = 5.0, 8.0, 14.0
RECOLOURED, RESURFACED = 0.5, 0.5  # part of the persons under other colours and light than the renderer gives, and with another skin


def inputs(portraits: data.Portraits, row: int, size: int, generator: np.random.Generator, mirror: bool) -> tuple[Tensor, Tensor]:
    """Pictures and condition images of one person's four rows [8, 3, S, S], and loss weights [4, 1, S/8, S/8]."""
    rows = np.arange(row, row + data.EXPRESSIONS)
    box = data.face_box(portraits.lm[rows]).mean(0)
    frame = data.crop_frame(data.jitter(box[None], generator, 0.08, 0.04))
    frames = torch.tensor(np.repeat(frame, data.EXPRESSIONS, 0), dtype=torch.float32)
    host = torch.device("cpu")
    images = data.sample(data.pictures(portraits, rows, host), frames, size)
    if generator.random() < RECOLOURED:
        images = colour(images, alike=True).clamp(0, 1)
    if generator.random() < RESURFACED:
        images = surface(images).clamp(0, 1)
    labels = data.sample(data.classes(portraits, rows, host), frames, size, nearest=True)[:, 0].numpy().astype(np.uint8)
    jaw, points = data.to_crop(portraits.jaw[rows], frame, size), data.to_crop(portraits.lm[rows], frame, size)
    pictures = data.to_bytes(images.permute(0, 2, 3, 1)).numpy()
    if mirror:
        pictures, labels = pictures[:, :, ::-1], labels[:, :, ::-1]
        jaw = (jaw * [-1, 1] + [size - 1, 0])[:, ::-1]
    conditions, weights = [], []
    for k in range(data.EXPRESSIONS):
        five = condition.five_points(points[k])
        if mirror:
            five = (five * [-1, 1] + [size - 1, 0])[[1, 0, 2, 4, 3]]
        conditions.append(condition.condition_image(pictures[k], labels[k], jaw[k], five))
        face = condition.mask(labels[k], jaw[k])
        weight = np.where(np.isin(labels[k], DETAILS), DETAIL_WEIGHT, np.where(face, FACE_WEIGHT, 1.0))
        weights.append(np.where(np.isin(labels[k], MOUTH), MOUTH_WEIGHT, weight))
    both = torch.from_numpy(np.concatenate([pictures, np.stack(conditions)]).copy()).permute(0, 3, 1, 2).float() / 255
    weight = torch.from_numpy(np.stack(weights)).float()[:, None]
    return both, torch.nn.functional.avg_pool2d(weight, 8)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Options of a training that draws from a pool."""
    parser.add_argument("--vae", type=Path, required=True, help="vae.pt of train_vae.py")
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--start-pool", type=int, default=96, help="persons to encode before the first step")
    parser.add_argument("--grow", type=float, default=1.5, help="persons to encode per step; each costs about a fifth of the UNets' step")


def load_vae(path: Path, device: torch.device) -> tuple[Vae, float, int]:
    """The averaged autoencoder of a checkpoint of train_vae.py, its scaling factor and its latent channels."""
    vae, state = common.load_average(path, Vae, device)
    common.normalise_by_planes(vae, device)
    return vae.to(memory_format=torch.channels_last), state["scaling_factor"], state["config"].latent_channels


def load_persons(options: argparse.Namespace) -> tuple[list[data.Portraits], list[int]]:
    """The folders of a training, and where in each the persons begin who are held out."""
    sets = [data.load(folder) for folder in options.data]
    for folder, portraits in zip(options.data, sets):
        if portraits.expressions != data.EXPRESSIONS:
            raise SystemExit(f"--data {folder}: {portraits.expressions} expressions of each person, not {data.EXPRESSIONS}; render with --expressions {data.EXPRESSIONS}")
    return sets, [data.training_rows(portraits, options.held_out) for portraits in sets]


def shuffled_persons(ends: list[int], generator: np.random.Generator) -> list[tuple[int, int]]:
    """Folder and first row of every person before the folders' `ends`, in random order."""
    rows = [(s, r) for s, end in enumerate(ends) for r in range(0, end, data.EXPRESSIONS)]
    return [rows[i] for i in generator.permutation(len(rows))]


class Growing:
    """What is made of one person after the other while a training draws from it."""

    def grow(self, persons: int) -> None:
        raise NotImplementedError

    def keep_up(self, step: int, rate: float) -> None:
        """Take in what `rate` persons per step leave for this one."""
        self.grow(int((step + 1) * rate) - int(step * rate))


class Pool(Growing):
    """Latents of the persons encoded so far, in memory."""

    def __init__(self, sets: list[data.Portraits], ends: list[int], vae: Vae, size: int, seed: int, device: torch.device) -> None:
        self.sets, self.vae, self.size, self.device = sets, vae, size, device
        self.generator = np.random.default_rng(seed)
        self.waiting = [(s, r, v) for v in (0, 1) for s, r in shuffled_persons(ends, self.generator)]
        self.latents: list[Tensor] = []
        self.weights: list[Tensor] = []
        self.au: list[Tensor] = []
        self.pictures: list[Tensor] = []  # uint8, on the processor: what a reader compares with

    @torch.no_grad()
    def grow(self, persons: int) -> None:
        """Encode the next persons; each entry is [2, 4, C, h, w]: pictures, then condition images."""
        for _ in range(min(persons, len(self.waiting))):
            chosen, row, variant = self.waiting.pop(0)
            portraits = self.sets[chosen]
            images, weight = inputs(portraits, row, self.size, self.generator, bool(variant))
            with common.autocast(self.device):
                latent = self.vae.encode(images.to(self.device, memory_format=torch.channels_last))[0].float()
            self.latents.append(latent.view(2, data.EXPRESSIONS, *latent.shape[1:]))
            self.weights.append(weight.to(self.device))
            self.au.append(torch.from_numpy(np.array(portraits.au[row : row + data.EXPRESSIONS])).float().to(self.device))
            self.pictures.append(data.to_bytes(images[: data.EXPRESSIONS]))

    def draw(self, persons: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Latents [P, 2, 4, C, h, w], weights [P, 4, 1, h, w], action units [P, 4, 12] and pictures [P, 4, 3, S, S] of random persons."""
        chosen = self.generator.integers(len(self.latents), size=persons)
        return tuple(torch.stack([values[i] for i in chosen]) for values in (self.latents, self.weights, self.au, self.pictures))
