# SPDX-License-Identifier: Apache-2.0
"""Judge a bundle's editing on rendered people it never saw, beside the true renders of what was asked for.

    render_portraits.py --assets DIR --edit-set data/edits --start-seed 9000000 --people 40 --size 288
    evaluate_demo.py --bundle models/demo --data data/edits --sheet sheet.png --json figures.json

Crops lie where the renderer's landmarks put them; class map, neutral jaw and landmarks of the condition image are the bundle's own.
With `--program` also what users get, after compositing. "Floor": the same figure of the true render. Figures are explained in docs/demo-bundle.md.
"""
import argparse
import json
import multiprocessing
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

sys.path.insert(0, str(Path(__file__).resolve().parent))
from evaluation import bundle as bundles  # noqa: E402
from evaluation import delivered  # noqa: E402
from evaluation import figures as measures  # noqa: E402
from training import condition, data  # noqa: E402

SHEET_PERSONS = 8
OUTER_EYE_CORNERS = (36, 45)


def judge_person(bundle: bundles.Bundle, portraits: data.Portraits, rows: np.ndarray, options: argparse.Namespace,
                 figures: measures.Figures) -> tuple[Tensor, Tensor, Tensor]:
    """Adds one person's figures; `rows` are the portrait and its true edits. Returns variations, and pictures made and true."""
    frame = data.crop_frame(data.face_box(portraits.lm[rows[0]]))
    fine = bundles.crops(portraits, rows, frame, bundle.finest)[0]
    truth, labels = bundles.crops(portraits, rows, frame, bundle.size)
    image, variation = truth[:1], torch.from_numpy(np.array(portraits.variation[rows[1:]]))
    blank, blanked = bundles.condition_of(bundle, image)
    made = bundles.edit(bundle, image, blank, torch.cat([torch.zeros(1, 12), variation]), options.steps, options.guidance, options.noise_scale, options.seed)
    unchanged, made = made[:1], made[1:]
    before, after, ideal = (measures.read(bundle, pictures) for pictures in (image, made, truth[1:]))
    finely = measures.read(bundle, fine)  # the model's own picture is compared with no more than the model saw
    measures.add_edits(figures, "edit", before, after, variation)
    if options.program:
        given = delivered.edits(options.program, options.bundle, portraits.rgb[rows[0]], variation.numpy(), bundle.manifest["au"]["names"], sampling(options))
        given = delivered.crops(given, frame, bundle.finest)
        readings, whole, asked = measures.read(bundle, given), finely[:1], finely[1:]
        measures.add_edits(figures, "delivered", whole, readings, variation)
        measures.add_edits(figures, "delivered floor", whole, asked, variation)
        figures.add("delivered psnr", measures.psnr(bundles.resized(given, bundle.size), truth[1:]))
        for who, found in (("delivered", readings), ("delivered floor", asked)):
            figures.add(f"{who} direction", (measures.directions(whole.au[0], found.au, variation) > 0).float())
    measures.add_edits(figures, "floor", before, ideal, variation)
    directions = measures.directions(before.au[0], after.au, variation)
    figures.add("direction", (directions > 0).float())
    figures.add("effect", directions)
    figures.add("floor direction", (measures.directions(before.au[0], ideal.au, variation) > 0).float())
    known = torch.from_numpy(np.array(portraits.au[rows]))
    figures.add("estimator", (finely.au - known).square())
    figures.add("estimator of the model's crops", (torch.cat([before.au, ideal.au]) - known).square())
    figures.add("psnr", measures.psnr(made, truth[1:]))
    figures.add("unchanged psnr", measures.psnr(unchanged, image))
    figures.add("unchanged au", (measures.read(bundle, unchanged).au - before.au).abs())
    figures.add("background", measures.background_squares(made, image, blanked))
    again = bundle.modules["vae_decoder"](bundle.modules["vae_encoder"](truth[1:]))
    figures.add("floor psnr", measures.psnr(again, truth[1:]))
    measures.add_edits(figures, "autoencoder", before, measures.read(bundle, again), variation)
    figures.add("floor background", measures.background_squares(again, image, blanked))
    points = data.to_crop(portraits.lm[rows], frame, bundle.size)
    left, right = (points[:, k] for k in OUTER_EYE_CORNERS)
    far = np.linalg.norm(bundle.modules["landmarks"](truth).numpy() - points, axis=2).mean(1)
    figures.add("landmarks", far / np.linalg.norm(left - right, axis=1))
    predicted = bundle.modules["face_parser"](truth).argmax(1).numpy()
    counts = measures.class_counts(predicted, labels, len(condition.CLASSES))
    figures.add("iou", measures.overlaps(counts, len(truth)))
    figures.add("class counts", counts)
    return variation, made, truth


