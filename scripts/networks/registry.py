# SPDX-License-Identifier: Apache-2.0
"""The published face networks by their name in a bundle: how to build, load, align and credit each."""
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import nn

from .bisenet import BiSeNet, FaceParserModule
from .facenet import FaceNet, IdentityModule
from .fan import Fan, LandmarksModule
from .libreface import ActionUnitModule, ActionUnitNet
from .sixdrepnet import HeadPoseModule, SixDRepNet


@dataclass(frozen=True)
class FaceNetwork:
    """One face module of a bundle and the published file that fills it."""

    build: Callable[[], nn.Module]  # network with the published parameter names
    module: Callable[[nn.Module], nn.Module]  # its bundle form
    input_size: int  # side in pixels of the module's input
    alignment: dict[str, Any]  # how the program cuts that input from the picture
    source: str
    licence: str
    inside: tuple[str, ...] = ()  # keys under which the checkpoint may keep its state dict
    skipped: tuple[str, ...] = ()  # prefixes of entries that the file may hold and the network doesn't need
    traced: bool = False  # its code picks parts by name, which scripting can't follow
    notice: str | None = None  # file of licence text that is shown before the export goes on
    outputs: tuple[int, ...] = ()  # output shape behind the batch, for the check after export


FACE_NETWORKS = {
    # The published parser sees the editor's crop whole, so it is aligned as that crop is.
    "face_parser": FaceNetwork(
        BiSeNet, FaceParserModule, 512, {"type": "box", "box_fraction": 352 / 1.5 / 512},
        "zllrunning/face-parsing.PyTorch, 79999_iter.pth (trained on CelebAMask-HQ)", "MIT (code; weights: see source)",
        outputs=(19, 512, 512),
    ),
    "landmarks": FaceNetwork(
        Fan, LandmarksModule, 256, {"type": "fan"},
        "1adrianb/face-alignment, 2DFAN-4", "BSD-3-Clause (code; weights: see source)",
        traced=True, outputs=(68, 2),
    ),
    # `classifier_2` is the combined model's presence head, which the tool doesn't show.
    "au_estimator": FaceNetwork(
        ActionUnitNet, ActionUnitModule, 256, {"type": "ffhq_quad"},
        "ihp-lab/LibreFace, action-unit intensity, ResNet-18 student",
        "USC research licence: non-commercial (LICENCE-libreface.txt)",
        inside=("model",), skipped=("classifier_2.",), notice="LICENCE-libreface.txt", outputs=(12,),
    ),
    # Trained on faces of MTCNN with a margin of 32 of 160 pixels: the box's share is 128 / 160.
    "identity": FaceNetwork(
        FaceNet, IdentityModule, 160, {"type": "box", "box_fraction": 0.8},
        "timesler/facenet-pytorch, InceptionResnetV1", "MIT (code; weights: see source)",
        skipped=("logits.",), outputs=(512,),
    ),
    # Published use: the face box enlarged by a fifth of its size on every side, 1 / 1.4.
    "head_pose": FaceNetwork(
        SixDRepNet, HeadPoseModule, 224, {"type": "box", "box_fraction": 1 / 1.4},
        "thohemp/6DRepNet, RepVGG-B1g2 deployed", "MIT (code; weights: see source)",
        inside=("model_state_dict", "state_dict"), outputs=(3,),
    ),
}  # fmt: skip
