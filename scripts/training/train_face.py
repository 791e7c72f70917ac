# SPDX-License-Identifier: Apache-2.0
"""Train the demo's face networks (parser, landmarks, neutral jaw, action units, head pose, identity), or some of them.

The judge of an edit (`--judge`: action units and identity, wider) must not share persons with its maker: give it only
folders that the generator never sees. Resumes from OUT/faces.pt.
"""
import argparse
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from evaluation.figures import class_counts, overlaps  # noqa: E402
from networks.demo_face import FaceConfig, FaceNetworks  # noqa: E402
from training import common, data, parallel, widen  # noqa: E402
from training.augment import augment  # noqa: E402

SMOKE = FaceConfig(widths=(4, 8, 8, 8), identity=16, hidden=16, enlarged=4)
SMOKE_JUDGE = replace(SMOKE, finer=4, block=2, deep=True, weighed=True)
# Index of each landmark's mirror image.
MIRROR = np.array([*range(16, -1, -1), *range(26, 16, -1), 27, 28, 29, 30, 35, 34, 33, 32, 31, 45, 44, 43, 42, 47, 46, 39, 38, 37,
                   36, 41, 40, 54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65])
CLASS_MIRROR = torch.tensor([0, 1, 3, 2, 5, 4, 6, 8, 7, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18])
IDENTITY_SCALE = 12.0
OVERLAP_WEIGHT = 1.5
SQUARES = 0.07
STRETCH = 0.1  # of the judge's pictures: its error on people it never saw is mostly how their faces are built
TOOLS = FaceConfig(refined=True)
JUDGE = FaceConfig(widths=(24, 48, 64, 96), hidden=384, close=True, fine=12, enlarged=32, finer=32, block=2, deep=True, weighed=True)
FACE_TASKS = ("face_parser", "landmarks", "neutral_jaw", "head_pose")
JUDGE_TASKS = ("landmarks", "au_estimator", "identity")  # the landmarks say where to look


def configs(smoke: bool) -> tuple[FaceConfig, FaceConfig]:
    """The tools' and the judge's."""
    return (SMOKE, SMOKE_JUDGE) if smoke else (TOOLS, JUDGE)


def rotate(points: np.ndarray, angle: np.ndarray, size: int) -> np.ndarray:
    """Where crop points lie after `data.sample` turned its sampling grid by `angle`."""
    centre = (size - 1) / 2
    x, y = points[..., 0] - centre, points[..., 1] - centre
    cosine, sine = np.cos(angle)[:, None], np.sin(angle)[:, None]
    return np.stack([cosine * x + sine * y, -sine * x + cosine * y], -1) + centre


