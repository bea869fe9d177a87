from __future__ import annotations

import pytest

from shared.adapters.embedded import ordering
from shared.adapters.embedded.index import canonical_path, entries


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("a", "a"),
        ("a.b_2.C", "a.b_2.C"),
        ("`a`.b", "a.b"),
        ("`a.b`", "`a.b`"),
        ("a.`b c`", "a.`b c`"),
        (r"`a\`b\\c`", r"`a\`b\\c`"),
    ],
)
def test_a_field_path_has_one_form(written: str, canonical: str) -> None:
    assert canonical_path(written) == canonical


@pytest.mark.parametrize("path", ["", ".", "a.", ".a", "a..b", "a-b", "2a", "`a", "``", "a b", "é"])
def test_other_text_is_no_field_path(path: str) -> None:
    with pytest.raises(ValueError, match="no field path"):
        canonical_path(path)


def test_every_field_and_field_of_a_map_has_an_entry() -> None:
    found = entries({"a": 1, "m": {"b": 2, "x.y": {}}, "l": [{"no": 1}]}, [])
    assert {name for name, _ in found} == {"a", "m", "m.b", "m.`x.y`", "l"}


def test_a_combination_has_an_entry_where_all_its_fields_are() -> None:
    combinations = [("a", "m.b"), ("a", "missing")]
    found = dict(entries({"a": 1, "m": {"b": 2}}, combinations))
    assert found["a,m.b"] == ordering.encode(1) + ordering.encode(2)
    assert "a,missing" not in found
