"""What a function is given and what it gives back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from shared.application.ports import Identity, Listener, Ports, PushMessage
from shared.config import Config
from shared.endpoints import Endpoint

if TYPE_CHECKING:
    from flask import Request
    from pydantic import BaseModel

    from shared.application.idempotency import Claim


class PushVerifier(Protocol):
    """Tells the platform's own pushes from anybody else's."""

    def verify_push(self, headers: Mapping[str, str]) -> None:
        """Raises `Unauthenticated` or `PermissionDenied` unless the platform sent them."""


class Services(Ports, Protocol):
    """The ports, and what only the edge needs beside them."""

    @property
    def config(self) -> Config: ...

    @property
    def identity(self) -> Identity: ...

    @property
    def push_verifier(self) -> PushVerifier: ...


class LiveServices(Services, Protocol):
    """The services, and what only the relay needs beside them."""

    @property
    def listener(self) -> Listener: ...


@dataclass(frozen=True, slots=True)
class Call:
    """One authenticated, validated request.

    Attributes:
        ports: what use cases are given.
        user_id: the caller; empty for anyone and for the platform.
        access_until: when the caller's token ends; None if it does not say.
        parameters: of the path, each a well-formed id.
        body, query: instances of the endpoint's models, None where it has none.
        claim: the request's Idempotency-Key, None without one.
    """

    endpoint: Endpoint
    ports: Services
    request: Request
    user_id: str = ""
    access_until: datetime | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    query: Any = None
    pushed: PushMessage | None = None
    claim: Claim | None = None

    @property
    def session_id(self) -> str:
        """The session that the path names."""
        return self.parameters["session_id"]

    @property
    def if_match(self) -> str | None:
        """The If-Match header."""
        return self.request.headers.get("If-Match")

    @property
    def message(self) -> PushMessage:
        """The task that a push delivered."""
        if self.pushed is None:
            raise RuntimeError(f"{self.endpoint.name} takes no messages")
        return self.pushed

    def new_id(self) -> str:
        """The id of the one thing that this call makes.

        With an Idempotency-Key it follows from the key's claim, so that a repetition after a crash
        makes the same thing and not another.
        """
        if self.claim is None:
            return self.ports.new_id()
        return hashlib.sha256(self.claim.seed.encode()).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a function answers.

    Attributes:
        body: a wire model, or text of `media_type`.
        etag: of what was read, quoted; enables If-None-Match.
        location: path of what was made.
    """

    body: BaseModel | str | bytes | Iterable[bytes] | None = None
    media_type: str = "application/json"
    etag: str | None = None
    location: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
