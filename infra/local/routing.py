"""Dispatches HTTP by the table of endpoints to the real function files, in this process."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

import functions_framework
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Map, MapAdapter, Rule
from werkzeug.wsgi import get_path_info

from infra.local.place import ROOT
from shared.endpoints import Endpoint

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Routes:
    """Which endpoint answers, by path and method.

    Args:
        endpoints: those to choose from.
    """

    def __init__(self, endpoints: Iterable[Endpoint]) -> None:
        self._map = Map([_rule(endpoint) for endpoint in endpoints], merge_slashes=False)

    def name_of(self, path: str, method: str, wanted: str | None = None) -> str | None:
        """The endpoint's name; None if none has the path.

        Args:
            path: decoded.
            wanted: the method that a browser is about to use, where it asks with OPTIONS.
        """
        # A preflight is answered by the function whose method the browser is about to use.
        method = wanted if method == "OPTIONS" and wanted else method
        return _find(self._map.bind("localhost", path_info=path), method)


class Functions:
    """WSGI application of function files, each loaded by functions-framework.

    A path that none of them has goes to the first, whose own edge then answers as in the cloud.

    Args:
        endpoints: those to serve.
    """

    def __init__(self, endpoints: Iterable[Endpoint]) -> None:
        self._endpoints = {endpoint.name: endpoint for endpoint in endpoints}
        self._routes = Routes(self._endpoints.values())
        self._loaded: dict[str, WSGIApplication] = {}
        self._loading = threading.Lock()

    def load(self) -> None:
        """Loads every function now, so that no first request waits for it."""
        for name in self._endpoints:
            self._function(name)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        name = self._routes.name_of(
            get_path_info(environ),
            environ["REQUEST_METHOD"],
            environ.get("HTTP_ACCESS_CONTROL_REQUEST_METHOD"),
        )
        function = self._function(name or next(iter(self._endpoints)))
        return function(environ, start_response)

    def _function(self, name: str) -> WSGIApplication:
        with self._loading:
            if name not in self._loaded:
                source = ROOT / self._endpoints[name].source
                app = functions_framework.create_app(name, str(source))  # type: ignore[no-untyped-call]
                self._loaded[name] = app
            return self._loaded[name]


def _rule(endpoint: Endpoint) -> Rule:
    path = endpoint.path.replace("{", "<").replace("}", ">")
    return Rule(path, endpoint=endpoint.name, methods=[endpoint.method])


def _find(routes: MapAdapter, method: str) -> str | None:
    try:
        return str(routes.match(method=method)[0])
    except MethodNotAllowed as error:
        # Any function of that path knows which methods the path has.
        known = next(iter(error.valid_methods or ()))
        return str(routes.match(method=known)[0])
    except HTTPException:
        return None
