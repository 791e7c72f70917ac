# SPDX-License-Identifier: Apache-2.0
"""The published arithmetic and ours on the same weights, behind one interface: what is timed against each other.

Written from the formulas (MagicFace, section III; docs/published-weights.md), on this project's own layers:
the published model's attention lets the own tokens *and* the reference's ask over both (2N x 2N) and throws the reference's
answers away; it joins and normalises the reference's features anew in every step, and reads the prompt's keys and values anew.
Ours lets the own tokens ask (N x 2N) over keys and values that were computed once per portrait.
"""
import argparse
import ctypes
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))
from exporting.checkpoints import fit, read_state  # noqa: E402
from exporting.configs import unet_config  # noqa: E402
from exporting.diffusion import ACTION_UNITS, load_vae, on_meta  # noqa: E402
from exporting.prompt import prompt_embeds  # noqa: E402
from exporting.sources import Source  # noqa: E402
from networks.attention import TransformerBlock, tokens  # noqa: E402
from networks.unet import UNet  # noqa: E402
from networks.vae import VaeDecoderModule, VaeEncoderModule  # noqa: E402


class Model(Protocol):
    """An edit in three parts. Latents are [1, 4, h, w], pictures [1, 3, H, W] in [0, 1]."""

    def prepare(self, portrait: Tensor, condition: Tensor) -> None:
        """Everything that is done once per portrait."""

    def step(self, x: Tensor, timestep: float, au: Tensor, guidance: float) -> Tensor:
        """One guided prediction for one edit au [1, 12]."""

    def decode(self, latent: Tensor) -> Tensor:
        """Latent (scaled) to picture."""


def guided(output: Tensor, guidance: float) -> Tensor:
    """Batch [with AU, without] to one prediction."""
    return output[1:] + guidance * (output[:1] - output[1:])


