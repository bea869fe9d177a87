"""The emotional arc of a session: its feelings in order, each with how the mood stood there.

`tone` is valence times intensity. `mood` is the tone around a point, not only at it: the mean of
all tones, each weighted by a Gaussian of its distance (kernel regression: Nadaraya 1964, Watson
1964), with a bandwidth of a twentieth of what was said. It is given only where a feeling was
found: between points nothing is known.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain.elements import Emotion

_Placed = tuple[float, Emotion]
BANDWIDTH = 0.05
MAX_POINTS = 500


@dataclass(frozen=True, slots=True)
class ArcPoint:
    """One feeling in the arc.

    Attributes:
        position: 0..1, the share of the session's words that were said before it.
        tone, mood: -1..1; see the module.
    """

    emotion: Emotion
    position: float
    tone: float
    mood: float


def trace_arc(placed: Sequence[_Placed]) -> tuple[ArcPoint, ...]:
    """Return the arc through emotions, by position.

    Of more than `MAX_POINTS` only the strongest of every stretch is kept; all count for the mood.
    """
    ordered = sorted(placed, key=lambda pair: (pair[0], pair[1].id))
    stretches = _stretches(ordered)
    weights = [
        (stretch[0][0], sum(_tone(emotion) for _, emotion in stretch), len(stretch))
        for stretch in stretches
    ]
    strongest = [max(stretch, key=lambda pair: abs(_tone(pair[1]))) for stretch in stretches]
    return tuple(_point(position, emotion, weights) for position, emotion in strongest)


def _stretches(ordered: Sequence[_Placed]) -> list[list[_Placed]]:
    if len(ordered) <= MAX_POINTS:
        return [[pair] for pair in ordered]
    stretches: dict[int, list[_Placed]] = {}
    for pair in ordered:
        stretches.setdefault(min(int(pair[0] * MAX_POINTS), MAX_POINTS - 1), []).append(pair)
    return list(stretches.values())


def _point(
    position: float, emotion: Emotion, weights: Sequence[tuple[float, float, int]]
) -> ArcPoint:
    near = [math.exp(-(((place - position) / BANDWIDTH) ** 2) / 2) for place, _, _ in weights]
    tones = math.fsum(weight * tone for weight, (_, tone, _) in zip(near, weights, strict=True))
    count = math.fsum(weight * number for weight, (_, _, number) in zip(near, weights, strict=True))
    return ArcPoint(emotion, round(position, 4), round(_tone(emotion), 4), round(tones / count, 4))


def _tone(emotion: Emotion) -> float:
    return emotion.valence * emotion.intensity
