"""Transcripts of different lengths, cut from the real one of the demo."""

from __future__ import annotations

from pathlib import Path

TRANSCRIPT = Path(__file__).parents[2] / "infra" / "demo" / "session.txt"
_HEADER_LINES = 6


def texts(count: int) -> list[str]:
    """`count` different stretches of the session, each under its header."""
    lines = TRANSCRIPT.read_text(encoding="utf-8").splitlines(keepends=True)
    header, turns = lines[:_HEADER_LINES], lines[_HEADER_LINES:]
    step = max(1, len(turns) // (2 * count))
    return ["".join(header + turns[: len(turns) - i * step]) for i in range(count)]
