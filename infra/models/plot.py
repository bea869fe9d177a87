"""The calibration plot of the model card: how often what was said with a probability is true."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

BINS = 10
SIDE, MARGIN = 320, 44
COLOURS = ("#1f6feb", "#d1242f", "#1a7f37")


def reliability(probabilities: Floats, targets: Floats) -> list[tuple[float, float, int]]:
    """Return (mean probability, share of true, count) of each of ten equal bins that is not empty.

    Args:
        probabilities, targets: of any one shape, pairs of a text and a label.
    """
    flat, truth = probabilities.ravel(), targets.ravel()
    place = np.minimum((flat * BINS).astype(int), BINS - 1)
    inside = [place == number for number in range(BINS)]
    return [
        (float(flat[rows].mean()), float(truth[rows].mean()), int(rows.sum()))
        for rows in inside
        if rows.any()
    ]


def draw(curves: Mapping[str, list[tuple[float, float, int]]]) -> str:
    """Return an SVG of reliability curves by name; the diagonal is perfect calibration."""
    width, height = SIDE + 2 * MARGIN, SIDE + 2 * MARGIN + 18 * len(curves)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
        f'<path d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}" stroke="#888" stroke-dasharray="4 4"/>',
        f'<path d="M{_x(0)} {_y(1)}V{_y(0)}H{_x(1)}" fill="none" stroke="black"/>',
    ]
    for tick in (0.0, 0.5, 1.0):
        parts.append(f'<text x="{_x(tick)}" y="{_y(0) + 16}" text-anchor="middle">{tick}</text>')
        parts.append(f'<text x="{_x(0) - 6}" y="{_y(tick) + 4}" text-anchor="end">{tick}</text>')
    parts.append(f'<text x="{_x(0.5)}" y="{_y(0) + 32}" text-anchor="middle">said</text>')
    parts.append(f'<text x="{_x(0.5)}" y="{_y(1) - 12}" text-anchor="middle">true</text>')
    for number, (name, points) in enumerate(curves.items()):
        parts += _curve(number, name, points)
    return "\n".join([*parts, "</svg>\n"])


def _curve(number: int, name: str, points: list[tuple[float, float, int]]) -> list[str]:
    colour, line = COLOURS[number % len(COLOURS)], _y(0) + 50 + 18 * number
    path = "L".join(f"{_x(said)} {_y(true)}" for said, true, _ in points)
    dots = [
        f'<circle cx="{_x(said)}" cy="{_y(true)}" r="3" fill="{colour}">'
        f"<title>{count} pairs</title></circle>"
        for said, true, count in points
    ]
    return [
        f'<path d="M{path}" fill="none" stroke="{colour}"/>',
        *dots,
        f'<text x="{_x(0)}" y="{line}" fill="{colour}">{name}</text>',
    ]


def _x(value: float) -> float:
    return round(MARGIN + SIDE * value, 1)


def _y(value: float) -> float:
    return round(MARGIN + SIDE * (1.0 - value), 1)
