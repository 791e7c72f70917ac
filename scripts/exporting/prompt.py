# SPDX-License-Identifier: Apache-2.0
"""The constant prompt: from a file, or once through the text encoder."""
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from .errors import ExportError
from .sources import Source

PROMPT = "A close up of a person."
TOKENS = 77
NEEDED = ("text_encoder/config.json", "tokenizer/vocab.json", "tokenizer/merges.txt")


def prompt_embeds(file: Path | None, stable_diffusion: Source, channels: int) -> Tensor:
    """The text encoder's last hidden state for the prompt, [1, 77, channels], float32."""
    if file is not None:
        try:
            array = np.asarray(np.load(file, allow_pickle=False), np.float32)
        except (OSError, ValueError, EOFError, TypeError) as failure:
            raise ExportError(f"{file}: expected a .npy array, actual: {failure}") from failure
        embeds, origin = torch.from_numpy(array), str(file)
    else:
        embeds, origin = encode(stable_diffusion.folder), str(stable_diffusion.folder / "text_encoder")
    if embeds.ndim == 2:
        embeds = embeds[None]
    expected = [1, TOKENS, channels]
    if list(embeds.shape) != expected or not bool(embeds.isfinite().all()):
        raise ExportError(f"{origin}: expected finite prompt embeddings {expected}, actual: {list(embeds.shape)}")
    return embeds


def encode(folder: Path) -> Tensor:
    """Runs the text encoder that lies beside the autoencoder."""
    for name in NEEDED:
        if not (folder / name).is_file():
            raise ExportError(f"{folder}: expected {name}, actual: none; pass --prompt-embeds FILE.npy instead")
    try:
        from transformers import CLIPTextModel, CLIPTokenizer
    except ImportError as failure:
        raise ExportError(
            "the prompt needs the text encoder: pip install transformers, or pass --prompt-embeds FILE.npy"
        ) from failure
    try:
        tokenizer = CLIPTokenizer.from_pretrained(folder, subfolder="tokenizer", local_files_only=True)
        encoder = CLIPTextModel.from_pretrained(folder, subfolder="text_encoder", local_files_only=True).float().eval()
    except Exception as failure:  # of several libraries, which have no error in common
        reason = (str(failure).splitlines() or [type(failure).__name__])[0]
        raise ExportError(f"{folder}: expected Stable Diffusion's text_encoder/ and tokenizer/, actual: {reason}") from failure
    # A tokenizer that finds no vocabulary makes one of two tokens, without an error.
    if len(tokenizer) != encoder.config.vocab_size:
        raise ExportError(f"{folder}: expected a tokenizer of the text encoder's {encoder.config.vocab_size} tokens, actual: {len(tokenizer)}")
    words = tokenizer(PROMPT, padding="max_length", max_length=TOKENS, truncation=True, return_tensors="pt")
    with torch.inference_mode():
        return encoder(words.input_ids).last_hidden_state.clone()
