"""The Tasks port: a durable queue in SQLite.

A message is handed out under a lease. Whoever holds it and dies loses it when the lease ends, and
the message is handed out again; so each is delivered at least once, however many dispatchers there
are and whichever of them is killed.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .database import Database

_INSERT = (
    "INSERT INTO message (topic, data, attributes, published_us, due_us) VALUES (?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A message under lease.

    Attributes:
        data: the JSON text that was published.
        published_us: microseconds since 1970 UTC.
        attempt: 1 at the first delivery.
        lease: proves that this claim is the latest one.
    """

    id: int
    topic: str
    data: str
    attributes: Mapping[str, str]
    published_us: int
    attempt: int
    lease: str


class SqliteTasks:
    """Messages of all topics, in the ledger.

    Args:
        ledger: from `open_ledger`.
    """

    def __init__(self, ledger: Database) -> None:
        self.ledger = ledger

    def publish(self, topic: str, data: Mapping[str, Any]) -> None:
        """Stores a message; when this returns, it outlives a power loss.

        Raises:
            ValueError: `data` has no JSON form.
            Unavailable: it could not be stored.
        """
        text = to_json(data)
        with self.ledger.write() as connection:
            insert_message(connection, topic, text, {})

    def claim(self, topic: str, limit: int, lease_s: float) -> list[Claim]:
        """Takes at most `limit` messages that are due, the longest due first, for `lease_s`."""
        until_due_s = self.seconds_until_due([topic])
        if limit < 1 or until_due_s is None or until_due_s > 0:
            return []
        # A lost claim is a message delivered once more, so it need not be synced; and every synced
        # write after it syncs it too.
        with self.ledger.write(synced=False) as connection:
            return _claim(connection, topic, limit, lease_s)

    def ack(self, claim: Claim) -> None:
        """Removes a message that was handled, unless another has claimed it since."""
        with self.ledger.write(synced=False) as connection:
            _remove(connection, claim)

    def retry(self, claim: Claim, delay_s: float, *, counted: bool = True) -> None:
        """Makes a message due again in `delay_s`; `counted` False takes the attempt back."""
        with self.ledger.write(synced=False) as connection:
            connection.execute(
                "UPDATE message SET lease = NULL, due_us = ?, attempts = ?"
                " WHERE id = ? AND lease = ?",
                (
                    _now_us() + int(delay_s * 1e6),
                    claim.attempt if counted else claim.attempt - 1,
                    claim.id,
                    claim.lease,
                ),
            )

    def release_all(self) -> None:
        """Ends every lease now: for the one dispatcher of a ledger, when it starts.

        What its predecessor held when it was killed need not wait for the ack deadline.
        """
        with self.ledger.write(synced=False) as connection:
            connection.execute(
                "UPDATE message SET lease = NULL, due_us = ? WHERE lease IS NOT NULL", (_now_us(),)
            )

    def bury(self, claim: Claim, topic: str, attributes: Mapping[str, str]) -> None:
        """Moves a message to the dead-letter topic, with more attributes."""
        with self.ledger.write() as connection:
            if _remove(connection, claim):
                insert_message(connection, topic, claim.data, {**claim.attributes, **attributes})

    def seconds_until_due(self, topics: Sequence[str]) -> float | None:
        """Time until the next message of `topics` is due, 0 or less if one is; None: there is none.

        A message under lease is due when the lease ends.
        """
        with self.ledger.read() as connection:
            due = [
                row[0]
                for topic in topics
                for row in connection.execute(
                    "SELECT min(due_us) FROM message WHERE topic = ?", (topic,)
                )
                if row[0] is not None
            ]
        return (min(due) - _now_us()) / 1e6 if due else None

    def depth(self, topic: str) -> int:
        """How many messages of `topic` are not handled yet."""
        with self.ledger.read() as connection:
            count: int = connection.execute(
                "SELECT count(*) FROM message WHERE topic = ?", (topic,)
            ).fetchone()[0]
            return count


def to_json(data: Mapping[str, Any]) -> str:
    """`data` as JSON text; raises `ValueError` if it has none."""
    try:
        text = json.dumps(dict(data), allow_nan=False, ensure_ascii=False, separators=(",", ":"))
        text.encode()
    except (TypeError, ValueError) as error:
        raise ValueError("A message must have a JSON form.") from error
    return text


def insert_message(
    connection: sqlite3.Connection, topic: str, text: str, attributes: Mapping[str, str]
) -> None:
    """Stores a message as part of the caller's transaction."""
    now_us = _now_us()
    connection.execute(_INSERT, (topic, text, json.dumps(dict(attributes)), now_us, now_us))


def _claim(connection: sqlite3.Connection, topic: str, limit: int, lease_s: float) -> list[Claim]:
    now_us, lease = _now_us(), secrets.token_hex(8)
    rows = connection.execute(
        "SELECT id, data, attributes, published_us, attempts + 1 FROM message"
        " WHERE topic = ? AND due_us <= ? ORDER BY due_us, id LIMIT ?",
        (topic, now_us, limit),
    ).fetchall()
    connection.executemany(
        "UPDATE message SET lease = ?, due_us = ?, attempts = attempts + 1 WHERE id = ?",
        [(lease, now_us + int(lease_s * 1e6), row[0]) for row in rows],
    )
    return [
        Claim(message_id, topic, data, json.loads(attributes), published_us, attempt, lease)
        for message_id, data, attributes, published_us, attempt in rows
    ]


def _remove(connection: sqlite3.Connection, claim: Claim) -> bool:
    cursor = connection.execute(
        "DELETE FROM message WHERE id = ? AND lease = ?", (claim.id, claim.lease)
    )
    return cursor.rowcount > 0


def _now_us() -> int:
    return time.time_ns() // 1000
