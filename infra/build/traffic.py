"""Which revisions serve, and how that is read, shared out and put back."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from infra.build import commands
from infra.build.cloud import Cloud, CloudFailed, Project

T = TypeVar("T")
# Revision -> percent, 100 in all.
Shares = Mapping[str, int]

# Cloud Run allows few writes a second, and so many are quick enough.
AT_ONCE: Final = 8
_ROUNDS: Final = 4
_PAUSE_S: Final = 5.0


class NotRestored(RuntimeError):
    """Traffic is not where it was; the message says of which services."""


@dataclass(frozen=True, slots=True)
class Deployed:
    """A service as it is in the cloud.

    Attributes:
        shares: which revision serves how much.
        next_revision, next_url: what the tag names; empty where it names nothing.
        image: of the latest revision.
    """

    name: str
    ingress: str
    skips_iam: bool
    shares: Shares = field(default_factory=dict)
    next_revision: str = ""
    next_url: str = ""
    image: str = ""


def read_services(cloud: Cloud, project: Project) -> dict[str, Deployed]:
    """Every service of the region by its name."""
    listed = json.loads(cloud.gcloud(commands.list_services(project)))
    return {each.name: each for each in map(_deployed, listed)}


def _deployed(told: Mapping[str, Any]) -> Deployed:
    metadata = told["metadata"]
    targets: list[dict[str, Any]] = told.get("status", {}).get("traffic", [])
    notes = metadata.get("annotations", {})
    tagged: dict[str, Any] = next((each for each in targets if each.get("tag") == commands.TAG), {})
    shares: dict[str, int] = {}
    for target in targets:
        if target.get("percent"):
            name = target["revisionName"]
            shares[name] = shares.get(name, 0) + target["percent"]
    return Deployed(
        name=metadata["name"],
        ingress=notes.get("run.googleapis.com/ingress", "all"),
        skips_iam=notes.get("run.googleapis.com/invoker-iam-disabled") == "true",
        shares=shares,
        next_revision=tagged.get("revisionName", ""),
        next_url=tagged.get("url", ""),
        image=told["spec"]["template"]["spec"]["containers"][0]["image"],
    )


def shared_out(before: Shares, new: str, percent: int) -> dict[str, int]:
    """`percent` for `new`, and the rest as it was shared before; whole numbers, 100 in all."""
    rest = 100 - percent
    exact = {name: share * rest / 100 for name, share in before.items() if name != new}
    shares = {name: int(share) for name, share in exact.items()}
    # Largest remainders first (Hamilton's method).
    by_remainder = sorted(exact, key=lambda name: (shares[name] - exact[name], name))
    for name in by_remainder[: rest - sum(shares.values())]:
        shares[name] += 1
    shares[new] = 100 - sum(shares.values())
    return {name: share for name, share in shares.items() if share}


def set_all(cloud: Cloud, project: Project, wanted: Mapping[str, Shares], *, end: bool) -> None:
    """Sets the traffic of every service in `wanted`."""
    at_once(
        lambda name: cloud.gcloud(commands.set_traffic(project, name, wanted[name], end=end)),
        wanted,
    )


def restore(
    cloud: Cloud,
    project: Project,
    before: Mapping[str, Shares],
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Puts traffic back to where it was, and looks whether it is there; tries again if it is not.

    Raises:
        NotRestored: it is not, in spite of all.
    """
    left, why = list(before), ""
    for round_number in range(_ROUNDS):
        if round_number:
            sleep(_PAUSE_S * round_number)
        try:
            left = [*_changed(read_services(cloud, project), before)]
            set_each(cloud, project, {name: before[name] for name in left})
            left = [*_changed(read_services(cloud, project), before)]
        except CloudFailed as error:
            why = f" ({error})"
            continue
        if not left:
            return
    raise NotRestored(f"Traffic is not as it was: {', '.join(sorted(left))}{why}")


def set_each(cloud: Cloud, project: Project, wanted: Mapping[str, Shares]) -> None:
    """Sets as much of the traffic as can be set, whatever else cannot."""

    def put_back(name: str) -> None:
        try:
            cloud.gcloud(commands.set_traffic(project, name, wanted[name], end=True))
        except CloudFailed as error:
            print(f"{name} is not put back yet: {error}", flush=True)

    at_once(put_back, wanted)


def _changed(now: Mapping[str, Deployed], before: Mapping[str, Shares]) -> Iterable[str]:
    for name, shares in before.items():
        there = now.get(name)
        if there is not None and (there.shares != shares or there.next_revision):
            yield name


def at_once(work: Callable[[str], T], names: Iterable[str]) -> list[T]:
    """Does `work` for every name, so many at once; after a failure begins no more of it.

    Returns or raises only when nothing of it is under way any more.
    """
    todo: Sequence[str] = sorted(names)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        under_way = [pool.submit(work, name) for name in todo]
        try:
            return [each.result() for each in under_way]
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
