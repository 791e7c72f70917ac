# SPDX-License-Identifier: Apache-2.0
"""Where the published files come from: a folder, or a repository of the Hugging Face Hub."""
import re
from dataclasses import dataclass
from pathlib import Path

from .errors import ExportError

# Only what an export reads; the repositories hold the same weights in several formats.
MAGICFACE_FILES = [f"{part}/{name}" for part in ("denoising_unet", "ID_enc")
                   for name in ("config.json", "diffusion_pytorch_model.safetensors")]  # fmt: skip
STABLE_DIFFUSION_FILES = ["vae/config.json", "vae/diffusion_pytorch_model.safetensors", "scheduler/*.json"]
PROMPT_FILES = ["text_encoder/config.json", "text_encoder/model.safetensors", "tokenizer/*"]
WEIGHTS = ("diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.bin")


@dataclass(frozen=True)
class Source:
    """A folder with the files, and how to name it in the manifest."""

    folder: Path
    label: str

    def weights(self, part: str) -> Path:
        """The weight file of a part ("vae"). Raises ExportError where there is none."""
        for name in WEIGHTS:
            if (self.folder / part / name).is_file():
                return self.folder / part / name
        raise ExportError(f"{self.folder / part}: expected {' or '.join(WEIGHTS)}, actual: neither")


def locate(place: str, files: list[str]) -> Source:
    """A folder as it is; a Hub id ("owner/name", optionally "@revision") through huggingface_hub.

    A download shows its progress, resumes, and is checked against the repository's hashes by that library.
    """
    if Path(place).is_dir():
        # The folder's name and no path: a manifest travels, and must not carry the machine it was made on.
        return Source(Path(place), Path(place).resolve().name)
    match = re.fullmatch(r"([\w.-]+/[\w.-]+)(?:@([\w./-]+))?", place)
    if not match:
        raise ExportError(f"{place}: expected a folder or a Hub id such as mengtingwei/magicface, actual: neither")
    try:
        from huggingface_hub import snapshot_download
    except ImportError as failure:
        raise ExportError(
            f"{place}: no such folder, and to download a Hub id huggingface_hub is needed: "
            "pip install huggingface_hub, or pass a folder that holds the files"
        ) from failure
    try:
        folder = Path(snapshot_download(match[1], revision=match[2], allow_patterns=files))
    except Exception as failure:  # network, hub and file errors come from several libraries
        raise ExportError(f"{place}: download failed (run again to resume): {failure}") from failure
    # The cache names its snapshot folders by commit.
    return Source(folder, f"{match[1]}@{folder.name}")
