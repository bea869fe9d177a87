"""Takes the example classes out of API.md, byte for byte."""

from __future__ import annotations

import re
from pathlib import Path

API_MD = Path(__file__).with_name("API.md")


def example(language: str) -> str:
    """The code block of API.md in `language` that defines SessionService."""
    blocks = re.findall(
        rf"^```{language}\n(.*?)^```", API_MD.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    (found,) = (block for block in blocks if "class SessionService" in block)
    return str(found)
