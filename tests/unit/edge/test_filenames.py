"""Names of files."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from shared.edge.filenames import MAX_CHARS, sanitize_filename


@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda s: s.encode("utf-8", "replace")))
def test_any_name_becomes_a_harmless_one(raw: bytes) -> None:
    name = sanitize_filename(raw)
    assert 1 <= len(name) <= MAX_CHARS
    assert not set(name) & set("/\\\0\r\n\u202e\u2066")
    assert name not in (".", "..")
    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in name)
    name.encode()


@given(st.binary(max_size=300))
def test_a_harmless_name_stays_as_it_is(raw: bytes) -> None:
    name = sanitize_filename(raw)
    assert sanitize_filename(name.encode()) == name
