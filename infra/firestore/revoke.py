"""`python -m infra.firestore.revoke USER`: ends every sign-in of a user, for listeners too.

Firebase ends the user's refresh tokens by itself, and the API asks Firebase at every call. The
rules of Firestore cannot ask: they compare a token with the record that this leaves. Source:
firebase.google.com/docs/auth/admin/manage-sessions, "Detect ID token revocation in Security Rules".
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime, timedelta
from typing import Final

import firebase_admin
from firebase_admin import auth

from shared.adapters.google.documents import FirestoreDocuments
from shared.application.ports import Documents
from shared.config import Config

# No ID token outlives its hour, and none is issued for a sign-in that was revoked.
_KEPT_FOR: Final = timedelta(hours=2)


def main() -> int:
    """Revokes and returns the exit status."""
    parser = argparse.ArgumentParser(prog="infra.firestore.revoke", description=__doc__)
    parser.add_argument("user", help="the user's id (uid)")
    parser.add_argument("--disable", action="store_true", help="let no new sign-in begin either")
    given = parser.parse_args()
    config = Config.from_environment(os.environ)
    app = firebase_admin.initialize_app(options={"projectId": config.project})
    documents = FirestoreDocuments(config.project, database=config.firestore_database)
    revoked_s = revoke(app, documents, given.user, disable=given.disable)
    print(f"Revoked: no sign-in up to {datetime.fromtimestamp(revoked_s, UTC):%FT%TZ} counts.")
    return 0


def revoke(
    app: firebase_admin.App, documents: Documents, user_id: str, *, disable: bool = False
) -> int:
    """Ends the sign-ins of `user_id`; running it again finishes what a crash left.

    Returns:
        The second, since 1970 UTC, up to which no sign-in counts.
    """
    if disable:
        auth.update_user(user_id, disabled=True, app=app)
    auth.revoke_refresh_tokens(user_id, app)
    revoked_s = int(auth.get_user(user_id, app).tokens_valid_after_timestamp // 1000)
    record = {
        "revoke_time": revoked_s,
        "expires_at": datetime.fromtimestamp(revoked_s, UTC) + _KEPT_FOR,
    }
    documents.transact(lambda transaction: transaction.set(f"revocations/{user_id}", record))
    return revoked_s


if __name__ == "__main__":
    sys.exit(main())
