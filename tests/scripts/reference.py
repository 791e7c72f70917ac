# SPDX-License-Identifier: Apache-2.0
"""What the parity and export tests share: reference data, networks filled by rule, checkpoint folders on disk."""
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data" / "reference"
TINY = DATA / "magicface" / "tiny"
for folder in (ROOT / "scripts", DATA):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

from weights_rule import smooth_image, state_dict  # noqa: E402

# Offsets to the reference seed, one per part of the pipeline.
PARTS = {"denoising_unet": 0, "ID_enc": 1000, "vae": 2000}
# The sum and the sum of absolutes of an array: relative to the latter.
STATS_TOLERANCE = 2e-6


def rows(file: Path) -> list:
    return json.loads(file.read_text())


def rule_state(file: Path, seed: int, gain: float = 1.0) -> dict[str, Tensor]:
    """The state dict of a keys file, in its published shapes (the rule gives counters one dimension too many)."""
    keys = rows(file)
    state = state_dict(seed, keys, gain)
    return {row[0]: state[row[0]].reshape(row[1]) for row in keys}


def face_network(name: str, network: nn.Module, keys: str = "keys.json") -> tuple[nn.Module, dict[str, np.ndarray]]:
    """A face network filled by rule, strictly, and its expected arrays."""
    expected = dict(np.load(DATA / "face" / name / "expected.npz"))
    state = rule_state(DATA / "face" / name / keys, int(expected["seed"]), float(expected["gain"]))
    network.load_state_dict(state, strict=True)
    assert list(network.state_dict()) == list(state), "parameters stand in another order than published"
    return network.eval(), expected


def picture(seed: int, height: int, width: int) -> Tensor:
    return torch.tensor(smooth_image(seed, height, width))[None]


def imagenet(image: Tensor) -> Tensor:
    mean, std = (torch.tensor(v)[:, None, None] for v in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))
    return (image - mean) / std


def difference(name: str, actual: Tensor | np.ndarray, expected: np.ndarray, tolerance: float) -> float:
    """Largest absolute difference; fails beyond the tolerance. Run pytest with -s for the table."""
    actual = np.asarray(actual.detach().float() if isinstance(actual, Tensor) else actual)
    assert actual.shape == expected.shape, name
    value = float(np.abs(actual.astype(np.float64) - expected).max())
    print(f"{name}: {value:.2e} (tolerance {tolerance:.1e})")
    assert value <= tolerance, f"{name}: {value} > {tolerance}"
    return value


def stats(name: str, actual: Tensor, expected: np.ndarray, tolerance: float = STATS_TOLERANCE) -> None:
    """Sum and sum of absolutes of a whole array."""
    value = actual.detach().double()
    got = np.array([float(value.sum()), float(value.abs().sum())])
    difference(f"{name} stats", got / expected[1], expected / expected[1], tolerance)


def stage_stats(network: nn.Module, stages: list[str], run, expected: np.ndarray) -> None:
    """Compares what the named submodules put out while `run` runs."""
    outputs, hooks = {}, []
    for stage in stages:
        module = network.get_submodule(stage)
        hooks.append(module.register_forward_hook(lambda _m, _i, out, stage=stage: outputs.__setitem__(stage, out)))
    run()
    for hook in hooks:
        hook.remove()
    for stage, row in zip(stages, expected, strict=True):
        stats(stage, outputs[stage], row)


def tiny_config() -> dict:
    return json.loads((TINY / "config.json").read_text())


def tiny_expected() -> dict[str, np.ndarray]:
    return dict(np.load(TINY / "expected.npz"))


def tiny_state(part: str) -> dict[str, Tensor]:
    return rule_state(TINY / f"{part}.keys.json", tiny_config()["seed"] + PARTS[part])


def write_checkpoints(folder: Path) -> None:
    """The tiny checkpoints in diffusers' layout, as a user would have the published ones."""
    from safetensors.torch import save_file

    config = tiny_config()
    unet = {key: config["unet"][key] for key in ("block_out_channels", "cross_attention_dim", "layers_per_block", "norm_num_groups")}
    # Deliberately odd: neither the class's name nor the sample size may matter.
    unet |= {"_class_name": "UNet2DConditionModelAug", "sample_size": 64, "attention_head_dim": config["unet"]["attention_heads"]}
    configs = {
        "denoising_unet": unet | {"in_channels": 8},
        "ID_enc": unet | {"in_channels": 4},
        "vae": config["vae"] | {"_class_name": "AutoencoderKL", "layers_per_block": 2, "latent_channels": 4, "norm_num_groups": 32},
    }
    for part, values in configs.items():
        (folder / part).mkdir(parents=True)
        (folder / part / "config.json").write_text(json.dumps(values))
        save_file(tiny_state(part), folder / part / "diffusion_pytorch_model.safetensors")
    shutil.copyfile(TINY / "end_to_end" / "prompt_embeds.npy", folder / "prompt_embeds.npy")


def export_arguments(folder: Path, out: Path, *more: str) -> list[str]:
    """The one command for a checkpoint folder."""
    return ["--magicface", str(folder), "--stable-diffusion", str(folder),
            "--prompt-embeds", str(folder / "prompt_embeds.npy"), "--out", str(out), *more]  # fmt: skip


@pytest.fixture(scope="session")
def bundle(tmp_path_factory):
    """The tiny checkpoints through the exporter, once."""
    import export_magicface  # the folder of scripts is in sys.path by now

    folder = tmp_path_factory.mktemp("exported")
    write_checkpoints(folder / "checkpoints")
    assert export_magicface.main(export_arguments(folder / "checkpoints", folder / "bundle")) == 0
    return folder / "bundle"
