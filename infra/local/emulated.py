"""The Google platform on this machine's emulators: what is there another way than in the cloud.

Nothing here is deployed. Emulated Pub/Sub signs no tokens, so its pushes are told from others' by a
key in their URL; and firebase-admin, told of an emulator, asks the local sign-in whether a token is
revoked instead of asking Firebase.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from flask import Blueprint, Response, jsonify, request

from shared.adapters.embedded.accounts import Account, Accounts
from shared.adapters.embedded.push_token import PushSigner, PushVerifier, push_secret
from shared.bootstrap import GoogleServices
from shared.config import Config

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# What firebase-admin sends to an emulator instead of a credential.
_ADMIN = "Bearer owner"


class EmulatedGoogleServices(GoogleServices):
    """Google's adapters, and pushes that this machine's own processes vouch for."""

    @cached_property
    def push_verifier(self) -> PushVerifier:
        """Knows the secret of the data directory."""
        return PushVerifier(push_secret(self.config.data_dir / "push.key"))


def push_key(config: Config) -> str:
    """What the URL of a push must carry."""
    return push_secret(config.data_dir / "push.key").hex()


class KeyedPushes:
    """WSGI application that vouches for a push whose URL has the key."""

    def __init__(self, pipeline: WSGIApplication, config: Config) -> None:
        self._pipeline = pipeline
        self._key = push_key(config)
        self._signer = PushSigner(push_secret(config.data_dir / "push.key"))

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        given = parse_qs(environ.get("QUERY_STRING", "")).get("key", [""])[0]
        if hmac.compare_digest(given.encode(), self._key.encode()):
            environ["HTTP_AUTHORIZATION"] = self._signer.headers()["Authorization"]
        return self._pipeline(environ, start_response)


def admin_blueprint(accounts: Accounts) -> Blueprint:
    """The one call that firebase-admin makes: `accounts:lookup` by user id."""
    blueprint = Blueprint("admin", __name__)
    path = "/identitytoolkit.googleapis.com/v1/projects/<project>/accounts:lookup"

    @blueprint.post(path)
    def lookup(project: str) -> Response | tuple[Response, int]:
        if request.headers.get("Authorization") != _ADMIN:
            return jsonify({"error": {"code": 401, "message": "UNAUTHENTICATED"}}), 401
        wanted = (request.get_json(silent=True) or {}).get("localId", [])
        found = [accounts.by_id(str(user_id)) for user_id in wanted]
        return jsonify({"users": [_record(account) for account in found if account]})

    return blueprint


def _record(account: Account) -> dict[str, Any]:
    return {
        "localId": account.id,
        "validSince": str(account.valid_since_s),
        "disabled": bool(account.disabled),
    }
