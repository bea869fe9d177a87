"""Names of files, as harmless as they can be made while a person still recognises them."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MAX_CHARS: Final = 255
DEFAULT: Final = "upload"
# Overrides and isolates of writing direction (Unicode Standard Annex 9), which can make a name
# read as another, and marks that cannot be seen. Joiners stay: many scripts are spelled with them.
_INVISIBLE: Final = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]")
_UNPRINTABLE: Final = frozenset({"Cc", "Cs", "Cn", "Co", "Zl", "Zp"})


def sanitize_filename(raw: bytes) -> str:
    """The last part of the path that `raw` may be, without what cannot be seen.

    Args:
        raw: as it stands in the multipart header; UTF-8, or Latin-1 where it is not.
    """
    name = re.split(r"[/\\]", _decoded(raw))[-1]
    name = _INVISIBLE.sub("", unicodedata.normalize("NFC", name))
    name = "".join(c for c in name if unicodedata.category(c) not in _UNPRINTABLE)
    name = " ".join(name.split()).strip(". ") or DEFAULT
    return _shortened(name)


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _shortened(name: str) -> str:
    if len(name) <= MAX_CHARS:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 16:
        return name[:MAX_CHARS]
    return stem[: MAX_CHARS - len(extension) - 1] + dot + extension
