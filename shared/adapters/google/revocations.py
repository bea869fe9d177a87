"""Up to when no sign-in of a user counts: what the rules of Firestore compare a token with.

The rules cannot ask Firebase. Source: firebase.google.com/docs/auth/admin/manage-sessions, "Detect
ID token revocation in Firebase Security Rules".
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from shared.application.ports import Documents, Transaction

_TOKEN_LIFETIME: Final = timedelta(hours=1)
# No token outlives its hour, and none is issued for a sign-in that is over.
_KEPT_FOR: Final = 2 * _TOKEN_LIFETIME


class Revocations:
    """The records `revocations/{user_id}`."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def covers(self, user_id: str, signed_in_s: int) -> bool:
        """Whether the rules refuse every token of that sign-in, for as long as one may live.

        Args:
            signed_in_s: claim `auth_time`, seconds since 1970 UTC.
        """
        record = self._documents.get(_path(user_id))
        if record is None or record.data["revoke_time"] < signed_in_s:
            return False
        expires_at: datetime = record.data["expires_at"]
        return expires_at >= datetime.now(UTC) + _TOKEN_LIFETIME

    def record(self, user_id: str, revoked_s: int) -> None:
        """Lets no sign-in up to `revoked_s`, seconds since 1970 UTC, count any more."""

        def work(transaction: Transaction) -> None:
            known = transaction.get(_path(user_id))
            latest_s = max(revoked_s, known.data["revoke_time"]) if known else revoked_s
            expires_at = datetime.now(UTC) + _KEPT_FOR
            transaction.set(_path(user_id), {"revoke_time": latest_s, "expires_at": expires_at})

        self._documents.transact(work)


def _path(user_id: str) -> str:
    return f"revocations/{user_id}"
