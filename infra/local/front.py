"""What stands beside the API: the sign-in that Firebase has elsewhere, and the way to the docs."""

from __future__ import annotations

import os
from typing import Final

from flask import Blueprint, Flask, Response, redirect, request

from shared.adapters.embedded.identity import LocalIdentity
from shared.adapters.embedded.sign_in import SignIn
from shared.adapters.embedded.sign_in_routes import sign_in_blueprint
from shared.config import Config
from shared.domain.errors import PermissionDenied
from shared.edge.cors import ACCEPTED, check_origin, cors_headers, preflight_headers
from shared.edge.problems import MEDIA_TYPE, render_problem, status_of
from shared.endpoints import BY_NAME

# Firebase's own SDK sends more than the API takes (@firebase/auth, `HttpHeader`).
_SDK_HEADERS: Final = (
    f"{ACCEPTED}, X-Client-Version, X-Firebase-AppCheck, X-Firebase-Client, X-Firebase-GMPID, "
    "X-Firebase-Locale"
)
_SIGN_IN_HOSTS: Final = ("identitytoolkit.googleapis.com", "securetoken.googleapis.com")


def is_front(path: str) -> bool:
    """Whether a request's path is none of the API's."""
    first = path.split("/", 2)[1:2]
    return first in ([], [""]) or first[0] in _SIGN_IN_HOSTS


def make() -> Flask:
    """The front of this process's environment, without the API behind it."""
    return front_of(Config.from_environment(os.environ))


def front_of(config: Config) -> Flask:
    """The sign-in, and a way from `/` to the documentation."""
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
