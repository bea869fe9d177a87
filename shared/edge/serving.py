"""Serves one request: from HTTP to a function's call, and from its reply or error back."""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from flask import Response

from shared.domain.errors import InvalidRequest
from shared.endpoints import Caller, Endpoint

from .authentication import authenticate, challenge
from .body import read_chunks
from .call import Call, Reply, Services
from .correlation import Correlation, correlate, current
from .cors import cors_headers, preflight_headers
from .json_body import read_json
from .problems import status_of
from .responses import render, render_error, secure
from .routing import allowed_methods, check_ids, check_method, match_path
from .validation import model, validate_body, validate_query

if TYPE_CHECKING:
    from flask import Request

Handler = Callable[[Call], Reply]
_log: Final = logging.getLogger(__name__)
# A client that is still sending reads no answer; beyond this it is cut off instead.
_MAX_DRAINED_BYTES: Final = 34 * 1024 * 1024


def serve(request: Request, endpoint: Endpoint, handler: Handler, services: Services) -> Response:
    """The response to `request`; never raises."""
    started = time.perf_counter()
    correlation = correlate(request.headers)
    token = current.set(correlation)
    try:
        response = _respond(request, endpoint, handler, services, correlation)
        _drain(request)
        response.headers["X-Request-Id"] = correlation.request_id
        response.headers.update(cors_headers(request.headers, services.config.cors_origins))
        secure(response, endpoint)
        _log_request(request, endpoint, response, time.perf_counter() - started)
        return response
    finally:
        current.reset(token)


def _respond(
    request: Request,
    endpoint: Endpoint,
    handler: Handler,
    services: Services,
    correlation: Correlation,
) -> Response:
    try:
        return _dispatch(Call(endpoint, services, request), handler)
    except Exception as raised:
        error = raised
        if status_of(raised) == 500:
            _log.error("unexpected %s", type(raised).__qualname__, exc_info=raised)
    headers = challenge(error, request.headers)
    if status_of(error) == 405:
        headers["Allow"] = ", ".join(allowed_methods(endpoint.path))
    return render_error(error, correlation.request_id, headers)


def _dispatch(call: Call, handler: Handler) -> Response:
    endpoint, request = call.endpoint, call.request
    call = replace(call, parameters=match_path(endpoint, request.path))
    if request.method == "OPTIONS":
        return _preflight(call)
    check_method(endpoint, request.method)
    if endpoint.caller is Caller.PLATFORM:
        call = _pushed(call)
    elif endpoint.caller is Caller.USER:
        caller = authenticate(call.ports.identity, request.headers)
        call = replace(call, user_id=caller.user_id, access_until=caller.expires_at)
    check_ids(call.parameters)
    call, raw_body = _validated(call)

    def answer(ready: Call) -> Response:
        return render(handler(ready), endpoint, request)

    if not endpoint.idempotent_by_key:
        return answer(call)
    # What few functions need the others do not load.
    from .idempotency import answer_once

    return answer_once(call, raw_body, answer)


def _preflight(call: Call) -> Response:
    methods = allowed_methods(call.endpoint.path)
    origins = call.ports.config.cors_origins
    headers = preflight_headers(call.request.headers, origins, methods)
    return Response(status=204, headers=headers)


def _pushed(call: Call) -> Call:
    call.ports.push_verifier.verify_push(dict(call.request.headers))
    if not call.endpoint.subscriptions:
        return call
    from .push import parse_envelope

    return replace(call, pushed=parse_envelope(read_json(call.request), call.endpoint))


def _validated(call: Call) -> tuple[Call, Any]:
    endpoint, raw_body = call.endpoint, None
    if endpoint.query is not None:
        call = replace(call, query=validate_query(model(endpoint.query), call.request.args))
    if endpoint.body is not None:
        raw_body = read_json(call.request)
        call = replace(call, body=validate_body(model(endpoint.body), raw_body))
    return call, raw_body


def _drain(request: Request) -> None:
    # functions-framework reads what is left of the body into memory; by then nothing is.
    left = _MAX_DRAINED_BYTES
    try:
        if (request.content_length or 0) <= _MAX_DRAINED_BYTES:
            for chunk in read_chunks(request):
                left -= len(chunk)
                if left <= 0:
                    break
    except InvalidRequest:
        _log.debug("the client was gone before it had sent its body")
    request.stream = io.BytesIO()


def _log_request(
    request: Request, endpoint: Endpoint, response: Response, elapsed_s: float
) -> None:
    status = response.status_code
    level = logging.ERROR if status >= 500 else logging.INFO
    fields = {
        "endpoint": endpoint.name,
        # The template: a path that a client made up may hold anything.
        "httpRequest": {
            "requestMethod": request.method[:16],
            "requestUrl": endpoint.path,
            "status": status,
            "latency": f"{elapsed_s:.6f}s",
        },
    }
    _log.log(level, "%s %d", endpoint.name, status, extra={"fields": fields})
