"""Who calls? Verification of Firebase Authentication's ID tokens."""

from __future__ import annotations

import logging
import time
from functools import cached_property
from threading import Lock
from typing import Final

import firebase_admin
from firebase_admin import App, auth, credentials
from firebase_admin.exceptions import (
    DeadlineExceededError,
    FirebaseError,
    InternalError,
    ResourceExhaustedError,
    UnavailableError,
    UnknownError,
)

from shared.application.ports import Principal
from shared.domain.errors import InsightError, Unauthenticated

from .failures import translated, unavailable
from .revocations import Revocations

_log: Final = logging.getLogger(__name__)
_TIMEOUT_S = 10
# Between Google's clock and ours; the library allows up to 60.
_CLOCK_SKEW_S = 10
_TRANSIENT = (
    DeadlineExceededError,
    InternalError,
    ResourceExhaustedError,
    UnavailableError,
    # CertificateFetchError is one, and so is a connection that broke.
    UnknownError,
)
# Of a genuine token. One that is merely revoked is not among them: a change of the password revokes
# it as well, and the sign-in by which it was changed goes on with the same `auth_time`.
_SHUT_OUT = (auth.UserDisabledError, auth.UserNotFoundError)
_app_lock = Lock()


class FirebaseIdentity:
    """The Identity port.

    Every call asks Firebase whether the token is revoked or its user disabled, as
    https://firebase.google.com/docs/auth/admin/manage-sessions has it: a person who signs out
    everywhere is out at once, at the price of one request to Google per call.

    The rules of Firestore cannot ask. Where a call meets a user who is disabled or deleted they are
    told, so that his listeners are shut out too, wherever he was disabled.

    Args:
        project: the Firebase project whose tokens count.
        credential: with which Firebase is asked; None for the application default.
        revocations: where the rules are told; None: nobody listens to Firestore.
    """

    def __init__(
        self,
        project: str,
        *,
        credential: credentials.Base | None = None,
        revocations: Revocations | None = None,
    ) -> None:
        self._project = project
        self._credential = credential
        self._revocations = revocations

    @cached_property
    def _app(self) -> App:
        return _firebase_app(self._project, self._credential)

    def verify(self, token: str) -> Principal:
        """As the port says.

        Raises:
            Unauthenticated: expired, unsigned, forged, revoked, another project's, or of a user
                who is disabled or deleted.
            Unavailable: Google's certificates or the user could not be fetched.
        """
        with translated("Firebase"):
            try:
                claims = auth.verify_id_token(
                    token, self._app, check_revoked=True, clock_skew_seconds=_CLOCK_SKEW_S
                )
            except (FirebaseError, ValueError) as error:
                if self._revocations is not None and isinstance(error, _SHUT_OUT):
                    self._tell(self._revocations, token)
                # Without a cause: the library's messages quote the token.
                raise _refusal(error) from None
        return Principal(user_id=claims["uid"], claims=claims)

    def _tell(self, revocations: Revocations, token: str) -> None:
        # The caller is refused in any case, whatever becomes of this.
        try:
            claims = auth.verify_id_token(token, self._app, clock_skew_seconds=_CLOCK_SKEW_S)
            if not revocations.covers(claims["uid"], claims["auth_time"]):
                revocations.record(claims["uid"], int(time.time()))
        except Exception as error:
            # The account of a function that only reads may not write. The error's text, which may
            # quote the token, is not told.
            _log.warning("a revocation was not recorded: %s", type(error).__qualname__)


def _firebase_app(project: str, credential: credentials.Base | None) -> App:
    with _app_lock:
        try:
            return firebase_admin.get_app(project)
        except ValueError:
            options = {"projectId": project, "httpTimeout": _TIMEOUT_S}
            return firebase_admin.initialize_app(credential, options, name=project)


def _refusal(error: FirebaseError | ValueError) -> InsightError | FirebaseError:
    for kind, message in _REFUSALS:
        if isinstance(error, kind):
            return Unauthenticated(message)
    if isinstance(error, _TRANSIENT):
        return unavailable("Firebase")
    # What is left (a permission that the service account lacks) is a fault of the deployment.
    assert isinstance(error, FirebaseError)  # noqa: S101
    return error


_REFUSALS: tuple[tuple[type[Exception], str], ...] = (
    (auth.ExpiredIdTokenError, "The token is expired."),
    (auth.RevokedIdTokenError, "The token is revoked."),
    (auth.UserDisabledError, "The user is disabled."),
    (auth.UserNotFoundError, "There is no such user."),
    (auth.InvalidIdTokenError, "The token is not valid."),
    (ValueError, "The token is not valid."),
)
