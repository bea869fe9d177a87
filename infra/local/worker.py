"""The pipeline's functions, for the processes that do its work."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from infra.local.routing import Functions
from shared.bootstrap import use
from shared.config import Config
from shared.endpoints import ENDPOINTS, Caller

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def make() -> WSGIApplication:
    """The WSGI application of what only the platform calls."""
    config = Config.from_environment(os.environ)
    functions = Functions(e for e in ENDPOINTS if e.caller is Caller.PLATFORM)
    if config.platform == "embedded":
        functions.load()
        return functions
    from infra.local.emulated import EmulatedGoogleServices, KeyedPushes

    use(EmulatedGoogleServices(config))
    functions.load()
    return KeyedPushes(functions, config)