def batch(portraits: data.Portraits, rows: np.ndarray, size: int, generator: np.random.Generator, train: bool,
          parsed: bool = True, clean: float = 0.0, stretch: float = 0.0) -> dict[str, Tensor]:
    """Crops and their labels (class maps only if `parsed`); with `train` jittered, turned, mirrored and, but for the part `clean`, damaged.

    `stretch` makes faces up to that part broader or narrower, which is another person with the same action units; the head
    pose is not right any more then.
    """
    box = data.face_box(portraits.lm[rows])
    turn = np.zeros(len(rows))
    if train:
        box = data.jitter(box, generator, 0.12, 0.06)
        turn = np.where(generator.random(len(rows)) < 0.5, np.radians(generator.uniform(-10, 10, len(rows))), 0)
    frame = data.crop_frame(box)
    # Rows 2k and 2k + 1 are one person: also of another width, or identity would learn not to see it.
    wide = np.repeat(generator.uniform(1 - stretch, 1 + stretch, len(rows) // 2), 2) if train else np.ones(len(rows))
    frames, angle, width = (torch.tensor(v, dtype=torch.float32) for v in (frame, turn, wide))
    view, host = dict(angle=angle, width=width), torch.device("cpu")
    image = data.sample(data.pictures(portraits, rows, host), frames, size, smooth=not train, **view)
    label = data.sample(data.classes(portraits, rows, host), frames, size, nearest=True, **view)[:, 0].long() if parsed else None
    points, jaw = (rotate(data.to_crop(data.narrowed(p[rows], frame, wide), frame, size), turn, size) for p in (portraits.lm, portraits.jaw))
    pose = np.array(portraits.pose[rows])
    if train and generator.random() < 0.5:
        image, label = image.flip(3), CLASS_MIRROR[label.flip(2)] if parsed else None
        points, jaw = points[:, MIRROR] * [-1, 1] + [size - 1, 0], jaw[:, ::-1] * [-1, 1] + [size - 1, 0]
        pose = pose * [1, -1, -1]
    result = {"landmarks": points, "neutral_jaw": jaw, "head_pose": pose, "au_estimator": portraits.au[rows], "turn": turn}
    result = {k: torch.tensor(np.ascontiguousarray(v), dtype=torch.float32) for k, v in result.items()}
    result |= {"image": augment(image, clean) if train else image, "person": torch.tensor(rows // portraits.expressions)}
    return result | {"face_parser": label} if parsed else result


def identity_loss(vectors: Tensor) -> Tensor:
    """Each picture must find its person's other picture among all: rows 2k and 2k + 1 are one person."""
    vectors = vectors.float()
    cosine = IDENTITY_SCALE * vectors @ vectors.T
    itself = torch.eye(len(vectors), dtype=torch.bool, device=vectors.device)
    partner = torch.arange(len(vectors), device=vectors.device) ^ 1
    return F.cross_entropy(cosine.masked_fill(itself, -1e4), partner)


def pairs(end: int, expressions: int, count: int, generator: np.random.Generator) -> np.ndarray:
    """Rows before `end` of random persons, who have `expressions` each: two of them, one after the other."""
    persons = np.sort(generator.choice(end // expressions, count // 2, replace=False))
    first = generator.integers(expressions, size=len(persons))
    second = (first + generator.integers(1, expressions, size=len(persons))) % expressions
    return np.stack([persons * expressions + first, persons * expressions + second], 1).reshape(-1)


def pose_loss(angles: Tensor, truth: dict[str, Tensor]) -> Tensor:
    """Squared error, in units of 0.1 rad, of the pictures that were not turned.

    Pitch and roll are small in most pictures: an absolute error was content with their medians.
    """
    return ((10 * (angles.float() - truth["head_pose"])).square() * (truth["turn"] == 0).float()[:, None]).mean()


def parser_loss(logits: Tensor, label: Tensor) -> Tensor:
    """Cross-entropy, and one less the overlap (Dice) of the classes that are there: small ones count as much as large ones."""
    logits = logits.float()
    share = logits.softmax(1)
    truth = F.one_hot(label, logits.shape[1]).permute(0, 3, 1, 2).to(share.dtype)
    both, sizes = (share * truth).sum((0, 2, 3)), (share + truth).sum((0, 2, 3))
    present = truth.sum((0, 2, 3)) > 0
    return F.cross_entropy(logits, label) + OVERLAP_WEIGHT * (1 - 2 * both / sizes.clamp(min=1))[present].mean()


def au_loss(estimate: Tensor, truth: Tensor) -> Tensor:
    """Cross-entropy on the share of 5, and a little of the squared error, which weighs what lies between.

    Most units are 0 in most pictures: an absolute error would be content with zeros, and a squared one alone stalls there.
    """
    estimate = estimate.float()
    return F.binary_cross_entropy((estimate / 5).clamp(1e-5, 1 - 1e-5), truth / 5) + SQUARES * (estimate - truth).square().mean()


def losses(result: dict[str, Tensor], truth: dict[str, Tensor], size: int) -> dict[str, Tensor]:
    """One term per task, weighted to similar sizes."""
    terms = {
        "face_parser": lambda r: parser_loss(r, truth["face_parser"]),
        "landmarks": lambda r: 60 / size * (r - truth["landmarks"]).abs().mean(),
        "neutral_jaw": lambda r: 60 / size * (r - truth["neutral_jaw"]).abs().mean(),
        "au_estimator": lambda r: 3 * au_loss(r, truth["au_estimator"]),
        "head_pose": lambda r: 0.5 * pose_loss(r, truth),
        "identity": lambda r: 0.3 * identity_loss(r),
    }
    return {name: terms[name](value) for name, value in result.items()}


def measured_units(au: Tensor, truth: dict[str, Tensor]) -> str:
    wanted = truth["au_estimator"]
    correlation = [float(torch.corrcoef(torch.stack([au[:, k], wanted[:, k]]))[0, 1]) for k in range(au.shape[1])]
    return (f"AU MAE {(au - wanted).abs().mean():.3f} MSE {(au - wanted).square().mean():.3f} "
            f"r {' '.join(f'{c:.2f}' for c in correlation)}")


def measured_pose(angles: Tensor, truth: dict[str, Tensor]) -> str:
    wanted = truth["head_pose"]
    slope = [float(torch.linalg.lstsq(wanted[:, k : k + 1] - wanted[:, k].mean(), angles[:, k : k + 1] - angles[:, k].mean()).solution) for k in range(3)]
    return f"pose {torch.rad2deg((angles - wanted).abs().mean()):.1f} deg, slopes {' '.join(f'{s:.2f}' for s in slope)}"


def measured_identity(vectors: Tensor, truth: dict[str, Tensor]) -> str:
    cosine, person = vectors @ vectors.T, truth["person"]
    same = person[:, None] == person[None, :]
    apart = ~torch.eye(len(person), dtype=torch.bool, device=person.device)
    return f"cosine same {cosine[same & apart].mean():.2f} other {cosine[~same].mean():.2f}"


def measured_classes(logits: Tensor, truth: dict[str, Tensor]) -> str:
    found, label = (classes.cpu().numpy() for classes in (logits.argmax(1), truth["face_parser"]))
    iou = overlaps(class_counts(found, label, logits.shape[1])).mean()
    return f"parser {100 * (found == label).mean():.1f} %, IoU {iou:.3f}"


MEASURES = {
    "face_parser": measured_classes,
    "landmarks": lambda r, t: f"landmarks {(r - t['landmarks']).norm(dim=2).mean():.2f} px",
    "neutral_jaw": lambda r, t: f"jaw {(r - t['neutral_jaw']).norm(dim=2).mean():.2f} px",
    "head_pose": measured_pose,
    "au_estimator": measured_units,
    "identity": measured_identity,
}


@torch.no_grad()
def evaluate(networks: FaceNetworks, portraits: data.Portraits, rows: np.ndarray, size: int, tasks: tuple[str, ...], device: torch.device) -> str:
    """Errors on undamaged held-out pictures, as one line."""
    networks.eval()
    truth = {k: v.to(device) for k, v in batch(portraits, rows, size, np.random.default_rng(0), False).items()}
    result = networks(truth["image"], tasks)
    networks.train()
    return ", ".join(MEASURES[name](value, truth) for name, value in result.items())


def arguments() -> argparse.Namespace:
    parser = common.base_parser(__doc__)
    parser.add_argument("--size", type=int, help="of the crops (default: 128 blocks of the network's pixels)")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--start", type=Path, help="faces.pt whose average a new training begins with; it may be without `refined` or `fine`")
    parser.add_argument("--clean", type=float, default=0.3, help="part of the pictures that stay as rendered: damage leaves no sharp edges to learn from")
    parser.add_argument("--judge", action="store_true", help="action units and identity instead of the other tasks")
    return parser.parse_args()


def main() -> None:
    options = arguments()
    device, config = common.prepare(options), configs(options.smoke)[int(options.judge)]
    options.size = options.size or 128 * config.block
    tasks = JUDGE_TASKS if options.judge else FACE_TASKS
    torch.manual_seed(options.seed)  # every process starts from the same weights
    networks = FaceNetworks(config).to(device, memory_format=torch.channels_last)
    widen.begin(networks, options.start, device)
    average = common.Average(networks, 0.998)
    optimizer = torch.optim.AdamW(networks.parameters(), lr=options.rate, weight_decay=1e-2)
    path = options.out / "faces.pt"
    step, spent = common.resume(path, "networks", networks, average, optimizer, device)
    clock, generator = common.Clock(options.minutes, spent), np.random.default_rng((options.seed, step, parallel.rank()))
    torch.manual_seed(int(generator.integers(2**31)))
    common.log(options.out, f"faces: {sum(p.numel() for p in networks.parameters()) / 1e6:.2f} M parameters, from step {step}")
    first, stop, means, sets = step, False, [], []
    while not stop:
        if step % 100 == 0 or not sets:
            sets = [data.load(folder) for folder in options.data]  # the renderer may still be at work
            ends = np.array([data.training_rows(s, options.held_out) for s in sets])
            held_out = np.arange(ends[0], sets[0].rows)
        chosen = int(generator.choice(len(sets), p=ends / ends.sum()))
        for group in optimizer.param_groups:
            group["lr"] = clock.rate(step, options.rate, warmup=50)
        rows = pairs(ends[chosen], sets[chosen].expressions, options.batch, generator)
        truth = {k: v.to(device) for k, v in batch(sets[chosen], rows, options.size, generator, True, "face_parser" in tasks,
                                                   options.clean, STRETCH if options.judge else 0).items()}
        with common.autocast(device):
            result = networks(truth["image"].contiguous(memory_format=torch.channels_last), tasks)
        terms = losses(result, truth, options.size)
        optimizer.zero_grad(set_to_none=True)
        sum(terms.values()).backward()
        optimizer.step()
        step += 1
        finished = clock.spent > clock.total or (options.smoke and step - first >= 3)
        if step % parallel.PERIOD == 0 or options.workers == 1:
            stop = parallel.average_parameters(networks, finished)
        average.update(networks)
        means.append([float(v.detach()) for v in terms.values()])
        if step % 100 == 0:
            common.log(options.out, f"step {step} " + " ".join(f"{k} {v:.3f}" for k, v in zip(terms, np.mean(means, 0))))
            means = []
        if parallel.rank() == 0 and (stop or step % 300 == 0):
            common.save(path, networks=networks.state_dict(), average=average.values, count=average.count,
                        optimizer=optimizer.state_dict(), step=step, spent=clock.spent, config=config)
            if len(held_out) == 0:
                continue  # nobody yet, or nobody wanted
            with average.lent_to(networks):
                common.log(options.out, f"step {step}: {evaluate(networks, sets[0], held_out, options.size, tasks, device)}")


if __name__ == "__main__":
    parallel.launch(main, arguments().workers)
