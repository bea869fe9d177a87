"""No file of this tree holds a secret."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator

import pytest

from infra.local.place import ROOT

# The forms of what must never be committed, as those who issue them write them.
FORMS = {
    "a private key": re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{32}"),
    "a Google API key": re.compile(rb"\bAIza[0-9A-Za-z_-]{35}\b"),
    "a Google OAuth token": re.compile(rb"\bya29\.[0-9A-Za-z_-]{20,}"),
    "a Google client secret": re.compile(rb"\bGOCSPX-[0-9A-Za-z_-]{20,}"),
    "a service account's key": re.compile(rb'"private_key_id"\s*:\s*"[0-9a-f]{40}"'),
    "an access key": re.compile(rb"\bAKIA[0-9A-Z]{16}\b"),
    "a GitHub token": re.compile(rb"\bgh[pousr]_[0-9A-Za-z]{36}\b"),
}
FORBIDDEN = re.compile(r"(^|/)(\.env(\..*)?|.*\.tfvars|.*\.tfstate|.*\.pem|.*\.p12|push\.key)$")


def secrets_in(content: bytes) -> list[str]:
    return [what for what, form in FORMS.items() if form.search(content)]


def committed() -> Iterator[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("this tree is no git checkout, so that nothing tells what is committed")
    yield from filter(None, listed.stdout.decode().split("\0"))


def readable() -> Iterator[str]:
    """What is committed, but for the model's weights, which are numbers."""
    yield from (path for path in committed() if not path.endswith(".onnx"))


def test_no_committed_file_holds_a_secret() -> None:
    found = [
        (path, what)
        for path in readable()
        if (ROOT / path).is_file()
        for what in secrets_in((ROOT / path).read_bytes())
    ]
    assert found == []


def test_no_committed_file_is_of_a_kind_that_holds_secrets() -> None:
    allowed = re.compile(r"\.example$|example\.tfvars$")
    kinds = [path for path in committed() if FORBIDDEN.search(path) and not allowed.search(path)]
    assert kinds == []


@pytest.mark.parametrize(
    ("what", "planted"),
    [
        ("a private key", b"-----BEGIN PRIVATE " + b"KEY-----\n" + b"MIIEvQ" * 8),
        ("a Google API key", b"key = AI" + b"za" + b"S" * 35),
        ("a Google OAuth token", b"ya" + b"29." + b"a0" * 15),
        ("a Google client secret", b"GOC" + b"SPX-" + b"x" * 24),
        ("a service account's key", b'"private_key' + b'_id": "' + b"0a" * 20 + b'"'),
        ("an access key", b"AK" + b"IA" + b"A" * 16),
        ("a GitHub token", b"gh" + b"p_" + b"a" * 36),
    ],
)
def test_planted_secret_is_found(what: str, planted: bytes) -> None:
    assert secrets_in(b"before " + planted + b" after") == [what]


@pytest.mark.parametrize("path", [".env", "infra/terraform/prod.tfvars", "a/key.pem", "push.key"])
def test_file_that_would_hold_a_secret_is_known(path: str) -> None:
    assert FORBIDDEN.search(path)
