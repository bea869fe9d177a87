"""Times, numbers and free JSON on the wire."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.contract.settings import Settings
from shared.contract.wire import DurationS, Instant, SessionDate, instant

INSTANT: TypeAdapter[datetime] = TypeAdapter(Instant)
SETTINGS: TypeAdapter[dict[str, Any]] = TypeAdapter(Settings)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2024-03-20T14:30:00Z", "2024-03-20T14:30:00Z"),
        ("2024-03-20T14:30:00", "2024-03-20T14:30:00Z"),
        ("2024-03-20", "2024-03-20T00:00:00Z"),
        ("2024-03-20T14:30:00+02:00", "2024-03-20T12:30:00Z"),
        ("2024-03-20T14:30:00 02:00", "2024-03-20T12:30:00Z"),
        ("2024-03-20 14:30", "2024-03-20T14:30:00Z"),
        ("20240320T143000Z", "2024-03-20T14:30:00Z"),
        ("2024-03-20T14:30:00.250Z", "2024-03-20T14:30:00.250Z"),
    ],
)
def test_times_are_read_as_iso_and_written_in_utc(written: str, read: str) -> None:
    assert instant(INSTANT.validate_python(written)) == read


@given(st.datetimes(min_value=datetime(1900, 1, 2), max_value=datetime(2199, 1, 1)))
def test_times_survive_the_wire_to_the_millisecond(moment: datetime) -> None:
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000, tzinfo=UTC)
    assert INSTANT.validate_python(instant(moment)) == moment


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_a_clear_error(text: str) -> None:
    try:
        found = TypeAdapter(SessionDate).validate_python(text)
    except ValidationError as error:
        kind = error.errors()[0]["type"]
    else:
        kind = "instant" if found.tzinfo else "no zone"
    assert kind == "instant"


def test_whole_seconds_are_written_as_whole_numbers() -> None:
    adapter: TypeAdapter[float] = TypeAdapter(DurationS)
    assert adapter.dump_json(adapter.validate_python(3000)) == b"3000"
    assert adapter.dump_json(adapter.validate_python(1.5)) == b"1.5"


SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=9)
KEYS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=9).filter(
    lambda key: not key.startswith("__")
)


@given(st.dictionaries(KEYS, SCALARS | st.lists(SCALARS, max_size=3), max_size=5))
def test_settings_hold_what_documents_can(settings: dict[str, Any]) -> None:
    settings.pop("analysis", None)
    assert SETTINGS.validate_python(settings) == settings


@pytest.mark.parametrize("tag", ["en", "de-AT", "zh-Hant-TW", "sl-rozaj-biske", "es-419", "FR"])
def test_settings_take_language_tags(tag: str) -> None:
    settings = {"analysis": {"language": tag}}
    assert SETTINGS.validate_python(settings) == settings


@pytest.mark.parametrize("tag", ["", "e", "english", "en_GB", "en-", "en--GB", "12", "en-" * 40])
def test_settings_take_nothing_else_for_a_language(tag: str) -> None:
    with pytest.raises(ValidationError):
        SETTINGS.validate_python({"analysis": {"language": tag}})
