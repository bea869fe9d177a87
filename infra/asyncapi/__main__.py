"""Writes the description of the socket beside this file: python -m infra.asyncapi."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from shared.live.closing import close_codes_markdown

from .document import render

_FOLDER: Final = Path(__file__).parent


def rendered() -> Mapping[Path, str]:
    """What stands in each generated file."""
    return {
        _FOLDER / "asyncapi.json": render(),
        _FOLDER / "close-codes.md": close_codes_markdown(),
    }


def main() -> None:
    """Writes the files."""
    for path, text in rendered().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
