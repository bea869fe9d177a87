"""Idempotency-Key: a request that is sent twice is answered once.

A key is claimed before the work and settled with the answer after it. A claim that a crash left
unsettled is taken over with the same seed, from which the ids of what is made follow: the second
attempt then makes what the first one made. Deleting a session deletes the answers that speak of
it; the sweep deletes those that have expired.

Source: IETF draft-ietf-httpapi-idempotency-key-header-07, section 2.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from shared.domain.errors import IdempotencyKeyReused

from .access import load_owned
from .ports import Document, Ports, Transaction

IDEMPOTENCY = "idempotency"
KEPT_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose key it is, and for what. `session_id` is the session that the route lies below."""

    user_id: str
    route: str
    key: str
    session_id: str | None = None

    @property
    def path(self) -> str:
        """Path of the document; the key itself may be personal and is only hashed."""
        parts = "\n".join((self.user_id, self.route, self.key))
        return f"{IDEMPOTENCY}/{hashlib.sha256(parts.encode()).hexdigest()[:40]}"


@dataclass(frozen=True, slots=True)
class Answer:
    """A stored answer."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Claim:
    """A claimed key.

    Attributes:
        seed: the same for every attempt within the key's 24 hours; ids of what is made follow
            from it.
        fingerprint: of the request's content; None while it is not known.
        answer: None if the work is to be done by whoever holds this.
        is_free: False while another attempt is at work.
        is_first: False after an attempt that was cut off, which may have made something.
    """

    path: str
    seed: str
    fingerprint: str | None
    answer: Answer | None = None
    is_free: bool = True
    is_first: bool = True


def claim_key(ports: Ports, scope: Scope, fingerprint: str | None, lease: timedelta) -> Claim:
    """Claims the key for one attempt that takes no longer than `lease`.

    Args:
        fingerprint: None if the content is not read yet; `confirm` tells it later.

    Raises:
        SessionNotFound: if the session of the route is not the caller's or gone, answered or not.
        IdempotencyKeyReused: if the key was used with other content.
    """
    seed = ports.new_id()

    def work(transaction: Transaction) -> Claim:
        now = ports.now()
        if scope.session_id is not None:
            load_owned(transaction, scope.user_id, scope.session_id)
        standing = _in_force(transaction.get(scope.path), now)
        record = _new(scope, seed, fingerprint, now)
        if standing is not None:
            claim = _claim(standing, now)
            _require_same(claim, fingerprint)
            if claim.answer is not None or not claim.is_free:
                return claim
            record = dict(standing.data)
        record["lease_until"] = now + lease
        transaction.set(scope.path, record)
        taken = _claim(Document(scope.path, record), now)
        return replace(taken, is_free=True, is_first=standing is None)

    return ports.documents.transact(work)


def confirm(ports: Ports, claim: Claim, fingerprint: str) -> None:
    """Records what the content was, once it has been read and before anything is made of it.

    Raises:
        IdempotencyKeyReused: if an earlier attempt had other content.
    """

    def change(record: dict[str, Any]) -> dict[str, Any]:
        _require_same(_claim(Document(claim.path, record), ports.now()), fingerprint)
        return {**record, "fingerprint": fingerprint}

    _change(ports, claim, change)


def settle(ports: Ports, claim: Claim, answer: Answer, session_id: str | None) -> None:
    """Keeps the answer for repetitions.

    Args:
        session_id: of the session that the request made, if it made one.
    """
    told = {"status": answer.status, "body": answer.body, "headers": dict(answer.headers)}
    _change(
        ports,
        claim,
        lambda record: {
            **record,
            "answer": told,
            "session_id": record["session_id"] or session_id,
        },
    )


def release(ports: Ports, claim: Claim, *, had_effect: bool) -> None:
    """Lets the next attempt begin at once.

    Args:
        had_effect: whether this attempt may have made something; the seed is then kept.
    """
    keep = had_effect or not claim.is_first
    _change(ports, claim, lambda record: {**record, "lease_until": ports.now()} if keep else None)


def _change(
    ports: Ports, claim: Claim, change: Callable[[dict[str, Any]], dict[str, Any] | None]
) -> None:
    def work(transaction: Transaction) -> None:
        document = transaction.get(claim.path)
        # A deleted session has taken its answers along: none is written after it.
        if document is None or document.data["seed"] != claim.seed:
            return
        record = change(dict(document.data))
        if record is None:
            transaction.delete(claim.path)
        else:
            transaction.set(claim.path, record)

    ports.documents.transact(work)


def _new(scope: Scope, seed: str, fingerprint: str | None, now: datetime) -> dict[str, Any]:
    return {
        "seed": seed,
        "fingerprint": fingerprint,
        "session_id": scope.session_id,
        "answer": None,
        "expires_at": now + KEPT_FOR,
    }


def _in_force(document: Document | None, now: datetime) -> Document | None:
    return document if document is not None and now < document.data["expires_at"] else None


def _claim(document: Document, now: datetime) -> Claim:
    told = document.data["answer"]
    return Claim(
        path=document.path,
        seed=document.data["seed"],
        fingerprint=document.data["fingerprint"],
        answer=None if told is None else Answer(told["status"], told["body"], told["headers"]),
        is_free=document.data["lease_until"] <= now,
    )


def _require_same(claim: Claim, fingerprint: str | None) -> None:
    if None not in (claim.fingerprint, fingerprint) and claim.fingerprint != fingerprint:
        raise IdempotencyKeyReused
