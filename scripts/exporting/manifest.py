# SPDX-License-Identifier: Apache-2.0
"""The parts of a published MagicFace bundle's manifest that don't depend on the checkpoint (design: docs/bundle.md)."""
from typing import Any

from networks.bisenet import CLASSES

IMAGE_SIZE = 512
# The face box covers 352 / 1.5 of the crop's 512 pixels.
BOX_FRACTION = 352 / 1.5 / IMAGE_SIZE
AU_NAMES = [f"AU{number}" for number in (1, 2, 4, 5, 6, 9, 12, 15, 17, 20, 25, 26)]
# The later release keeps ears, earrings, neck, cloth, hair, hat and the background (section 1.4, item 5).
KEPT = {"background", "l_ear", "r_ear", "ear_r", "neck", "cloth", "hair", "hat"}
CONTOUR_COLOURS = [  # section 1.4, item 3
    [255, 0, 127], [254, 9, 121], [254, 21, 113], [254, 34, 105], [254, 43, 99], [253, 56, 91], [252, 68, 83],
    [251, 77, 77], [250, 89, 69], [249, 100, 61], [248, 112, 53], [247, 120, 47], [245, 131, 39], [243, 142, 31],
    [242, 149, 25], [240, 159, 17], [238, 169, 9],
]  # fmt: skip
CANVAS_TEMPLATE = [  # section 1.4, item 2
    [92.5892, 103.3926], [163.0636, 103.0028], [128.0504, 143.4732], [99.0986, 184.731], [157.4598, 184.4082],
]  # fmt: skip


def condition() -> dict[str, Any]:
    """How the published condition image is drawn. The release dilates nothing and draws a 17-point contour."""
    return {
        "classes": list(CLASSES),
        "blanked": [name for name in CLASSES if name not in KEPT],
        "dilation": 0,
        "jaw_reach": 0,
        "contour_points": len(CONTOUR_COLOURS),
        "colours": CONTOUR_COLOURS,
        "radius": 2,
        "canvas": 256,
        "template": CANVAS_TEMPLATE,
    }


def magicface(name: str, version: str, latent: dict[str, Any], size_multiple: int, schedule: dict[str, Any]) -> dict[str, Any]:
    """A manifest without modules, licence and source."""
    return {
        "format": 1,
        "kind": "magicface",
        "name": name,
        "version": version,
        "licence": "",
        "source": {},
        "image_size": IMAGE_SIZE,
        "size_multiple": size_multiple,
        "latent": latent,
        "au": {"names": AU_NAMES, "min": -10, "max": 10},
        "schedule": schedule,
        "defaults": {"sampler": "unipc", "steps": 50, "guidance": 1.5, "seed": 424},  # the release's
        "condition": condition(),
        "crop": {"box_fraction": BOX_FRACTION},
        "alignment": {},
        "modules": {},
    }


def join_licences(manifest: dict[str, Any]) -> None:
    """The bundle's licence line: what it says already, and every module's, each once."""
    licences = [part for module in manifest["modules"].values() for part in module.get("licence", "").split("; ")]
    manifest["licence"] = "; ".join(dict.fromkeys(part for part in [*manifest["licence"].split("; "), *licences] if part))
