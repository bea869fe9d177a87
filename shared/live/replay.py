"""What a client that comes back is sent before it is live."""

from __future__ import annotations

from collections.abc import Sequence

from shared.domain.events import Event

from .frames import frame_of, reset_message, text_frame


def replay_frames(session_id: str, events: Sequence[Event], last_id: int, *, gone: bool) -> bytes:
    """The frames of one page of history, to be written in one piece.

    Args:
        events: those after the client's last id, in order.
        last_id: where the client stands after them.
        gone: whether history between the client's last id and the first of `events` is gone, or
            the client names an id that never was.
    """
    frames = [frame_of(event) for event in events]
    if gone:
        resumed_from = events[0].seq - 1 if events else last_id
        frames.insert(0, text_frame(reset_message(session_id, resumed_from)))
    return b"".join(frames)
