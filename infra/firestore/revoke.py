"""`python -m infra.firestore.revoke USER`: ends every sign-in of a user, for listeners too.

With `--all-disabled` instead of a user it tells the rules of everybody whom Firebase has disabled.

Firebase ends the user's refresh tokens by itself, and the API asks Firebase at every call. The
rules of Firestore cannot ask: they compare a token with the record that this leaves. Source:
firebase.google.com/docs/auth/admin/manage-sessions, "Detect ID token revocation in Security Rules".
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime

import firebase_admin
from firebase_admin import auth

from shared.adapters.google.documents import FirestoreDocuments
from shared.adapters.google.revocations import Revocations
from shared.config import Config


def main() -> int:
    """Revokes and returns the exit status."""
    parser = argparse.ArgumentParser(prog="infra.firestore.revoke", description=__doc__)
    whom = parser.add_mutually_exclusive_group(required=True)
    whom.add_argument("user", nargs="?", help="the user's id (uid)")
    whom.add_argument("--all-disabled", action="store_true", help="all whom Firebase has disabled")
    parser.add_argument("--disable", action="store_true", help="let no new sign-in begin either")
    given = parser.parse_args()
    config = Config.from_environment(os.environ)
    app = firebase_admin.initialize_app(options={"projectId": config.project})
    documents = FirestoreDocuments(config.project, database=config.firestore_database)
    revocations = Revocations(documents)
    if given.all_disabled:
        print(f"Shut out: {shut_out_disabled(app, revocations)} users.")
        return 0
    revoked_s = revoke(app, revocations, given.user, disable=given.disable)
    print(f"Revoked: no sign-in up to {datetime.fromtimestamp(revoked_s, UTC):%FT%TZ} counts.")
    return 0


def revoke(
    app: firebase_admin.App, revocations: Revocations, user_id: str, *, disable: bool = False
) -> int:
    """Ends the sign-ins of `user_id`; running it again finishes what a crash left.

    Returns:
        The second, since 1970 UTC, up to which no sign-in counts.
    """
    revoked_s = int(time.time())
    # One who was deleted has nothing left to end but what Firestore still takes.
    with suppress(auth.UserNotFoundError):
        if disable:
            auth.update_user(user_id, disabled=True, app=app)
        auth.revoke_refresh_tokens(user_id, app)
        revoked_s = int(auth.get_user(user_id, app).tokens_valid_after_timestamp // 1000)
    revocations.record(user_id, revoked_s)
    return revoked_s


def shut_out_disabled(app: firebase_admin.App, revocations: Revocations) -> int:
    """Tells the rules of every user who is disabled; reads all users, 1,000 at a time.

    Returns:
        How many there are.
    """
    disabled = [user.uid for user in auth.list_users(app=app).iterate_all() if user.disabled]
    for user_id in disabled:
        revocations.record(user_id, int(time.time()))
    return len(disabled)


if __name__ == "__main__":
    sys.exit(main())
