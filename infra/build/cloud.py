"""The one way in which a deploy acts on the cloud: gcloud, and REST where gcloud has no command."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.error import HTTPError
from urllib.request import Request, urlopen

_REST_TIMEOUT_S: Final = 60.0
# Beyond the slowest of them: an index that is built, or a job that runs.
_GCLOUD_TIMEOUT_S: Final = 3_000.0


class CloudFailed(RuntimeError):
    """A call failed or its answer was lost; what it did is not known."""


@dataclass(frozen=True, slots=True)
class Project:
    """Where a deploy goes.

    Attributes:
        journal: bucket that remembers what was, `gs://` left out.
        build: who deploys: the id of the Cloud Build build.
        database: Firestore's.
        soak_s: how long each share of the traffic is watched.
    """

    id: str
    region: str
    journal: str
    build: str
    database: str = "(default)"
    soak_s: float = 60.0


class Cloud(Protocol):
    """What the deploy program needs of the world."""

    def gcloud(self, words: Sequence[str], given: str | None = None) -> str:
        """What gcloud wrote; `given` is its standard input. Raises `CloudFailed`."""

    def rest(self, method: str, url: str, body: Mapping[str, Any] | None = None) -> Any:
        """The JSON that was answered; None for 404. Raises `CloudFailed`."""


class RealCloud:
    """`Cloud` by the gcloud on this machine, signed in as whom it is."""

    def gcloud(self, words: Sequence[str], given: str | None = None) -> str:
        try:
            done = subprocess.run(
                ["gcloud", *words],
                input=given,
                stdin=subprocess.DEVNULL if given is None else None,
                capture_output=True,
                text=True,
                timeout=_GCLOUD_TIMEOUT_S,
            )
        except subprocess.TimeoutExpired as error:
            raise CloudFailed(f"gcloud {_brief(words)}: no end in sight") from error
        if done.returncode:
            raise CloudFailed(f"gcloud {_brief(words)}: {done.stderr.strip()[-500:]}")
        return done.stdout

    def rest(self, method: str, url: str, body: Mapping[str, Any] | None = None) -> Any:
        token = self.gcloud(["auth", "print-access-token", "--quiet"]).strip()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        sent = None if body is None else json.dumps(body).encode()
        try:
            asked = Request(url, sent, headers, method=method)  # noqa: S310
            with urlopen(asked, timeout=_REST_TIMEOUT_S) as answer:  # noqa: S310
                return json.load(answer)
        except HTTPError as refused:
            with refused:
                if refused.code == 404:
                    return None
            raise CloudFailed(f"{method} {url}: {refused.code}") from refused
        except (OSError, ValueError) as error:
            raise CloudFailed(f"{method} {url}: {type(error).__name__}") from error


def _brief(words: Sequence[str]) -> str:
    return " ".join(word for word in words if not word.startswith("--"))