class PublishedAttention(nn.Module):
    """PyTorch's own attention on heads that are views, whatever ours becomes; shares the parameters of ours."""

    def __init__(self, attention: nn.Module) -> None:
        super().__init__()
        self.heads = attention.heads
        self.to_q, self.to_k, self.to_v, self.to_out = attention.to_q, attention.to_k, attention.to_v, attention.to_out

    def forward(self, hidden: Tensor, context: Tensor) -> Tensor:
        batch, count, channels = hidden.shape

        def split(x: Tensor) -> Tensor:
            return x.view(batch, -1, self.heads, channels // self.heads).transpose(1, 2)

        result = F.scaled_dot_product_attention(split(self.to_q(hidden)), split(self.to_k(context)), split(self.to_v(context)))
        return self.to_out[0](result.transpose(1, 2).reshape(batch, count, channels))


class PublishedBlock(nn.Module):
    """The published transformer block, with the parameters of ours."""

    def __init__(self, block: TransformerBlock) -> None:
        super().__init__()
        self.index = block.index
        self.norm1, self.attn1 = block.norm1, PublishedAttention(block.attn1)
        self.norm2, self.attn2 = block.norm2, PublishedAttention(block.attn2)
        self.norm3, self.ff = block.norm3, block.ff

    def forward(self, hidden: Tensor, place: Tensor, context: Tensor, reference: list[Tensor]) -> Tensor:
        own = hidden.shape[1]
        if reference:
            hidden = torch.cat([hidden, reference[self.index]], 1)
        query = self.norm1(hidden)
        hidden = (hidden + self.attn1(query, query))[:, :own]
        hidden = hidden + self.attn2(self.norm2(hidden), context)
        return hidden + self.ff(self.norm3(hidden))


def published_unet(folder: Path, part: str, action_units: int) -> UNet:
    """A whole UNet of the checkpoint, computing as published."""
    source = Source(folder, folder.name)
    config = replace(unet_config(folder / part / "config.json", action_units), reference_only=False)
    network = on_meta(UNet, config)
    file = source.weights(part)
    network.load_state_dict(fit(file, read_state(file), network), strict=True, assign=True)
    for transformer in network.transformers():
        transformer.transformer_blocks = nn.ModuleList([PublishedBlock(block) for block in transformer.transformer_blocks])
    return network.eval().requires_grad_(False)


class PublishedModel:
    """float32 and PyTorch's defaults, as the release runs in fact. Both UNets and the autoencoder stay in memory, as there; the
    text encoder, which the release keeps too, isn't counted."""

    def __init__(self, options: argparse.Namespace) -> None:
        folder, device = options.checkpoints, options.device
        vae, _, self.scaling = load_vae(Source(folder, folder.name))
        self.encoder = VaeEncoderModule(vae).to(device)
        self.decoder = VaeDecoderModule(vae).to(device)
        self.denoiser = published_unet(folder, "denoising_unet", ACTION_UNITS).to(device)
        self.id_encoder = published_unet(folder, "ID_enc", 0).to(device)
        channels = unet_config(folder / "ID_enc" / "config.json", 0).cross_attention_dim
        file = options.prompt_embeds or folder / "prompt_embeds.npy"
        self.context = prompt_embeds(file, Source(folder, folder.name), channels).to(device)

    def prepare(self, portrait: Tensor, condition: Tensor) -> None:
        latent, attribute = self.encoder(portrait), self.encoder(condition)
        collected: list[Tensor] = []
        self.id_encoder(latent, torch.zeros(1, device=latent.device), latent, self.context, [], collected)
        self.reference = [tokens(features).expand(2, -1, -1) for features in collected]
        self.attribute = attribute.expand(2, -1, -1, -1)

    def step(self, x: Tensor, timestep: float, au: Tensor, guidance: float) -> Tensor:
        both = torch.cat([torch.cat([x, x]), self.attribute], 1)
        time = torch.full((2,), timestep, device=x.device)
        units = torch.cat([au, torch.zeros_like(au)])
        context = self.context.expand(2, -1, -1)
        return guided(self.denoiser(both, time, units, context, self.reference, []), guidance)

    def decode(self, latent: Tensor) -> Tensor:
        return self.decoder(latent / self.scaling)


def layout_of(tensor: Tensor, otherwise: torch.memory_format) -> torch.memory_format:
    """Kernels and maps lie channels last."""
    return torch.channels_last if tensor.dim() == 4 else otherwise


def keep_freed_memory() -> None:
    """glibc keeps large blocks of a process instead of giving them back."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mmap_threshold, trim_threshold = -3, -1  # malloc.h
        mallopt(mmap_threshold, 1 << 30)
        mallopt(trim_threshold, 1 << 30)


class OurModel:
    """The bundle's modules, called as the program calls them (src/models/network.cpp, diffusion_model.cpp, compute.cpp)."""

    def __init__(self, options: argparse.Namespace) -> None:
        if options.library:
            torch.ops.load_library(str(options.library))
        torch._C._set_graph_executor_optimize(False)  # plain interpretation of the saved graph
        torch.set_flush_denormal(True)
        keep_freed_memory()
        self.dtype, self.device = getattr(torch, options.dtype), options.device
        self.folder = options.bundle
        self.manifest = json.loads((self.folder / "bundle.json").read_text("utf-8"))
        for name in ("vae_encoder", "vae_decoder", "id_encoder", "denoiser"):
            setattr(self, name, self.load(name))

    def load(self, name: str) -> torch.jit.ScriptModule:
        module = torch.jit.load(self.folder / self.manifest["modules"][name]["file"], map_location="cpu").eval()
        for tensor in [*module.parameters(), *module.buffers()]:
            dtype = self.dtype if tensor.is_floating_point() else tensor.dtype
            tensor.data = tensor.data.to(self.device, dtype, memory_format=layout_of(tensor, torch.preserve_format))
        return module

    def into(self, tensor: Tensor) -> Tensor:
        return tensor.to(self.device, self.dtype).contiguous(memory_format=layout_of(tensor, torch.contiguous_format))

    def prepare(self, portrait: Tensor, condition: Tensor) -> None:
        latent = self.vae_encoder(self.into(portrait)).float()
        self.attribute = self.vae_encoder(self.into(condition)).float()
        self.reference = self.id_encoder(self.into(latent))

    def step(self, x: Tensor, timestep: float, au: Tensor, guidance: float) -> Tensor:
        both = self.into(torch.cat([x, x]))
        attribute = self.into(self.attribute.expand(2, -1, -1, -1))
        time = torch.full((2,), timestep, dtype=torch.float32, device=x.device)
        units = self.into(torch.cat([au, torch.zeros_like(au)]))
        return guided(self.denoiser(both, attribute, time, units, self.reference).float(), guidance)

    def decode(self, latent: Tensor) -> Tensor:
        return self.vae_decoder(self.into(latent / self.manifest["latent"]["scaling_factor"])).float()


MODELS = {"published": PublishedModel, "ours": OurModel}
