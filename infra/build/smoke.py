"""Asks every new revision, before anybody else does, whether it answers as its endpoint should.

    python -m infra.build.smoke get-session=https://next---get-session-abc.a.run.app ...

It runs inside the project, as a Cloud Run job of the same image: services that only the load
balancer or Pub/Sub may reach answer nobody outside. It changes nothing and needs no account: a call
without a token is refused by the edge, which by then has loaded the function and its clients.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from typing import Final
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

from shared.endpoint import Caller, Endpoint
from shared.endpoints import BY_NAME, RELAY

_AT_ONCE: Final = 8
# A first call waits for an instance to start.
_TIMEOUT_S: Final = 60.0
_TRIES: Final = 3
_PROBLEM: Final = "application/problem+json"
_SAMPLES: Final = {"session_id": "smoke", "action_item_id": "smoke", "asset": "start.js"}
# https://cloud.google.com/run/docs/securing/service-identity#identity_tokens
_IDENTITY: Final = "/computeMetadata/v1/instance/service-accounts/default/identity?audience="

Answer = tuple[int, str]


def main(arguments: Sequence[str] | None = None) -> int:
    """Checks what is named as `service=url`; 1 if any does not answer as it should."""
    given = [pair.split("=", 1) for pair in (sys.argv[1:] if arguments is None else arguments)]
    if not given:
        print("There is nothing to check.", file=sys.stderr)
        return 1
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        told = list(pool.map(lambda pair: fault(pair[0], pair[1]), given))
    faults = [each for each in told if each is not None]
    print("\n".join(faults) or f"{len(given)} services answer as they should.")
    return 1 if faults else 0


def fault(service: str, url: str, pause_s: float = 2.0) -> str | None:
    """What is wrong with the service at `url`, in a sentence; None if nothing is."""
    said = ""
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(pause_s)
        said = _fault(service, url)
        if not said:
            return None
    return f"{service}: {said}"


def _fault(service: str, url: str) -> str:
    endpoint = BY_NAME.get(service.replace("-", "_"))
    try:
        request, right = _question(service, url, endpoint)
        answer = _ask(request)
    except (OSError, HTTPException, ValueError) as error:
        return f"cannot be asked ({type(error).__name__})."
    return "" if answer in right else f"answered {answer[0]} ({answer[1]})."


def _question(
    service: str, url: str, endpoint: Endpoint | None
) -> tuple[Request, tuple[Answer, ...]]:
    if endpoint is None:
        if service != RELAY.name:
            raise ValueError("no such service")
        # RFC 9110, section 15.5.22: what speaks WebSocket only asks for it.
        return Request(url + RELAY.path.format(**_SAMPLES)), ((426, "text/plain"),)  # noqa: S310
    body = None if endpoint.method in ("GET", "DELETE") else b"{}"
    headers = {"Content-Type": "application/json"}
    if endpoint.caller is Caller.PLATFORM:
        # Told apart from Authorization, which the function's own edge then misses.
        headers["X-Serverless-Authorization"] = f"Bearer {_token_for(_untagged(url))}"
    path = endpoint.path.format(**_SAMPLES)
    request = Request(url + path, body, headers, method=endpoint.method)  # noqa: S310
    return request, tuple(_right(endpoint))


def _right(endpoint: Endpoint) -> Iterator[Answer]:
    if endpoint.caller is not Caller.ANYONE:
        yield 401, _PROBLEM
        return
    for kind in ("application/json", "text/html", "text/javascript"):
        yield 200, kind


def _ask(request: Request) -> Answer:
    try:
        with urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310
            return answer.status, answer.headers.get_content_type()
    except HTTPError as refused:
        with refused:
            return refused.code, refused.headers.get_content_type()


def _untagged(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.split('---', 1)[-1]}"


def _token_for(audience: str) -> str:
    host = os.environ.get("GCE_METADATA_HOST", "metadata.google.internal")
    url = f"http://{host}{_IDENTITY}{quote(audience, safe='')}"
    asked = Request(url, headers={"Metadata-Flavor": "Google"})
    with urlopen(asked, timeout=_TIMEOUT_S) as answer:  # noqa: S310
        return str(answer.read().decode())


if __name__ == "__main__":
    sys.exit(main())
