"""The image that ours begins with: by its digest, or not at all."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final
from urllib.request import Request, urlopen

FILE: Final = Path(__file__).resolve().parents[1] / "container" / "base-image.txt"
NAME: Final = "python:3.11-slim-bookworm"
_PINNED: Final = re.compile(re.escape(NAME) + r"@sha256:[0-9a-f]{64}")
_REGISTRY: Final = "https://registry-1.docker.io"
_ISSUER: Final = "https://auth.docker.io/token"
# One image for every kind of processor.
_INDEX: Final = "application/vnd.oci.image.index.v1+json"
_TIMEOUT_S: Final = 30.0


class NotPinned(RuntimeError):
    """The base image may be another one tomorrow."""


def pinned(file: Path = FILE) -> str:
    """The base image with its digest.

    Raises:
        NotPinned: the file does not name one.
    """
    said = file.read_text(encoding="utf-8").strip()
    if not _PINNED.fullmatch(said):
        raise NotPinned(f"{file.name} names no digest. Run: python -m infra.build pin; commit it.")
    return said


def pin(file: Path = FILE, registry: str = _REGISTRY, issuer: str = _ISSUER) -> str:
    """Writes down which image the name means today, as the registry tells it.

    Source: https://distribution.github.io/distribution/spec/api/#existing-manifests

    Raises:
        OSError: the registry does not answer.
        NotPinned: it answers without a digest.
    """
    repository, tag = f"library/{NAME}".split(":")
    asked = f"{issuer}?service=registry.docker.io&scope=repository:{repository}:pull"
    with urlopen(asked, timeout=_TIMEOUT_S) as answer:  # noqa: S310
        token = json.load(answer)["token"]
    headers = {"Authorization": f"Bearer {token}", "Accept": _INDEX}
    url = f"{registry}/v2/{repository}/manifests/{tag}"
    asked_for = Request(url, headers=headers, method="HEAD")  # noqa: S310
    with urlopen(asked_for, timeout=_TIMEOUT_S) as answer:  # noqa: S310
        said = f"{NAME}@{answer.headers.get('Docker-Content-Digest', '')}"
    if not _PINNED.fullmatch(said):
        raise NotPinned("The registry names no digest.")
    file.write_text(said + "\n", encoding="utf-8")
    return said
