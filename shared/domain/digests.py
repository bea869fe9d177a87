"""The digests that come with content over HTTP (RFC 9530, "Digest Fields")."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Final

# A dictionary of byte sequences (RFC 8941, sections 3.2 and 3.3.5).
_MEMBER: Final = re.compile(r"\s*([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/=]*):\s*")


class MalformedDigest(ValueError):
    """The field is no dictionary of byte sequences."""


def sha256_of_field(value: str | None) -> bytes | None:
    """The SHA-256 that a `Content-Digest` or `Repr-Digest` field gives, None if it gives none.

    Other algorithms are passed over, as section 2 of the RFC allows.

    Raises:
        MalformedDigest: the field or its SHA-256 is not well-formed.
    """
    if value is None:
        return None
    given: dict[str, bytes] = {}
    for member in value.split(","):
        found = _MEMBER.fullmatch(member)
        if found is None:
            raise MalformedDigest
        given[found[1]] = _decoded(found[2])
    sha256 = given.get("sha-256")
    if sha256 is not None and len(sha256) != 32:
        raise MalformedDigest
    return sha256


def _decoded(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        raise MalformedDigest from None
