"""How long, how much and how many: every bound that the relay keeps."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one relay process.

    Attributes:
        first_frame_s: how long a socket without header or ticket may take to send its token; the
            opening handshake may take as long.
        heartbeat_s: how often a client that says nothing is asked whether it is there.
        max_missed: heartbeats that may go unanswered.
        max_age_s: when a socket is closed, with up to a tenth less so that not all come back at
            once. Cloud Run ends every request after 3,600 s (Cloud Run, "Request timeout").
        max_backlog_bytes: what may wait for one client that is live.
        stall_s: how long a client may take to read what is replayed to it.
        max_message_bytes: of a client. A token has at most 8,192 characters.
        page: events that are read at a time.
        close_s: how long a client may take to answer a close frame. Cloud Run kills a process 10 s
            after SIGTERM (Cloud Run, "Container lifecycle").
    """

    first_frame_s: float = 5.0
    heartbeat_s: float = 20.0
    max_missed: int = 2
    max_age_s: float = 3_300.0
    max_backlog_bytes: int = 256 * 1024
    stall_s: float = 20.0
    max_message_bytes: int = 16 * 1024
    max_per_user: int = 20
    max_unauthenticated: int = 1_000
    page: int = 100
    close_s: float = 3.0
