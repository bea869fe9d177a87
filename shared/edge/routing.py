"""Finds the parameters of a path, and refuses what no endpoint has."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from shared.domain.errors import (
    ElementNotFound,
    MethodNotAllowed,
    NotFound,
    RouteNotFound,
    SegmentNotFound,
    SessionNotFound,
    UploadNotFound,
)
from shared.endpoints import ENDPOINTS, Endpoint

# Firestore reserves ids like `__this__` (firebase.google.com/docs/firestore/quotas).
_ID: Final = re.compile(r"(?!__.*__\Z)[A-Za-z0-9_-]{1,64}")
_ASSET: Final = re.compile(r"[a-z0-9-]{1,48}\.[a-z0-9]{1,8}")
_PARAMETER: Final = re.compile(r"\{(\w+)\}")
_MISSING: Final[Mapping[str, Callable[[], NotFound]]] = {
    "session_id": SessionNotFound,
    "action_item_id": ElementNotFound,
    "segment_id": SegmentNotFound,
    "upload_id": UploadNotFound,
}


def match_path(endpoint: Endpoint, path: str) -> dict[str, str]:
    """The raw parameters in `path`.

    Raises:
        RouteNotFound: if it is not of the endpoint's form.
    """
    found = _pattern(endpoint.path).fullmatch(path)
    if found is None:
        raise RouteNotFound
    return found.groupdict()


@cache
def _pattern(template: str) -> re.Pattern[str]:
    literal = re.escape(template).replace(r"\{", "{").replace(r"\}", "}")
    return re.compile(_PARAMETER.sub(r"(?P<\1>[^/]+)", literal))


def check_ids(parameters: Mapping[str, str]) -> None:
    """Raises what a missing thing raises for an id that cannot be one: there is none such."""
    for name, value in parameters.items():
        form = _ASSET if name == "asset" else _ID
        if not form.fullmatch(value):
            raise _MISSING.get(name, RouteNotFound)()


@cache
def allowed_methods(path: str) -> tuple[str, ...]:
    """Methods that the endpoints of a path template know, sorted."""
    methods = {endpoint.method for endpoint in ENDPOINTS if endpoint.path == path}
    if "GET" in methods:
        methods.add("HEAD")
    return (*sorted(methods), "OPTIONS")


def check_method(endpoint: Endpoint, method: str) -> None:
    """Raises `MethodNotAllowed` unless the endpoint answers `method`."""
    if method != endpoint.method and not (method == "HEAD" and endpoint.method == "GET"):
        raise MethodNotAllowed(f"Allowed here: {', '.join(allowed_methods(endpoint.path))}.")
