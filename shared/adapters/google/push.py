"""Who pushed this? Verification of the token that Pub/Sub and Cloud Scheduler send along."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from hmac import compare_digest

import jwt
from google.auth.transport import Request
from jwt.exceptions import InvalidTokenError

from shared.domain.errors import Unauthenticated

from .certificates import GOOGLE_KEYS_URL, Certificates

_ISSUERS = ("https://accounts.google.com", "accounts.google.com")
_CLAIMS = ("exp", "iat", "iss", "aud", "email", "email_verified")
# Between Google's clock and ours.
_LEEWAY_S = 10.0


class OidcPush:
    """Lets pass what Google pushed in the name of one service account.

    Source: https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions ("Validate tokens")
    and https://cloud.google.com/scheduler/docs/http-target-auth

    Args:
        audience: the one that the subscription and the scheduler's job name.
        service_account: e-mail of the account in whose name they push.
        transport: fetches the certificates; None for google-auth's own over `requests`.
        keys_url: where they are.
    """

    def __init__(
        self,
        audience: str,
        service_account: str,
        *,
        transport: Request | None = None,
        keys_url: str = GOOGLE_KEYS_URL,
    ) -> None:
        self._audience = audience
        self._service_account = service_account
        self._transport = transport
        self._keys_url = keys_url

    @cached_property
    def _certificates(self) -> Certificates:
        return Certificates(self._transport or _default_transport(), url=self._keys_url)

    def verify_push(self, headers: Mapping[str, str]) -> None:
        """Returns if the push is Google's and meant for us.

        Args:
            headers: the request's; names in any case.

        Raises:
            Unauthenticated: the token is missing, forged, expired, meant for another audience or
                issued to another account.
            Unavailable: the certificates could not be fetched.
        """
        claims = self._claims(_bearer(headers))
        if claims["email_verified"] is not True:
            raise Unauthenticated("The push token's e-mail is not verified.")
        if not compare_digest(str(claims["email"]), self._service_account):
            raise Unauthenticated("The push token is another account's.")

    def _claims(self, token: str) -> dict[str, object]:
        try:
            key = self._certificates.key(_key_id(token))
            if key is None:
                raise Unauthenticated("The push token is not signed by Google.")
            claims: dict[str, object] = jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                audience=self._audience,
                issuer=_ISSUERS,
                leeway=_LEEWAY_S,
                options={"require": list(_CLAIMS)},
            )
        except InvalidTokenError as error:
            reason = type(error).__name__
            raise Unauthenticated(f"The push token is not valid ({reason}).") from None
        return claims


def _bearer(headers: Mapping[str, str]) -> str:
    value = next((v for name, v in headers.items() if name.lower() == "authorization"), "")
    scheme, _, token = value.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("The push carries no token.")
    return token.strip()


def _key_id(token: str) -> str:
    return str(jwt.get_unverified_header(token).get("kid", ""))


def _default_transport() -> Request:
    # 50 ms of import that only a function which is pushed to has to pay.
    from google.auth.transport import requests

    return requests.Request()
