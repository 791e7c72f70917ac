# SPDX-License-Identifier: Apache-2.0
"""Make the README's strip: sample portraits beside the edits that the program makes of them with the embedded bundle."""
import argparse
import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parents[1]
EDITS = ["AU12=5", "AU26=5,AU25=4", "AU4=5", "AU1=5,AU2=5", "AU15=5"]
MARGIN, LABEL = 4, 22


def edited(program: Path, portrait: Path, folder: Path) -> list[Image.Image]:
    """The portrait's edits, in the order of EDITS."""
    command = [str(program), "edit", "--in", str(portrait), "--out", str(folder), "--output-pattern", "{stem}_{index}"]
    for edit in EDITS:
        command += ["--au", edit]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return [Image.open(folder / f"{portrait.stem}_{index}.png").convert("RGB") for index in range(1, len(EDITS) + 1)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=Path, default=ROOT / "build/release/magicface")
    parser.add_argument("--portraits", type=Path, nargs="*", default=sorted((ROOT / "docs/samples").glob("portrait*.png"))[:3])
    parser.add_argument("--side", type=int, default=192, help="of one picture, pixels")
    parser.add_argument("--out", type=Path, default=ROOT / "docs/pictures/before_after.png")
    options = parser.parse_args()
    step = options.side + MARGIN
    sheet = Image.new("RGB", (step * (len(EDITS) + 1) + MARGIN, step * len(options.portraits) + LABEL + MARGIN), "white")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    for column, label in enumerate(["portrait", *EDITS]):
        draw.text((MARGIN + column * step, 4), label, fill="black", font=font)
    with tempfile.TemporaryDirectory() as folder:
        for row, portrait in enumerate(options.portraits):
            pictures = [Image.open(portrait).convert("RGB"), *edited(options.program, portrait, Path(folder))]
            for column, picture in enumerate(pictures):
                place = (MARGIN + column * step, LABEL + row * step)
                sheet.paste(picture.resize((options.side, options.side), Image.Resampling.LANCZOS), place)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(options.out)
    print(options.out)


if __name__ == "__main__":
    main()
