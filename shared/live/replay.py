"""What a client that comes back is sent before it is live."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from shared.domain.events import Event

from .frames import frame_of, reset_message, text_frame

_PIECE_BYTES: Final = 64 * 1024


def replay_pieces(
    session_id: str, events: Sequence[Event], last_id: int, *, gone: bool
) -> Iterator[bytes]:
    """The frames of one page of history, in pieces of whole frames.

    Only whole frames may be written at a time: a ping could come between the pieces.

    Args:
        events: those after the client's last id, in order.
        last_id: where the client stands after them.
        gone: whether history between the client's last id and the first of `events` is gone, or
            the client names an id that never was.
    """
    piece = bytearray()
    if gone:
        resumed_from = events[0].seq - 1 if events else last_id
        piece += text_frame(reset_message(session_id, resumed_from))
    for event in events:
        piece += frame_of(event)
        if len(piece) >= _PIECE_BYTES:
            yield bytes(piece)
            piece.clear()
    if piece:
        yield bytes(piece)
