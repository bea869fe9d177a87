"""What Firebase does for the service, on this machine, where firebase-admin asks an emulator.

Nothing here is deployed.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from shared.adapters.embedded.accounts import Account, Accounts

# What firebase-admin sends to an emulator instead of a credential.
_ADMIN = "Bearer owner"


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
