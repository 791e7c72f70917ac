# SPDX-License-Identifier: Apache-2.0
"""Write a tiny bundle with random weights, for tests: every module of the contract at 64 x 64 in a few hundred kB.

Only the face parser isn't random but the embedded bundle's: the program leaves out what a parser sees no face in.
"""
import argparse
import json
import shutil
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent))
from export_demo import write_bundle  # noqa: E402
from exporting.torchscript import fix_order  # noqa: E402
from networks.demo_face import FaceConfig, FaceNetworks  # noqa: E402
from networks.unet import UNet, UNetConfig  # noqa: E402
from networks.vae import Vae, VaeConfig  # noqa: E402

EMBEDDED = Path(__file__).resolve().parents[1] / "models" / "demo"


def random_parts(seed: int) -> dict:
    """The smallest networks that still have every kind of layer."""
    torch.manual_seed(seed)
    sizes = dict(block_out_channels=(8, 16), attention=(True, True), layers_per_block=1, heads=2,
                 cross_attention_dim=None, norm_num_groups=4, position=True)
    return {
        "vae": Vae(VaeConfig(block_out_channels=(8, 8, 8, 16), layers_per_block=1, norm_num_groups=4)),
        "denoiser": UNet(UNetConfig(**sizes)),
        "id_encoder": UNet(UNetConfig(**sizes, in_channels=4, action_units=0, reference_only=True)),
        "faces": FaceNetworks(FaceConfig(widths=(4, 8, 8, 8), identity=16, hidden=16)),
        "judge": FaceNetworks(FaceConfig(widths=(4, 8, 8, 8), identity=16, hidden=16)),
    }


def lend_parser(bundle: Path, lender: Path) -> None:
    """Replaces the bundle's face parser by the lender's."""
    manifests = [json.loads((folder / "bundle.json").read_text()) for folder in (bundle, lender)]
    for section in ("modules", "alignment"):
        manifests[0][section]["face_parser"] = manifests[1][section]["face_parser"]
    shutil.copyfile(lender / "face_parser.pt", bundle / "face_parser.pt")
    (bundle / "bundle.json").write_text(json.dumps(manifests[0], indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--detectors", type=Path, default=EMBEDDED,
                        help="folder with the face detector's ONNX files; without them the bundle has no detector")
    options = parser.parse_args()
    defaults = {"sampler": "ddim", "steps": 2, "guidance": 2.0, "seed": 424}
    names = {"name": "test", "version": "1", "licence": "Apache-2.0", "source": f"random weights, seed {options.seed}"}
    write_bundle(options.out, random_parts(options.seed), 64, 0.5, options.detectors, defaults, names)
    lend_parser(options.out, EMBEDDED)


if __name__ == "__main__":
    fix_order()
    main()
