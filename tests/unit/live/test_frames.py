from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from websockets.frames import Frame, Opcode

from shared.domain.events import Event, EventType
from shared.live.closing import MEANINGS, Close, close_codes_markdown
from shared.live.frames import PING, frame_of, message_of, reset_message, text_frame
from shared.live.replay import replay_pieces

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 70_000])
def test_text_frame_is_what_the_library_builds(size: int) -> None:
    message = b"x" * size
    assert text_frame(message) == Frame(Opcode.TEXT, message).serialize(mask=False)


def test_ping_is_what_the_library_builds() -> None:
    assert Frame(Opcode.PING, b"").serialize(mask=False) == PING


def test_message_carries_text_as_it_is() -> None:
    told = Event(3, "s", EventType.NEW_INSIGHT, {"insight": {"content": "“müde” 🌧"}}, NOW)
    assert json.loads(message_of(told)) == {
        "id": 3,
        "session_id": "s",
        "type": "new_insight",
        "data": {"insight": {"content": "“müde” 🌧"}},
    }


def test_reset_stands_before_the_events_that_are_left() -> None:
    told = Event(8, "s", EventType.RESET, {}, NOW)
    (piece,) = replay_pieces("s", [told], 8, gone=True)
    assert piece == text_frame(reset_message("s", 7)) + frame_of(told)


def test_reset_without_events_goes_on_from_the_last_id() -> None:
    assert list(replay_pieces("s", [], 9, gone=True)) == [text_frame(reset_message("s", 9))]


def test_long_history_comes_in_pieces_of_whole_frames() -> None:
    told = [Event(n, "s", EventType.NEW_INSIGHT, {"text": "x" * 30_000}, NOW) for n in range(9)]
    pieces = list(replay_pieces("s", told, 8, gone=False))
    assert b"".join(pieces) == b"".join(frame_of(event) for event in told)
    assert len(pieces) == 3
    assert all(piece.startswith(b"\x81") for piece in pieces)


def test_every_close_code_has_its_row() -> None:
    assert set(MEANINGS) == set(Close)
    rows = close_codes_markdown().splitlines()
    assert all(any(row.startswith(f"| {int(code)} |") for row in rows) for code in Close)


def test_reasons_fit_a_close_frame() -> None:
    # RFC 6455, section 5.5: 125 bytes, two of them the code.
    assert all(len(told.reason.encode()) <= 123 for told in MEANINGS.values())
