# SPDX-License-Identifier: Apache-2.0
"""Curves in panels as an SVG file, without a plotting library."""
import math
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

WIDTH, HEIGHT, COLUMNS, LEGEND = 360, 240, 2, 28
LEFT, RIGHT, TOP, BOTTOM = 52, 16, 34, 40
INK, GRID = "#222222", "#dddddd"


@dataclass
class Curve:
    name: str
    colour: str
    points: list[tuple[float, float]]


@dataclass
class Panel:
    title: str
    axis: str
    curves: list[Curve]


def ticks(low: float, high: float) -> list[float]:
    """Round numbers, about four of them."""
    rough = (high - low) / 4
    power = 10 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)
    return [step * i for i in range(math.ceil(low / step), math.floor(high / step) + 1)]


def text(x: float, y: float, words: str, anchor: str = "middle", size: int = 11, colour: str = INK) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}">{escape(words)}</text>'


def drawn(panel: Panel, places: list[float], x: float, y: float) -> list[str]:
    points = [point for curve in panel.curves for point in curve.points]
    left, right, top, bottom = x + LEFT, x + WIDTH - RIGHT, y + TOP, y + HEIGHT - BOTTOM
    shapes = [text(left, top - 14, panel.title, "start", 13)]
    if not points:
        return [*shapes, text((left + right) / 2, (top + bottom) / 2, "nothing measured")]
    low, high = min(value for _, value in points), max(value for _, value in points)
    # A scale from 0 would hide the differences of decibels; elsewhere it is fair.
    low = low if low > high / 3 else 0.0
    high = high if high > low else low + 1

    def at(point: tuple[float, float]) -> tuple[float, float]:
        span = math.log(places[-1] / places[0]) or 1  # numbers of steps are ratios
        px = left + 10 + (right - left - 20) * math.log(point[0] / places[0]) / span
        return px, bottom - (bottom - top) * (point[1] - low) / (high - low)

    for value in ticks(low, high):
        _, height = at((places[0], value))
        shapes.append(f'<line x1="{left}" y1="{height:.1f}" x2="{right}" y2="{height:.1f}" stroke="{GRID}"/>')
        shapes.append(text(left - 6, height + 4, f"{value:g}", "end"))
    shapes += [text(at((place, low))[0], bottom + 16, f"{place:g}") for place in places]
    shapes.append(text((left + right) / 2, bottom + 32, panel.axis))
    for curve in panel.curves:
        line = [at(point) for point in curve.points]
        path = " ".join(f"{px:.1f},{py:.1f}" for px, py in line)
        shapes.append(f'<polyline points="{path}" fill="none" stroke="{curve.colour}" stroke-width="2"/>')
        shapes += [f'<circle cx="{px:.1f}" cy="{py:.1f}" r="3" fill="{curve.colour}"/>' for px, py in line]
    return [*shapes, f'<line x1="{left}" y1="{bottom}" x2="{right}" y2="{bottom}" stroke="{INK}"/>']


def write_svg(file: Path, panels: list[Panel]) -> None:
    """Panels two by two under one legend: all of them have the same curves and the same axis."""
    width, height = WIDTH * COLUMNS, LEGEND + HEIGHT * math.ceil(len(panels) / COLUMNS)
    shapes = [f'<rect width="{width}" height="{height}" fill="#ffffff"/>']
    for index, curve in enumerate(panels[0].curves):
        x = 16 + 110 * index
        shapes += [f'<rect x="{x}" y="10" width="12" height="12" fill="{curve.colour}"/>', text(x + 18, 20, curve.name, "start")]
    places = sorted({place for panel in panels for curve in panel.curves for place, _ in curve.points})
    for index, panel in enumerate(panels):
        shapes += drawn(panel, places, WIDTH * (index % COLUMNS), LEGEND + HEIGHT * (index // COLUMNS))
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
            'font-family="sans-serif">')
    file.write_text("\n".join([head, *shapes, "</svg>"]) + "\n", encoding="utf-8")
