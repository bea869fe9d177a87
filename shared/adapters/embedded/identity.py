"""The Identity port on the local accounts."""

from __future__ import annotations

from pathlib import Path

from shared.application.ports import Principal
from shared.domain.errors import Unauthenticated

from .accounts import Accounts
from .id_tokens import IdTokens


class LocalIdentity:
    """Verifies the tokens that the local sign-in issues.

    Every call looks the user up, so that a revoked token or a disabled user is out at once.

    Args:
        directory: where accounts and signing key are kept; made if there is none.
        project: audience of the tokens; those of another project are refused.
    """

    def __init__(self, directory: Path, project: str) -> None:
        self.accounts = Accounts(directory / "accounts.db")
        self.tokens = IdTokens(directory / "signing-key.pem", project)

    def verify(self, token: str) -> Principal:
        """As the port says.

        Raises:
            Unauthenticated: expired, unsigned, forged, revoked, another project's, or of a user
                who is disabled or deleted.
            Unavailable: the accounts cannot be read.
        """
        claims = self.tokens.claims(token)
        account = self.accounts.by_id(claims["sub"])
        if account is None or not account.allows(claims["auth_time"]):
            raise Unauthenticated("The token is no longer in force.")
        return Principal(account.id, claims)
