"""The local sign-in on HTTP, at the paths that Firebase Auth's REST calls have below its hosts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, request
from werkzeug.exceptions import RequestEntityTooLarge

from shared.domain.errors import Unavailable

from .sign_in import SignIn, SignInRefused

_ACCOUNTS = "/identitytoolkit.googleapis.com/v1/accounts"
_TOKEN = "/securetoken.googleapis.com/v1/token"  # noqa: S105
_MAX_BODY_BYTES = 64 * 1024

Call = Callable[[Mapping[str, Any]], dict[str, Any]]


def sign_in_blueprint(sign_in: SignIn) -> Blueprint:
    """Routes for every call of `sign_in`; any API key is taken."""
    blueprint = Blueprint("sign_in", __name__)
    calls: dict[str, Call] = {
        f"{_ACCOUNTS}:signUp": sign_in.sign_up,
        f"{_ACCOUNTS}:signInWithPassword": sign_in.sign_in_with_password,
        f"{_ACCOUNTS}:lookup": sign_in.lookup,
        f"{_ACCOUNTS}:update": sign_in.update,
        f"{_ACCOUNTS}:delete": sign_in.delete,
        _TOKEN: sign_in.refresh,
    }
    for path, call in calls.items():
        blueprint.add_url_rule(path, path.replace(".", "_"), _view(call), methods=["POST"])
    return blueprint


def _view(call: Call) -> Callable[[], tuple[Response, int]]:
    def view() -> tuple[Response, int]:
        try:
            return jsonify(call(_fields())), 200
        except SignInRefused as refused:
            return _error(400, refused.code, "INVALID_ARGUMENT")
        except Unavailable:
            return _error(503, "UNAVAILABLE", "UNAVAILABLE")

    return view


def _fields() -> Mapping[str, Any]:
    request.max_content_length = _MAX_BODY_BYTES
    try:
        if request.mimetype == "application/x-www-form-urlencoded":
            return request.form.to_dict()
        fields = request.get_json(force=True, silent=True)
    except RequestEntityTooLarge:
        raise SignInRefused("INVALID_ARGUMENT : The body is too large") from None
    # Of JSON nested too deeply, and of a body that breaks off, which each server tells its own way.
    except Exception:
        raise SignInRefused("INVALID_ARGUMENT : Invalid JSON payload received") from None
    if not isinstance(fields, dict):
        raise SignInRefused("INVALID_ARGUMENT : Invalid JSON payload received")
    return fields


def _error(status: int, message: str, name: str) -> tuple[Response, int]:
    details = [{"message": message, "domain": "global", "reason": "invalid"}]
    error = {"code": status, "message": message, "errors": details, "status": name}
    return jsonify({"error": error}), status
