from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.digests import MalformedDigest, sha256_of_field

DIGEST = hashlib.sha256(b'{"hello": "world"}\n').digest()
# RFC 9530, section 2, has this content and this field for an example.
FIELD = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"


def test_example_of_the_rfc_is_read() -> None:
    assert sha256_of_field(FIELD) == DIGEST


@pytest.mark.parametrize("more", ["md5=:AAAA:, {}", "{}, sha-512=:AAAA:", "  {}  "])
def test_other_algorithms_are_passed_over(more: str) -> None:
    assert sha256_of_field(more.format(FIELD)) == DIGEST


@pytest.mark.parametrize("field", [None, "md5=:AAAA:"])
def test_no_sha256_is_none(field: str | None) -> None:
    assert sha256_of_field(field) is None


@pytest.mark.parametrize(
    "field", ["", "sha-256", "sha-256=RK/0", "sha-256=:RK/0:", "sha-256=:%:", "sha-256=:RK/0", ","]
)
def test_malformed_field_is_refused(field: str) -> None:
    with pytest.raises(MalformedDigest):
        sha256_of_field(field)


@given(st.binary(min_size=32, max_size=32))
def test_any_digest_is_read_back(digest: bytes) -> None:
    assert sha256_of_field(f"sha-256=:{base64.b64encode(digest).decode()}:") == digest
