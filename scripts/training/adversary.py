# SPDX-License-Identifier: Apache-2.0
"""A critic that learns to tell drawn pictures from true ones, piece by piece, while a decoder learns to pass for true.

Where an answer is unsure (teeth or a dark mouth, hairs of a brow) every distance to the true picture is least for the mean of
all that it may be, which is fog. A critic has never seen fog in a true picture. Hinge loss and a weight that follows the other
losses' gradients, as in latent diffusion's own autoencoder (arXiv 2012.09841, sec. 3.2 and eq. 7).
"""
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training import common

WARM_UP = 300  # steps that the critic learns before anybody listens


def edges(pictures: Tensor) -> Tensor:
    """Pictures without what is broader than nine pixels."""
    return pictures - F.avg_pool2d(F.pad(pictures, [4, 4, 4, 4], mode="reflect"), 9, 1)


class Critic(nn.Module):
    """Of pictures [B, 3, S, S] in [-1, 1] what it thinks of each 8 x 8 piece and its surroundings [B, 1, S/8, S/8]: positive is true.

    It is shown the edges, too: without, it had hardly learnt to tell anything in 300 steps (hinge loss 1.72 of 2; with them 1.18).
    """

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        widths, layers = (6, width, 2 * width, 3 * width), []
        for cin, cout in zip(widths, widths[1:]):
            layers += [nn.Conv2d(cin, cout, 4, 2, 1), nn.GroupNorm(8, cout) if cin > 6 else nn.Identity(), nn.LeakyReLU(0.2)]
        layers += [nn.Conv2d(3 * width, 3 * width, 3, 1, 1), nn.GroupNorm(8, 3 * width), nn.LeakyReLU(0.2), nn.Conv2d(3 * width, 1, 1)]
        self.body = nn.Sequential(*layers)

    def forward(self, pictures: Tensor) -> Tensor:
        return self.body(torch.cat([pictures, 3 * edges(pictures)], 1)).float()


def critic_loss(critic: Critic, drawn: Tensor, true: Tensor, weight: Tensor) -> Tensor:
    """Hinge loss; `weight` [B, 1, S/8, S/8] says how much each piece counts."""
    of_drawn, of_true = critic(torch.cat([drawn.detach(), true])).chunk(2)
    return ((F.relu(1 + of_drawn) + F.relu(1 - of_true)) * weight).mean() / weight.mean()


class Adversary:
    """A critic in training; resumes from `file`."""

    def __init__(self, file: Path, share: float, rate: float, device: torch.device) -> None:
        self.file, self.share, self.device, self.steps = file, share, device, 0
        self.critic = Critic().to(device, memory_format=torch.channels_last)
        self.optimizer = torch.optim.AdamW(self.critic.parameters(), lr=rate, betas=(0.0, 0.99))
        if file.exists():
            state = torch.load(file, map_location=device, weights_only=False)
            self.critic.load_state_dict(state["critic"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.steps = state["steps"]

    def learn(self, drawn: Tensor, true: Tensor, weight: Tensor) -> float:
        """One step of the critic; its loss: 2 if it can't tell drawn from true, 0 if it always can."""
        with common.autocast(self.device):
            loss = critic_loss(self.critic, drawn, true, weight)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        self.steps += 1
        return float(loss.detach())

    def gradient(self, drawn: Tensor, weight: Tensor, other: Tensor) -> Tensor:
        """How `drawn` would pass for true: of the critic's opinion, `share` times as long as the `other` losses' gradient."""
        with common.autocast(self.device):
            opinion = -(self.critic(drawn) * weight).mean()
        [ours] = torch.autograd.grad(opinion, drawn)
        return ours * (self.share * other.norm() / ours.norm().clamp(min=1e-12))

    def save(self) -> None:
        common.save(self.file, critic=self.critic.state_dict(), optimizer=self.optimizer.state_dict(), steps=self.steps)
