"""Why a socket is closed, and what its client does next: the one table of close codes.

Codes below 3000 are those of RFC 6455, section 7.4.1, and of its IANA registry; 4000 to 4999 are
for private use (section 7.4.2). The documentation is written from this table.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final


class Next(StrEnum):
    """What the client does next. It always resumes with the last id that it saw."""

    RECONNECT = "reconnect at once"
    BACK_OFF = "reconnect after a pause that grows with every attempt"
    SIGN_IN = "get a new token or ticket, then reconnect"
    STOP = "do not reconnect"


class Close(IntEnum):
    """The codes with which the relay closes a socket."""

    NORMAL = 1000
    PROTOCOL_ERROR = 1002
    NOT_TEXT = 1003
    NOT_UTF8 = 1007
    TOO_BIG = 1009
    INTERNAL = 1011
    RESTART = 1012
    TRY_LATER = 1013
    MOVE_ON = 4000
    SLOW_READER = 4001
    SILENT = 4002
    MALFORMED = 4400
    UNAUTHENTICATED = 4401
    NOT_FOUND = 4404
    TOO_LATE = 4408
    TOO_MANY = 4429


@dataclass(frozen=True, slots=True)
class Meaning:
    """One row of the table.

    Attributes:
        reason: what the close frame says beside the code; at most 123 bytes (section 5.5).
        meaning: a sentence for whoever writes a client.
    """

    reason: str
    meaning: str
    then: Next


MEANINGS: Final[dict[Close, Meaning]] = {
    Close.NORMAL: Meaning("", "The client itself has closed the socket.", Next.STOP),
    Close.PROTOCOL_ERROR: Meaning(
        "protocol error", "The client has sent what is no WebSocket frame.", Next.STOP
    ),
    Close.NOT_TEXT: Meaning("text only", "The client has sent a binary message.", Next.STOP),
    Close.NOT_UTF8: Meaning("not UTF-8", "A text message was not UTF-8.", Next.STOP),
    Close.TOO_BIG: Meaning("too big", "A message was over 16 KiB.", Next.STOP),
    Close.INTERNAL: Meaning("internal error", "Something went wrong here.", Next.BACK_OFF),
    Close.RESTART: Meaning("restart", "The relay is being replaced by another.", Next.RECONNECT),
    Close.TRY_LATER: Meaning("try later", "The store cannot be reached just now.", Next.BACK_OFF),
    Close.MOVE_ON: Meaning(
        "move on", "The socket has reached its age, or its place was lost.", Next.RECONNECT
    ),
    Close.SLOW_READER: Meaning(
        "slow reader", "More was waiting for the client than is kept for it.", Next.BACK_OFF
    ),
    Close.SILENT: Meaning("silent", "The client has left heartbeats unanswered.", Next.BACK_OFF),
    Close.MALFORMED: Meaning(
        "malformed", "A message or parameter of the client is not one.", Next.STOP
    ),
    Close.UNAUTHENTICATED: Meaning(
        "unauthenticated", "The token or ticket is missing, false, used or over.", Next.SIGN_IN
    ),
    Close.NOT_FOUND: Meaning(
        "not found", "There is no such session of this user, or not any more.", Next.STOP
    ),
    Close.TOO_LATE: Meaning(
        "too late", "No token came within 5 seconds of connecting.", Next.SIGN_IN
    ),
    Close.TOO_MANY: Meaning("too many", "The user has 20 sockets open already.", Next.BACK_OFF),
}


class Closing(Exception):
    """The socket is to be closed with `code`."""

    def __init__(self, code: Close) -> None:
        super().__init__(code.name)
        self.code = code
        self.reason = MEANINGS[code].reason


def close_codes_markdown() -> str:
    """The table as a page of the documentation."""
    rows = [
        f"| {int(code)} | {told.reason or 'normal'} | {told.meaning} | {told.then} |"
        for code, told in MEANINGS.items()
    ]
    return "\n".join(
        (
            "# How the socket of events closes",
            "",
            "Written by `python -m infra.asyncapi` from `shared/live/closing.py`.",
            "",
            "A client resumes with the last id that it saw and misses nothing. A socket that ends",
            "without any of these codes (1006 in browsers) was cut by the network: back off.",
            "",
            "| code | reason | meaning | the client then |",
            "|---|---|---|---|",
            *rows,
            "",
        )
    )
