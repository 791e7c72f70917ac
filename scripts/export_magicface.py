# SPDX-License-Identifier: Apache-2.0
"""Makes a bundle from the published MagicFace weights and Stable Diffusion 1.5's autoencoder.

    python scripts/export_magicface.py --magicface mengtingwei/magicface \\
        --stable-diffusion stable-diffusion-v1-5/stable-diffusion-v1-5 --out models/magicface

Folders work offline. docs/published-weights.md says which files, their licences and what they need.
"""
import argparse
import sys
from functools import partial
from pathlib import Path

import torch

from exporting import manifest as manifests
from exporting.bundle import digest, save_manifest, save_module, write_new
from exporting.configs import schedule
from exporting.diffusion import Diffusion, build
from exporting.errors import ExportError
from exporting.faces import add_arguments, add_faces, chosen
from exporting.prompt import prompt_embeds
from exporting.sources import MAGICFACE_FILES, PROMPT_FILES, STABLE_DIFFUSION_FILES, Source, locate
from exporting.torchscript import fix_order

DTYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
MAGICFACE_LICENCE = "MagicFace weights: terms of their repository (none stated in the release read)"
STABLE_DIFFUSION_LICENCE = "CreativeML Open RAIL-M (Stable Diffusion 1.5, and what is derived from it)"


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--magicface", required=True, metavar="DIR|ID", help="holds denoising_unet/ and ID_enc/")
    parser.add_argument(
        "--stable-diffusion", required=True, metavar="DIR|ID", help="holds vae/, and maybe scheduler/, text_encoder/, tokenizer/"
    )
    parser.add_argument("--prompt-embeds", type=Path, metavar="FILE.npy", help="[1, 77, channels]; instead of the text encoder")
    parser.add_argument("--dtype", choices=DTYPES, default="float32", help="what the weights are stored in (default float32)")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the bundle's folder; new or empty")
    parser.add_argument("--overwrite", action="store_true", help="replace a bundle that is at --out")
    parser.add_argument("--name", default="magicface", help="the bundle's name (default magicface)")
    parser.add_argument("--bundle-version", default="1", metavar="TEXT", help="the bundle's version (default 1)")
    add_arguments(parser)
    return parser.parse_args(arguments)


def save_modules(diffusion: Diffusion, magicface: Source, stable_diffusion: Source, folder: Path, manifest: dict) -> None:
    """Scripts and writes the four diffusion modules, one after the other."""
    for name, module in diffusion.modules.items():
        print(f"{name}: writing", file=sys.stderr)
        is_vae = name.startswith("vae")
        entry = save_module(torch.jit.script(module), folder / f"{name}.pt")
        entry["licence"] = STABLE_DIFFUSION_LICENCE if is_vae else f"{STABLE_DIFFUSION_LICENCE}; {MAGICFACE_LICENCE}"
        entry["source"] = stable_diffusion.label if is_vae else magicface.label
        manifest["modules"][name] = entry


def export(options: argparse.Namespace, folder: Path) -> None:
    """Everything that belongs into the new bundle's folder."""
    needs_text = [] if options.prompt_embeds else PROMPT_FILES
    magicface = locate(options.magicface, MAGICFACE_FILES)
    stable_diffusion = locate(options.stable_diffusion, STABLE_DIFFUSION_FILES + needs_text)
    times = schedule(stable_diffusion.folder / "scheduler" / "scheduler_config.json")
    prompt = partial(prompt_embeds, options.prompt_embeds, stable_diffusion)
    diffusion = build(magicface, stable_diffusion, prompt, DTYPES[options.dtype])
    manifest = manifests.magicface(
        options.name, options.bundle_version, diffusion.latent, diffusion.size_multiple, times
    )
    manifest["source"] = {
        "script": "scripts/export_magicface.py",
        "torch": torch.__version__,
        "dtype": options.dtype,
        "files": {part: digest(source.weights(part)) for source, part in
                  ((magicface, "denoising_unet"), (magicface, "ID_enc"), (stable_diffusion, "vae"))},
    }  # fmt: skip
    save_modules(diffusion, magicface, stable_diffusion, folder, manifest)
    del diffusion
    add_faces(chosen(options), options.face_detector, folder, manifest)
    save_manifest(manifest, folder)


def main(arguments: list[str] | None = None) -> int:
    options = parse(arguments)
    try:
        write_new(options.out, partial(export, options), options.overwrite)
    except (ExportError, OSError) as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    print(options.out)
    return 0


if __name__ == "__main__":
    fix_order()
    sys.exit(main())
