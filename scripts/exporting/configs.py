# SPDX-License-Identifier: Apache-2.0
"""Sizes and schedule from the `config.json` files beside published weights."""
import json
from pathlib import Path
from typing import Any

from networks.unet import UNetConfig
from networks.vae import VaeConfig

from .errors import ExportError

# What this project's UNet and autoencoder compute. A file that says otherwise would load and give wrong pictures.
UNET_FIXED = {
    "act_fn": "silu", "flip_sin_to_cos": True, "freq_shift": 0, "use_linear_projection": False, "norm_eps": 1e-5,
    "center_input_sample": False, "downsample_padding": 1, "mid_block_scale_factor": 1, "only_cross_attention": False,
    "dual_cross_attention": False, "class_embed_type": None, "num_class_embeds": None, "addition_embed_type": None,
    "encoder_hid_dim": None, "resnet_time_scale_shift": "default", "time_embedding_type": "positional",
    "conv_in_kernel": 3, "conv_out_kernel": 3, "transformer_layers_per_block": 1, "attention_type": "default",
    "mid_block_type": "UNetMidBlock2DCrossAttn", "timestep_post_act": None, "time_cond_proj_dim": None,
}  # fmt: skip
VAE_FIXED = {"act_fn": "silu", "in_channels": 3, "out_channels": 3, "shift_factor": None, "use_quant_conv": True,
             "use_post_quant_conv": True, "mid_block_add_attention": True}  # fmt: skip
SCHEDULE = {  # Stable Diffusion 1.5's own
    "train_timesteps": 1000, "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
    "prediction_type": "epsilon", "steps_offset": 1, "set_alpha_to_one": False,
}  # fmt: skip


def read_json(file: Path) -> dict[str, Any]:
    """A JSON object. Raises ExportError naming the file."""
    try:
        value = json.loads(file.read_text("utf-8"))
    except OSError as failure:
        raise ExportError(f"{file}: can't be read: {failure.strerror}") from failure
    except ValueError as failure:
        raise ExportError(f"{file}: expected JSON, actual: {failure}") from failure
    if not isinstance(value, dict):
        raise ExportError(f"{file}: expected a JSON object, actual: {type(value).__name__}")
    return value


def expect(file: Path, config: dict[str, Any], fixed: dict[str, Any]) -> None:
    """Every stated value must be the one that this project computes; unstated ones are the library's defaults."""
    for key, wanted in fixed.items():
        if config.get(key, wanted) != wanted:
            raise ExportError(f"{file}: key '{key}': expected {wanted!r}, actual: {config[key]!r}")


def sizes(file: Path, config: dict[str, Any], key: str, default: Any, kind: type = int) -> Any:
    """A positive integer, or with `kind=list` a tuple of them."""
    value = config.get(key, default)
    values = value if kind is list else [value]
    if not isinstance(values, (list, tuple)) or not values or any(type(v) is not int or v < 1 for v in values):
        wanted = "a list of positive integers" if kind is list else "a positive integer"
        raise ExportError(f"{file}: key '{key}': expected {wanted}, actual: {value!r}")
    return tuple(values) if kind is list else value


def unet_config(file: Path, action_units: int) -> UNetConfig:
    """The UNet's sizes; `_class_name` and `sample_size` don't matter."""
    config = read_json(file)
    expect(file, config, UNET_FIXED)
    widths = sizes(file, config, "block_out_channels", [320, 640, 1280, 1280], list)
    down = config.get("down_block_types", ["CrossAttnDownBlock2D"] * (len(widths) - 1) + ["DownBlock2D"])
    names = {"CrossAttnDownBlock2D": True, "DownBlock2D": False}
    if len(down) != len(widths) or any(name not in names for name in down):
        raise ExportError(f"{file}: key 'down_block_types': expected {len(widths)} of {list(names)}, actual: {down}")
    mirrored = [name.replace("Down", "Up") for name in reversed(down)]
    if config.get("up_block_types", mirrored) != mirrored:
        raise ExportError(f"{file}: key 'up_block_types': expected {mirrored}, actual: {config['up_block_types']}")
    # Published files keep the number of heads under the name attention_head_dim.
    heads = "num_attention_heads" if config.get("num_attention_heads") is not None else "attention_head_dim"
    return UNetConfig(
        in_channels=sizes(file, config, "in_channels", 4),
        out_channels=sizes(file, config, "out_channels", 4),
        block_out_channels=widths,
        attention=tuple(names[name] for name in down),
        layers_per_block=sizes(file, config, "layers_per_block", 2),
        heads=sizes(file, config, heads, 8),
        cross_attention_dim=sizes(file, config, "cross_attention_dim", 768),
        norm_num_groups=sizes(file, config, "norm_num_groups", 32),
        action_units=action_units,
    )


def vae_config(file: Path) -> tuple[VaeConfig, float]:
    """The autoencoder's sizes and its scaling factor."""
    config = read_json(file)
    expect(file, config, VAE_FIXED)
    scaling = config.get("scaling_factor", 0.18215)  # SD 1.5's own config predates the key
    if not isinstance(scaling, (int, float)) or not scaling > 0:
        raise ExportError(f"{file}: key 'scaling_factor': expected a positive number, actual: {scaling!r}")
    return VaeConfig(
        block_out_channels=sizes(file, config, "block_out_channels", [128, 256, 512, 512], list),
        layers_per_block=sizes(file, config, "layers_per_block", 2),
        latent_channels=sizes(file, config, "latent_channels", 4),
        norm_num_groups=sizes(file, config, "norm_num_groups", 32),
    ), float(scaling)


def schedule(file: Path) -> dict[str, Any]:
    """The manifest's schedule from `scheduler_config.json`, or Stable Diffusion 1.5's where there is none."""
    if not file.exists():
        return dict(SCHEDULE)
    config = read_json(file)
    config["train_timesteps"] = config.get("num_train_timesteps", SCHEDULE["train_timesteps"])
    result = {key: config.get(key, default) for key, default in SCHEDULE.items()}
    choices = {"beta_schedule": ("scaled_linear", "linear"), "prediction_type": ("epsilon", "v_prediction", "sample")}
    if "timestep_spacing" in config:  # else DDIM's own default, which the program has too
        result["timestep_spacing"] = config["timestep_spacing"]
        choices["timestep_spacing"] = ("leading", "trailing")
    for key, allowed in choices.items():
        if result[key] not in allowed:
            raise ExportError(f"{file}: key '{key}': expected one of {', '.join(allowed)}, actual: {result[key]!r}")
    for key in ("trained_betas", "thresholding", "rescale_betas_zero_snr"):
        if config.get(key):
            raise ExportError(f"{file}: key '{key}': expected none, actual: {config[key]!r}")
    return result
