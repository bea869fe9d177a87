"""The pipeline's functions, for the processes that do its work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.routing import Functions
from shared.endpoints import ENDPOINTS, Caller

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def make() -> WSGIApplication:
    """The WSGI application of what only the platform calls."""
    functions = Functions(e for e in ENDPOINTS if e.caller is Caller.PLATFORM)
    functions.load()
    return functions