def sampling(options: argparse.Namespace) -> list[str]:
    """The same sampling for the program."""
    words = {"--steps": options.steps, "--guidance": options.guidance, "--noise-scale": options.noise_scale, "--seed": options.seed, "--threads": options.threads}
    return [str(word) for pair in words.items() for word in pair]


def identity(figures: measures.Figures, who: str, floor: str) -> tuple[float, float, str]:
    """Median distance to the portrait, the same of true renders, and what is asked for."""
    same = np.array(figures.values[f"{floor} identity"])
    return float(np.median(figures.values[f"{who} identity"])), float(np.median(same)), f"< {np.quantile(same, 0.75):.4f} (75 % of one person's)"


def delivered_table(figures: measures.Figures) -> list[tuple[str, float, float | None, str]]:
    """What users get, if it was measured."""
    if "delivered au" not in figures.values:
        return []
    mean = figures.mean
    return [
        ("delivered: edited AU error, MSE", mean("delivered au"), mean("delivered floor au"), "<= 0.261"),
        ("delivered: direction, %", 100 * mean("delivered direction"), 100 * mean("delivered floor direction"), ">= 99"),
        ("delivered: changes of 0.5 or more the right way, %", 100 * mean("delivered right way"), 100 * mean("delivered floor right way"), ""),
        ("delivered: untouched AU change", mean("delivered untouched"), mean("delivered floor untouched"), "<= max(0.3, floor + 0.1)"),
        ("delivered: identity distance, median", *identity(figures, "delivered", "delivered floor")),
        ("delivered: head pose RMSE, rad", figures.root_mean("delivered pose"), figures.root_mean("delivered floor pose"), "<= 0.032"),
        ("delivered: PSNR to the true render, dB", mean("delivered psnr"), None, ""),
    ]


def table(bundle: bundles.Bundle, figures: measures.Figures, others: np.ndarray) -> list[tuple[str, float, float | None, str]]:
    """Name, figure, floor, target. `others`: identity distances between persons."""
    mean, root = figures.mean, figures.root_mean
    return [
        ("estimator against known truth, MSE", mean("estimator"), None, "<= 0.10"),
        ("the same of the crops that the model sees", mean("estimator of the model's crops"), None, ""),
        ("edited AU error, MSE", mean("edit au"), mean("floor au"), "<= 0.261"),
        ("the same of the true render through the autoencoder", mean("autoencoder au"), None, ""),
        ("direction, %", 100 * mean("direction"), 100 * mean("floor direction"), ">= 99"),
        ("changes of 0.5 or more that go the right way, %", 100 * mean("edit right way"), 100 * mean("floor right way"), ""),
        ("untouched AU change", mean("edit untouched"), mean("floor untouched"), "<= max(0.3, floor + 0.1)"),
        ("identity distance, median", *identity(figures, "edit", "floor")),
        ("the same of the true render through the autoencoder", float(np.median(figures.values["autoencoder identity"])), None, ""),
        ("identity distance of two persons, median", float(np.median(others)), None, ""),
        ("background RMSE, model's picture", root("background"), root("floor background"), "<= 0.044"),
        ("head pose RMSE, rad", root("edit pose"), root("floor pose"), "<= 0.032"),
        ("PSNR to the true render, dB", mean("psnr"), mean("floor psnr"), ">= 26"),
        ("zero variation: PSNR to the portrait, dB", mean("unchanged psnr"), mean("floor psnr"), ""),
        ("zero variation: AU change", mean("unchanged au"), None, ""),
        ("landmark error, % of the outer eye corners", 100 * mean("landmarks"), None, "<= 2.5"),
        ("class map, mean IoU of a person's pictures", mean("iou"), None, ">= 0.85"),
        ("the same of all pictures together", measures.pooled_iou(np.reshape(figures.values["class counts"], (-1, len(condition.CLASSES), 3))), None, ""),
        ("bundle, MB", bundle.megabytes, None, "<= 32"),
    ]


