"""Answers a request with an Idempotency-Key once, however often it is sent."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from flask import Response

from shared.application.idempotency import Answer, Claim, Scope, claim_key, release, settle
from shared.domain.errors import IdempotencyKeyReused, InsightError, InvalidArgument

from .call import Call
from .problems import InFlight

_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")
# Beyond the platform's own timeout: an attempt that is still running then has been killed.
_GRACE: Final = timedelta(seconds=30)


def answer_once(call: Call, raw_body: Any, work: Callable[[Call], Response]) -> Response:
    """Does `work` unless the key's answer is stored already.

    Raises:
        InvalidArgument: if the key is not one.
        IdempotencyKeyReused: if the key was used with other content.
        InFlight: while the first request is still being answered.
    """
    key = call.request.headers.get("Idempotency-Key")
    if key is None:
        return work(call)
    claim = _claim(call, key, raw_body)
    if claim.answer is not None:
        _require_same_file(call, claim)
        return _replay(claim.answer)
    if not claim.is_free:
        raise InFlight("A request with this Idempotency-Key is being answered just now.")
    return _first_answer(replace(call, claim=claim), claim, work)


def _require_same_file(call: Call, claim: Claim) -> None:
    if not call.endpoint.multipart:
        return
    # Of all functions only the one that takes files needs the parser.
    from .uploading import fingerprint_upload

    if fingerprint_upload(call.request) != claim.fingerprint:
        raise IdempotencyKeyReused


def _claim(call: Call, key: str, raw_body: Any) -> Claim:
    if not _KEY.fullmatch(key):
        raise InvalidArgument(
            "Idempotency-Key: must be 1 to 255 printable characters without spaces.",
            field="Idempotency-Key",
        )
    scope = Scope(
        user_id=call.user_id,
        route=f"{call.endpoint.method} {call.request.path}",
        key=key,
        session_id=call.parameters.get("session_id"),
    )
    fingerprint = None if call.endpoint.multipart else _fingerprint(raw_body)
    lease = timedelta(seconds=call.endpoint.timeout_s) + _GRACE
    return claim_key(call.ports, scope, fingerprint, lease)


def _fingerprint(body: Any) -> str:
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def _first_answer(call: Call, claim: Claim, work: Callable[[Call], Response]) -> Response:
    try:
        response = work(call)
    except InsightError as error:
        # What is refused for good has changed nothing.
        release(call.ports, claim, had_effect=error.transient)
        raise
    except BaseException:
        release(call.ports, claim, had_effect=True)
        raise
    made = call.new_id() if "session_id" not in call.parameters else None
    settle(call.ports, claim, _answer_of(response), made)
    return response


def _replay(answer: Answer) -> Response:
    """A stored answer, marked as one."""
    response = Response(answer.body, answer.status, content_type="application/json")
    response.headers.update({**answer.headers, "Idempotency-Replayed": "true"})
    return response


def _answer_of(response: Response) -> Answer:
    """What is to be kept of a response for its repetitions."""
    kept = {
        name: response.headers[name] for name in ("Location", "ETag") if name in response.headers
    }
    return Answer(response.status_code, response.get_data(as_text=True), kept)
