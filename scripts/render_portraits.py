#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Renders a training set of portraits with exact labels, a contact sheet, or the sample portraits.

    render_portraits.py --assets DIR --out DIR --start-seed 1000000 --people 2000
    render_portraits.py --assets DIR --edit-set DIR --start-seed 9000000 --people 40
    render_portraits.py --assets DIR --sheet people.png --people 24
    render_portraits.py --assets DIR --sheet units.png --sheet-of action-units
    render_portraits.py --assets DIR --samples docs/samples

Run one process per core, each with its own --out and --start-seed. docs/renderer.md says more.
"""
import argparse
import os
import sys

# Mesa's own worker threads gain almost nothing beside one process per core. Read when it is loaded.
os.environ.setdefault("LP_NUM_THREADS", "0")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from portraits import dataset, edit_set, sheets  # noqa: E402
from portraits.assets import WHERE_TO_GET, MissingAssets  # noqa: E402
from portraits.renderer import Renderer  # noqa: E402


def parse_arguments(arguments=None):
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=WHERE_TO_GET, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--assets", required=True, help="folder with ict_facekit/ and makehuman/")
    parser.add_argument("--cache", help="folder for what is worked out once (default: the user's cache folder)")
    wanted = parser.add_argument_group("what to render (at least one)")
    wanted.add_argument("--out", help="folder for the training set; an unfinished one is continued")
    wanted.add_argument("--edit-set", help="folder for people before and after known edits, to judge a bundle by")
    wanted.add_argument("--sheet", help="contact sheet to write, a PNG")
    wanted.add_argument("--samples", help="folder for the sample portraits")
    parser.add_argument("--sheet-of", choices=("people", "action-units"), default="people")
    parser.add_argument("--start-seed", type=int, default=sheets.HELD_OUT)
    parser.add_argument("--people", type=int, default=24)
    parser.add_argument("--expressions", type=int, default=4, help="pictures of each person")
    parser.add_argument("--edited-share", type=float, default=0.0, help="part of a person's expressions that are edits of the first one")
    parser.add_argument("--combinations", type=int, default=3, help="edits of several units per person of an edit set")
    parser.add_argument("--size", type=int, default=176, help="pixels a side")
    parser.add_argument("--supersampling", type=int, default=2, help="drawn pixels per pixel and axis")
    parsed = parser.parse_args(arguments)
    if not (parsed.out or parsed.edit_set or parsed.sheet or parsed.samples):
        parser.error("give --out, --edit-set, --sheet or --samples")
    return parsed


def main(arguments=None):
    chosen = parse_arguments(arguments)

    def renderer(size, supersampling):
        return Renderer(chosen.assets, chosen.cache, size, supersampling)

    try:
        if chosen.out or chosen.edit_set or chosen.sheet:
            drawing = renderer(chosen.size, chosen.supersampling)
        if chosen.sheet and chosen.sheet_of == "people":
            sheets.save_sheet(chosen.sheet, sheets.people_sheet(drawing, chosen.start_seed, chosen.people), 6)
        elif chosen.sheet:
            sheets.save_sheet(chosen.sheet, sheets.action_unit_sheet(drawing, chosen.start_seed), 5)
        if chosen.out:
            dataset.render_dataset(drawing, chosen.out, chosen.start_seed, chosen.people, chosen.expressions, chosen.edited_share)
        if chosen.edit_set:
            edit_set.render_edit_set(drawing, chosen.edit_set, chosen.start_seed, chosen.people, chosen.combinations)
        if chosen.samples:
            sheets.save_samples(renderer(sheets.SAMPLE_SIZE, 3), chosen.samples)
    except (MissingAssets, dataset.DatasetMismatch) as error:
        sys.exit(f"render_portraits.py: {error}")


if __name__ == "__main__":
    main()