def tile(pictures: Tensor) -> np.ndarray:
    """A row of pictures side by side, uint8."""
    values = data.to_bytes(pictures.clamp(0, 1)).permute(0, 2, 3, 1).numpy()
    return np.concatenate(list(values), 1)


def sheet_rows(variation: Tensor, made: Tensor, truth: Tensor) -> np.ndarray:
    """The portrait and every unit at its strongest increase; below, the true renders."""
    single = (variation != 0).sum(1) == 1
    columns = [int(torch.where(single, variation[:, unit], torch.zeros(len(variation))).argmax()) for unit in range(12)]
    return np.concatenate([tile(torch.cat([truth[:1], made[columns]])), tile(torch.cat([truth[:1], truth[1:][columns]]))], 0)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True, help="folder of render_portraits.py --edit-set; nobody in it was trained on")
    parser.add_argument("--persons", type=int, default=40)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--guidance", type=float)
    parser.add_argument("--noise-scale", type=float)
    parser.add_argument("--seed", type=int, default=424)
    parser.add_argument("--program", type=Path, help="also judge what this magicface program delivers")
    parser.add_argument("--sheet", type=Path, help="contact sheet to write: made, and true below")
    parser.add_argument("--json", type=Path, help="file for the figures")
    parser.add_argument("--threads", type=int, default=1, help="of each worker")
    parser.add_argument("--workers", type=int, default=1, help="processes that share the persons")
    return parser.parse_args()


@torch.no_grad()
def judge_persons(options: argparse.Namespace, firsts: list[int]) -> list[tuple[dict[str, list[float]], np.ndarray, np.ndarray]]:
    """For each person their figures, row of the contact sheet, and identity vector."""
    torch.set_num_threads(options.threads)
    bundle, portraits = bundles.load(options.bundle), data.load_edit_set(options.data)
    result = []
    for first in firsts:
        figures = measures.Figures()
        pictures = judge_person(bundle, portraits, np.flatnonzero(portraits.before == first), options, figures)
        vector = bundle.read("identity", pictures[2][:1])[0]
        result.append((figures.values, sheet_rows(*pictures), vector.numpy()))
    return result


def main() -> None:
    options = arguments()
    bundle, portraits = bundles.load(options.bundle), data.load_edit_set(options.data)
    defaults, names = bundle.manifest["defaults"], bundle.manifest["au"]["names"]
    options.steps, options.guidance = options.steps or defaults["steps"], options.guidance or defaults["guidance"]
    options.noise_scale = defaults.get("noise_scale", 1.0) if options.noise_scale is None else options.noise_scale
    firsts = np.unique(portraits.before)[: options.persons].tolist()
    shares = [list(share) for share in np.array_split(firsts, options.workers)]
    with multiprocessing.get_context("spawn").Pool(options.workers) as pool:
        persons = sum(pool.starmap(judge_persons, [(options, share) for share in shares]), [])
    figures, sheet = measures.Figures(), [rows for _, rows, _ in persons[:SHEET_PERSONS]]
    for values, _, _ in persons:
        for name, numbers in values.items():
            figures.add(name, numbers)
    vectors = np.stack([vector for _, _, vector in persons])
    cosine = vectors @ vectors.T
    lines = table(bundle, figures, 1 - cosine[np.triu_indices(len(vectors), 1)]) + delivered_table(figures)
    print(f"{len(firsts)} persons, {len(figures.values['psnr'])} edits, {options.steps} steps, guidance {options.guidance}, noise {options.noise_scale}")
    for name, value, floor, target in lines:
        print(f"{name:51s} {value:9.4f}  {'' if floor is None else f'{floor:9.4f}':9s}  {target}")
    for kind in ("direction", "effect"):
        units = np.array(figures.values[kind]).reshape(-1, 12).mean(0)
        print(f"{kind:9s} " + " ".join(f"{name} {value:.2f}" for name, value in zip(names, units)))
    if options.sheet:
        Image.fromarray(np.concatenate(sheet, 0)).save(options.sheet)
    if options.json:
        options.json.write_text(json.dumps([dict(zip(("figure", "value", "floor", "target"), line)) for line in lines], indent=1) + "\n")


if __name__ == "__main__":
    main()
