# SPDX-License-Identifier: Apache-2.0
"""Make checkpoints that trainings can start from (`--start`, `--reader`, `--faces`) out of a demo bundle's own files.

Checkpoints hold optimizers and don't fit into the repository; what a bundle ships are the averaged weights, in half precision.
Writes OUT/{vae/vae.pt,diffusion/diffusion.pt,faces/faces.pt,judge/faces.pt}, or those of `--parts`. Heads that no module uses are new.
An older version's judge can be a newer one's reader: `git show COMMIT:models/demo/FILE` brings its files back.
"""
import argparse
import json
import math
import sys
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from networks.compact import restored  # noqa: E402
from networks.demo_face import FaceNetworks  # noqa: E402
from networks.unet import UNet  # noqa: E402
from networks.vae import Vae  # noqa: E402
from training import common, train_diffusion, train_face, train_vae  # noqa: E402

State = dict[str, Tensor]
# Of every module of the bundle: its own prefixes, and the training form's.
FACES = {
    "face_parser": {"trunk": "trunk", "head": "parser"},
    "landmarks": {"head": "points"},
    "neutral_jaw": {"head": "jaw"},
    "head_pose": {"head": "pose"},
}
JUDGE = {"au_estimator": {"trunk": "trunk", "points": "points", "head": "action_units"}, "identity": {"head": "identity"}}
UNETS = {"denoiser": {"denoiser": "denoiser"}, "id_encoder": {"encoder": "id_encoder"}}
AUTOENCODER = {name: {part: part for part in ("encoder", "quant_conv", "decoder", "post_quant_conv", "luminance")} for name in ("vae_encoder", "vae_decoder")}


def state_of(file: Path) -> State:
    """A TorchScript file's parameters and buffers, floating ones in float32."""
    module = torch.jit.load(str(file), map_location="cpu")
    return restored({name: value.float() if value.is_floating_point() else value for name, value in module.state_dict().items()})


def gathered(bundle: Path, parts: dict[str, dict[str, str]]) -> State:
    """The entries of some modules of the bundle under the training form's names."""
    result = {}
    for module, prefixes in parts.items():
        for name, value in state_of(bundle / f"{module}.pt").items():
            first, _, rest = name.partition(".")
            if first in prefixes:
                result[f"{prefixes[first]}.{rest}"] = value
    return result


def filled(network: nn.Module, state: State, new: tuple[str, ...] = ()) -> State:
    """The network's whole state with the bundle's values; only parts that begin with one of `new` may be missing there."""
    wanted = network.state_dict()
    missing = [name for name in wanted if name not in state and not name.startswith(new)]
    unknown = [name for name in state if name not in wanted or wanted[name].shape != state[name].shape]
    if missing or unknown:
        raise SystemExit(f"the bundle's networks have other layers than scripts/training makes: missing {missing[:3]}, unknown {unknown[:3]}")
    return wanted | state


def autoencoder(bundle: Path, latent: dict, smoke: bool) -> dict:
    config, state = train_vae.SMOKE if smoke else train_vae.DEMO, gathered(bundle, AUTOENCODER)
    side = math.isqrt(len(state["luminance.basis"]) + 1) if "luminance.basis" in state else 0  # up to version 18 there was none
    config = replace(config, latent_channels=latent["channels"], luminance_side=side)
    return {"average": filled(Vae(config), state), "config": config, "scaling_factor": latent["scaling_factor"]}


def unets(bundle: Path, latent: dict, smoke: bool) -> dict:
    state = gathered(bundle, UNETS)
    keeps = "denoiser.kept.query.weight" in state  # not up to version 18
    configs = tuple(replace(config, keeps=keeps) for config in train_diffusion.configs("smoke" if smoke else "demo", latent["channels"]))
    pair = nn.ModuleDict(dict(zip(("denoiser", "id_encoder"), map(UNet, configs))))
    return {"average": filled(pair, state), "configs": configs, "scaling_factor": latent["scaling_factor"]}


def tools(bundle: Path, _: dict, smoke: bool) -> dict:
    config = train_face.configs(smoke)[0]
    return {"average": filled(FaceNetworks(config), gathered(bundle, FACES), ("action_units.", "identity.")), "config": config}


def judge(bundle: Path, _: dict, smoke: bool) -> dict:
    state = gathered(bundle, JUDGE)
    found = {
        "fine": len(state.get("action_units.features.fine.0.weight", ())),  # up to version 7 there was none
        "close": "trunk.close.body.0.0.weight" in state,  # nor this up to version 10
        "hidden": len(state["action_units.body.0.weight"]),  # half as many up to version 15
        "enlarged": len(state.get("action_units.close_ups.eye.weight", ())),  # up to version 11
        "finer": len(state.get("action_units.close_ups.finer.eye.weight", ())),  # up to version 14, as the next two
        "deep": "trunk.level2.2.body.0.0.weight" in state,
        "weighed": "action_units.weighed.body.0.weight" in state,  # up to version 16
        "block": math.isqrt(state["trunk.level1.0.weight"].shape[1] // 3),
    }
    config = replace(train_face.configs(smoke)[1], **found)
    return {"average": filled(FaceNetworks(config), state, ("parser.", "jaw.", "pose.")), "config": config}


CHECKPOINTS = {"vae": (autoencoder, "vae.pt"), "diffusion": (unets, "diffusion.pt"), "faces": (tools, "faces.pt"), "judge": (judge, "faces.pt")}


def recover(bundle: Path, out: Path, parts: list[str], smoke: bool) -> None:
    latent = json.loads((bundle / "bundle.json").read_text(encoding="utf-8"))["latent"]
    for part in parts:
        make, file = CHECKPOINTS[part]
        (out / part).mkdir(parents=True, exist_ok=True)
        common.save(out / part / file, **make(bundle, latent, smoke))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--parts", nargs="+", choices=CHECKPOINTS, default=list(CHECKPOINTS))
    parser.add_argument("--smoke", action="store_true", help="the bundle was made by smoke runs")
    options = parser.parse_args()
    recover(options.bundle, options.out, options.parts, options.smoke)


if __name__ == "__main__":
    main()
