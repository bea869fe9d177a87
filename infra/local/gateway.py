"""The public API on one port: the real functions, and the sign-in that Firebase has elsewhere.

WebSockets are handed to the relay's process.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Flask, Response, redirect, request

from infra.local.hand_over import HandOver
from infra.local.routing import Functions
from shared.adapters.embedded.identity import LocalIdentity
from shared.adapters.embedded.sign_in import SignIn
from shared.adapters.embedded.sign_in_routes import sign_in_blueprint
from shared.adapters.embedded.upload_routes import UploadRoutes
from shared.adapters.embedded.upload_sessions import UPLOADS_PATH
from shared.bootstrap import EmbeddedServices
from shared.config import Config
from shared.domain.errors import PermissionDenied
from shared.edge.cors import ACCEPTED, check_origin, cors_headers, preflight_headers
from shared.edge.problems import MEDIA_TYPE, render_problem, status_of
from shared.endpoints import BY_NAME, ENDPOINTS, Caller

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Firebase's own SDK sends more than the API takes (@firebase/auth, `HttpHeader`).
_SDK_HEADERS: Final = (
    f"{ACCEPTED}, X-Client-Version, X-Firebase-AppCheck, X-Firebase-Client, X-Firebase-GMPID, "
    "X-Firebase-Locale"
)
# Of a process's threads: slow senders must leave some to everybody else.
_UPLOADS_AT_A_TIME: Final = 20
_SIGN_IN_HOSTS: Final = ("identitytoolkit.googleapis.com", "securetoken.googleapis.com")


class Gateway:
    """WSGI application that sends each request where it belongs.

    Args:
        functions: answers the API.
        front: answers `/` and the sign-in.
        sockets: serves WebSockets.
        storage: takes the bytes of upload sessions; None where storage is a service of its own.
    """

    def __init__(
        self,
        functions: WSGIApplication,
        front: WSGIApplication,
        sockets: WSGIApplication,
        storage: WSGIApplication | None = None,
    ) -> None:
        self._functions = functions
        self._front = front
        self._sockets = sockets
        self._storage = storage

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("HTTP_UPGRADE", "").lower() == "websocket":
            return self._sockets(environ, start_response)
        path = environ.get("PATH_INFO", "")
        if self._storage is not None and path.startswith(UPLOADS_PATH):
            return self._storage(environ, start_response)
        first = path.split("/", 2)[1:2]
        if first in ([], [""]) or first[0] in _SIGN_IN_HOSTS:
            return self._front(environ, start_response)
        return self._functions(environ, start_response)


def front_of(config: Config) -> Flask:
    """What stands beside the API: the sign-in, and a way from `/` to the documentation."""
    front = Flask("front", static_folder=None)
    directory = config.data_dir / "identity"
    identity = LocalIdentity(directory, config.project)
    sign_in = sign_in_blueprint(SignIn(identity, directory, config.project))
    _open_to_browsers(sign_in, config.cors_origins)
    front.register_blueprint(sign_in)
    if config.platform == "google":
        from infra.local.emulated import admin_blueprint

        front.register_blueprint(admin_blueprint(identity.accounts))
    front.add_url_rule("/", "documentation", lambda: redirect(BY_NAME["get_docs"].path))
    return front


def _open_to_browsers(sign_in: Blueprint, origins: tuple[str, ...]) -> None:
    """Lets pages of `origins` call the sign-in, and no other page of another origin.

    Firebase, where any page may call, tells pages apart by its key; here any key is taken.
    """

    def refuse() -> Response | None:
        headers = request.headers
        try:
            check_origin(headers.getlist("Origin"), headers.get("Host", ""), origins)
        except PermissionDenied as error:
            return Response(render_problem(error, ""), status_of(error), content_type=MEDIA_TYPE)
        return None

    def answer(response: Response) -> Response:
        response.headers.update(cors_headers(request.headers, origins))
        if request.method == "OPTIONS":
            asked = preflight_headers(request.headers, origins, ("POST", "OPTIONS"), _SDK_HEADERS)
            response.headers.update(asked)
        return response

    sign_in.before_request(refuse)
    sign_in.after_request(answer)


def make(giving: int) -> Gateway:
    """The gateway of this process's environment, with every function loaded.

    Args:
        giving: descriptor of the channel to the relay.
    """
    public = (endpoint for endpoint in ENDPOINTS if endpoint.caller is not Caller.PLATFORM)
    # The first answers what no endpoint has, and leaves its name in the log.
    functions = Functions(sorted(public, key=lambda endpoint: endpoint.name != "get_health"))
    functions.load()
    sockets = HandOver(socket.socket(fileno=giving))
    config = Config.from_environment(os.environ)
    return Gateway(functions, front_of(config), sockets, _storage_of(config))


def _storage_of(config: Config) -> WSGIApplication | None:
    if config.platform != "embedded":
        return None
    return UploadRoutes(EmbeddedServices(config).upload_sessions, _UPLOADS_AT_A_TIME)
