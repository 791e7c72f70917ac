# SPDX-License-Identifier: Apache-2.0
"""Write the demo bundle: TorchScript modules in half precision, the detector's files and bundle.json.

The contract is docs/bundle.md's: modules take and give RGB in [0, 1], and hold no dtype or device.
"""
import argparse
import json
import shutil
import sys
from pathlib import Path

import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parent))
from exporting.bundle import digest, save_module  # noqa: E402
from exporting.torchscript import fix_order  # noqa: E402
from networks import demo_face, unet, vae  # noqa: E402
from networks.compact import compact  # noqa: E402
from training import common, condition, data  # noqa: E402

ACTION_UNITS = ["AU1", "AU2", "AU4", "AU5", "AU6", "AU9", "AU12", "AU15", "AU17", "AU20", "AU25", "AU26"]
DETECTORS = (("face_detection_yunet_2022mar.onnx", "<4.8"), ("face_detection_yunet_2023mar.onnx", ">=4.8"))
LATENT_MODULES = ("vae_decoder", "denoiser", "id_encoder")
JUDGES_MODULES = ("au_estimator", "identity")


def write_modules(out: Path, modules: dict[str, nn.Module], image_size: int, judges_block: int) -> dict:
    """Script and save every module in half precision, the judge's large layers in eight bits; returns the manifest's `modules`.

    The judge's modules take in blocks of `judges_block` pixels a side, and so see a larger picture.
    """
    sizes = dict.fromkeys(LATENT_MODULES, image_size // 8) | dict.fromkeys(JUDGES_MODULES, image_size * judges_block)
    entries = {}
    for name, module in modules.items():
        size = sizes.get(name, image_size)
        stored = compact(module) if name in JUDGES_MODULES else module
        entries[name] = save_module(torch.jit.script(stored.eval().half()), out / f"{name}.pt") | {"input_size": size}
    return entries


def detector_entry(out: Path, source: Path) -> dict | None:
    """Copy the detector's files next to the modules; None where they are not at hand."""
    files = []
    for name, version in DETECTORS:
        if not (source / name).exists():
            return None
        if (source / name).resolve() != (out / name).resolve():
            shutil.copyfile(source / name, out / name)
        files.append(digest(out / name) | {"opencv": version})
    return {"files": files}


def manifest(image_size: int, latent_channels: int, scaling_factor: float, modules: dict, defaults: dict, names: dict,
             timestep_shift: float, zero_keeps_expression: bool) -> dict:
    """bundle.json's content; `names` gives name, version, licence and source."""
    alignment = {"type": "box", "box_fraction": data.BOX_FRACTION}
    return {
        "format": 1, "kind": "magicface", **names,
        "image_size": image_size, "size_multiple": 8,
        "latent": {"channels": latent_channels, "factor": 8, "scaling_factor": scaling_factor},
        "au": {"names": ACTION_UNITS, "min": -10, "max": 10, "zero_keeps_expression": zero_keeps_expression},
        "schedule": {"train_timesteps": 1000, "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
                     "prediction_type": "v_prediction", "steps_offset": 1, "set_alpha_to_one": False, "timestep_spacing": "trailing",
                     "timestep_shift": timestep_shift},
        "defaults": defaults, "condition": condition.manifest(image_size),
        "crop": {"box_fraction": data.BOX_FRACTION},
        "alignment": {name: alignment for name in modules if name in FACE_MODULES},
        "modules": modules,
    }


FACE_MODULES = ("face_parser", "landmarks", "neutral_jaw", "au_estimator", "head_pose", "identity")


def write_bundle(out: Path, parts: dict, image_size: int, scaling_factor: float, detectors: Path, defaults: dict, names: dict,
                 timestep_shift: float = 1.0, zero_keeps_expression: bool = False) -> None:
    """Write a bundle from the networks `denoiser`, `id_encoder`, `vae`, `faces` and `judge`."""
    out.mkdir(parents=True, exist_ok=True)
    modules = {
        "vae_encoder": vae.VaeEncoderModule(parts["vae"]),
        "vae_decoder": vae.VaeDecoderModule(parts["vae"]),
        "id_encoder": unet.IdEncoderModule(parts["id_encoder"], parts["denoiser"]),
        "denoiser": unet.DenoiserModule(parts["denoiser"]),
        **demo_face.bundle_modules(parts["faces"], parts["judge"]),
    }
    entries = write_modules(out, modules, image_size, parts["judge"].trunk.block)
    detector = detector_entry(out, detectors)
    if detector is not None:
        entries["face_detector"] = detector
    latent_channels = parts["vae"].post_quant_conv.in_channels
    content = manifest(image_size, latent_channels, scaling_factor, entries, defaults, names, timestep_shift, zero_keeps_expression)
    (out / "bundle.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def trained_parts(runs: Path) -> tuple[dict, float]:
    """The averaged networks of the training runs in RUNS/{vae,diffusion,faces,judge}."""
    host = torch.device("cpu")
    autoencoder, state = common.load_average(runs / "vae" / "vae.pt", vae.Vae, host)
    factor = state["scaling_factor"]
    state = torch.load(runs / "diffusion" / "diffusion.pt", map_location=host, weights_only=False)
    denoiser, encoder = (unet.UNet(c) for c in state["configs"])
    pair = nn.ModuleDict({"denoiser": denoiser, "id_encoder": encoder})
    pair.load_state_dict(state["average"])
    factor = state.get("scaling_factor", factor)
    faces = {name: common.load_average(runs / name / "faces.pt", demo_face.FaceNetworks, host)[0] for name in ("faces", "judge")}
    for network in (autoencoder, *faces.values()):
        network.requires_grad_(True)  # as their files always said: equal networks, equal bytes
    return {"vae": autoencoder, "denoiser": denoiser, "id_encoder": encoder, **faces}, factor


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=Path, required=True, help="folder with vae/, diffusion/, faces/ and judge/ of the training scripts")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--detectors", type=Path, help="folder with the detector's ONNX files (default: --out)")
    parser.add_argument("--version", default="1")
    parser.add_argument("--sampler", default="ddim")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--shift", type=float, default=1.0, help="gathers the timesteps at the noisy end")
    parser.add_argument("--guidance", type=float, default=2.0)
    parser.add_argument("--noise-scale", type=float, default=1.0)
    options = parser.parse_args()
    parts, factor = trained_parts(options.runs)
    defaults = {"sampler": options.sampler, "steps": options.steps, "guidance": options.guidance, "seed": 424, "noise_scale": options.noise_scale}
    names = {"name": "demo", "version": options.version, "licence": "Apache-2.0 (face detector: MIT)",
             "source": "trained on rendered faces by scripts/training, exported by scripts/export_demo.py"}
    write_bundle(options.out, parts, 128, factor, options.detectors or options.out, defaults, names, options.shift, zero_keeps_expression=True)
    total = sum(p.stat().st_size for p in options.out.iterdir())
    print(f"{options.out}: {total / 1e6:.1f} MB")


if __name__ == "__main__":
    fix_order()
    main()
