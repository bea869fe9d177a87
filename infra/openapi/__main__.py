"""Writes `openapi.json` beside this file: python -m infra.openapi."""

from __future__ import annotations

from pathlib import Path

from .document import render

PATH = Path(__file__).with_name("openapi.json")


def main() -> None:
    """Writes the file."""
    PATH.write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main()
