"""Tickets for the socket of a session's events: good for one connection, within 30 seconds.

A browser cannot send a header with a WebSocket, and a token must not stand in a URL, where logs and
histories keep it. A ticket may: it is worth nothing once it was used. Only its hash is stored.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.errors import Unauthenticated

from .access import load_owned
from .ports import Ports, Transaction

TICKETS = "tickets"
TICKET_LIFETIME = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a client is given. `secret` has 40 letters and digits, about 238 bits."""

    secret: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Access:
    """Who may listen, and until when the proof of it holds (None: without end)."""

    user_id: str
    until: datetime | None


def issue_ticket(ports: Ports, user_id: str, session_id: str, until: datetime | None) -> Ticket:
    """A ticket for the caller's own session.

    Args:
        until: end of the token that the caller has shown; a socket that is opened with the ticket
            does not outlive it.

    Raises:
        SessionNotFound
    """
    load_owned(ports.documents, user_id, session_id)
    ticket = Ticket(ports.new_id() + ports.new_id(), ports.now() + TICKET_LIFETIME)
    record = {
        "user_id": user_id,
        "session_id": session_id,
        "until": until,
        "expires_at": ticket.expires_at,
    }
    ports.documents.transact(lambda tx: tx.create(_path(ticket.secret), record))
    return ticket


def redeem_ticket(ports: Ports, session_id: str, secret: str) -> Access:
    """Uses a ticket up.

    Raises:
        Unauthenticated: there is no such ticket for this session, or it was used, or is expired.
    """

    def work(transaction: Transaction) -> Access | None:
        document = transaction.get(_path(secret))
        if document is None:
            return None
        transaction.delete(document.path)
        record = document.data
        if record["session_id"] != session_id or record["expires_at"] <= ports.now():
            return None
        return Access(record["user_id"], record["until"])

    access = ports.documents.transact(work)
    if access is None:
        raise Unauthenticated("The ticket is not valid, or was used already.")
    return access


def _path(secret: str) -> str:
    return f"{TICKETS}/{hashlib.sha256(secret.encode()).hexdigest()}"
