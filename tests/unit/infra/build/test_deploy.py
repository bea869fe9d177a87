from __future__ import annotations

import contextlib
import itertools
import json
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.build import firestore
from infra.build.cloud import Project
from infra.build.deploy import STEPS, Deploy, DeployFailed, put_back, roll_back
from infra.build.journal import BY_HAND, Busy, Journal
from infra.build.services import SERVICES
from infra.build.traffic import AT_ONCE, NotRestored, shared_out

from .fake_cloud import DIGEST, OLD, FakeCloud, Killed

# Enough for calls to overlap; each failure is tried at each call of a deploy.
FEW = (*SERVICES[:2], SERVICES[-1])
IMAGE = "europe-docker.pkg.dev/p/insight/service:1"
PROJECT = Project("p", "europe-west4", "p-deploys", "b1", soak_s=0)


def deploy(cloud: FakeCloud, build: str = "b1", **given: Any) -> None:
    services = given.pop("services", FEW)
    project = replace(PROJECT, build=build)
    quiet: dict[str, Any] = {"sleep": lambda _: None, "say": lambda _: None}
    Deploy(cloud, project, IMAGE, services=services, **{**quiet, **given}).run()


def as_was(cloud: FakeCloud) -> bool:
    return cloud.traffic() == {name: {OLD: 100} for name in cloud.services}


def as_meant(cloud: FakeCloud, revision: int = 1) -> bool:
    new = {name: {f"{name}-{revision:05d}": 100} for name in cloud.services}
    return cloud.traffic() == new and all(not each.tags for each in cloud.services.values())


def serves_the_latest(cloud: FakeCloud) -> bool:
    latest = {name: f"{name}-{each.revisions:05d}" for name, each in cloud.services.items()}
    return cloud.traffic() == {name: {revision: 100} for name, revision in latest.items()}


def when(name: str, work: Callable[[], None]) -> Callable[[str], None]:
    """What does `work` at the calls that begin with `name`."""
    return lambda called: work() if called.startswith(name) else None


def calls_of_a_deploy() -> int:
    cloud = FakeCloud.of(FEW)
    deploy(cloud)
    return len(cloud.calls)


CALLS = range(calls_of_a_deploy())


def test_deploy_gives_all_traffic_to_the_new_revisions() -> None:
    cloud = FakeCloud.of(SERVICES)
    deploy(cloud, services=SERVICES)
    assert as_meant(cloud)
    assert {each.image for each in cloud.services.values()} == {IMAGE.split(":")[0] + "@" + DIGEST}
    assert cloud.smoked == sorted(cloud.services)
    assert "current.json" not in cloud.objects
    assert cloud.rulesets[cloud.released] == firestore.RULES.read_text()


def test_deploy_does_nothing_new_before_the_smoke_test_has_passed() -> None:
    cloud = FakeCloud.of(FEW)
    seen: list[bool] = []
    cloud.on_call = when("run jobs", lambda: seen.append(as_was(cloud)))
    deploy(cloud)
    assert seen == [True, True]


def test_traffic_is_shifted_in_steps_of_all_services() -> None:
    cloud, seen = FakeCloud.of(FEW), []

    def look(_: float) -> None:
        seen.append({sum(p for r, p in s.items() if r != OLD) for s in cloud.traffic().values()})

    deploy(cloud, sleep=look)
    assert seen == [{percent} for percent in STEPS]


def test_at_most_eight_services_are_deployed_at_once() -> None:
    cloud = FakeCloud.of(SERVICES)
    full = threading.Event()

    def crowd(name: str) -> None:
        # Whoever comes waits until as many are there as ever will be.
        if name.startswith("run deploy") and not full.is_set():
            if cloud.at_once >= AT_ONCE:
                full.set()
            full.wait(10)

    cloud.on_call = crowd
    deploy(cloud, services=SERVICES)
    assert cloud.most_at_once == AT_ONCE == 8


@pytest.mark.parametrize("effect", [False, True], ids=["undone", "done"])
@pytest.mark.parametrize("at", CALLS)
def test_failure_of_any_call_leaves_traffic_as_it_was(at: int, effect: bool) -> None:
    cloud = FakeCloud.of(FEW, at=at, effect=effect)
    try:
        deploy(cloud)
    except RuntimeError:
        assert as_was(cloud)
        assert not any(each.tags for each in cloud.services.values())
    else:
        # Only the lock was being taken, and whose it is could be read.
        assert cloud.calls[at].startswith("storage")
        assert as_meant(cloud)
    cloud.builds["b1"] = "FAILURE"
    deploy(cloud, "b2")
    assert serves_the_latest(cloud)


@pytest.mark.parametrize("effect", [False, True], ids=["undone", "done"])
@pytest.mark.parametrize("at", CALLS)
def test_deploy_that_was_killed_at_any_call_is_put_back_by_the_next(at: int, effect: bool) -> None:
    cloud = FakeCloud.of(FEW, at=at, effect=effect, kills=True, builds={"b1": "CANCELLED"})
    with pytest.raises(Killed):
        deploy(cloud)
    cloud.dead, cloud.at = False, None
    seen: list[dict[str, dict[str, int]]] = []
    cloud.on_call = lambda name: (
        seen.append(cloud.traffic()) if name == "artifacts docker images describe" else None
    )
    finished = as_meant(cloud) and "current.json" not in cloud.objects
    deploy(cloud, "b2")
    # Before it did anything of its own, traffic was whole again.
    served = "{}-00001" if finished else OLD
    assert seen == [{name: {served.format(name): 100} for name in cloud.services}]
    assert cloud.traffic() == {
        n: {f"{n}-{s.revisions:05d}": 100} for n, s in cloud.services.items()
    }


@pytest.mark.parametrize("at", CALLS)
def test_deploy_that_was_killed_at_any_call_is_put_back_by_hand(at: int) -> None:
    cloud = FakeCloud.of(FEW, at=at, effect=True, kills=True)
    with pytest.raises(Killed):
        deploy(cloud)
    cloud.dead, cloud.at = False, None
    entry = Journal(cloud, PROJECT).current()
    if entry is not None:
        put_back(cloud, PROJECT, entry)
    assert as_was(cloud) or (entry is None and as_meant(cloud))


@pytest.mark.parametrize("at", CALLS)
def test_cloud_that_is_away_for_a_while_does_not_keep_traffic_from_its_place(at: int) -> None:
    cloud = FakeCloud.of(FEW, at=at, times=6)
    with contextlib.suppress(RuntimeError):
        deploy(cloud)
    cloud.at, cloud.builds["b1"] = None, "FAILURE"
    deploy(cloud, "b2")
    assert cloud.traffic() == {
        n: {f"{n}-{s.revisions:05d}": 100} for n, s in cloud.services.items()
    }


def test_what_cannot_be_put_back_is_told_and_remembered() -> None:
    at = len(CALLS) - 8
    cloud = FakeCloud.of(FEW, at=at, times=10_000)
    with pytest.raises(NotRestored, match="Traffic is not as it was"):
        deploy(cloud)
    cloud.at = None
    entry = Journal(cloud, PROJECT).current()
    assert entry is not None
    put_back(cloud, PROJECT, entry)
    assert as_was(cloud)


def test_smoke_that_fails_ends_the_deploy_before_any_traffic() -> None:
    cloud = FakeCloud.of(FEW, healthy=False)
    with pytest.raises(DeployFailed, match="the execution failed"):
        deploy(cloud)
    assert as_was(cloud)
    assert cloud.released == "projects/p/rulesets/0"
    assert not any(
        name.startswith("run services update-traffic") and "10" in name for name in cloud.calls
    )


def test_new_revision_that_answers_500_is_taken_back() -> None:
    cloud = FakeCloud.of(FEW)

    def fail(_: float) -> None:
        cloud.errors = ["one"]

    with pytest.raises(DeployFailed, match="answered 500"):
        deploy(cloud, sleep=fail)
    assert as_was(cloud)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"skips_iam": False}, "is open to others"),
        ({"ingress": "all"}, "is open to others"),
        ({"shares": {}}, "serves nothing"),
    ],
)
def test_service_of_another_shape_is_not_deployed_to(change: dict[str, Any], told: str) -> None:
    cloud = FakeCloud.of(FEW)
    for name, value in change.items():
        setattr(cloud.services["create-session"], name, value)
    with pytest.raises(DeployFailed, match=f"create-session {told}"):
        deploy(cloud)
    assert not any(name.startswith("run deploy") for name in cloud.calls)


def test_service_that_is_not_there_is_told_before_anything_is_changed() -> None:
    cloud = FakeCloud.of(FEW[1:])
    with pytest.raises(DeployFailed, match="There is no service create-session"):
        deploy(cloud)
    assert as_was(cloud)
    assert not any(name.startswith("run deploy") for name in cloud.calls)


@pytest.mark.parametrize("holder", ["b0", BY_HAND])
def test_second_deploy_waits_for_the_first(holder: str) -> None:
    cloud = FakeCloud.of(FEW, builds={"b0": "WORKING"})
    Journal(cloud, replace(PROJECT, build=holder)).begin()
    with pytest.raises(Busy, match=holder):
        deploy(cloud)
    assert as_was(cloud)
    assert json.loads(cloud.objects["current.json"][1])["build"] == holder


def test_of_two_deploys_at_the_same_time_one_goes_on() -> None:
    cloud = FakeCloud.of(FEW)
    other = Journal(cloud, replace(PROJECT, build="b0"))
    cloud.on_call = lambda name: begin_once(name)

    def begin_once(name: str) -> None:
        if name.startswith("storage cp"):
            cloud.on_call = lambda _: None
            other.begin()

    with pytest.raises(Busy, match="at the same time"):
        deploy(cloud)
    assert json.loads(cloud.objects["current.json"][1])["build"] == "b0"


def test_rollback_and_its_own_rollback() -> None:
    cloud = FakeCloud.of(FEW)
    deploy(cloud)
    assert roll_back(cloud, PROJECT).build == "b1"
    assert as_was(cloud)
    assert cloud.released == "projects/p/rulesets/0"
    roll_back(cloud, PROJECT)
    assert as_meant(cloud)


def test_rollback_before_any_deploy_is_refused() -> None:
    with pytest.raises(DeployFailed, match="No deploy"):
        roll_back(FakeCloud.of(FEW), PROJECT)


def calls_of_a_rollback() -> int:
    cloud = FakeCloud.of(FEW)
    deploy(cloud)
    before = len(cloud.calls)
    roll_back(cloud, PROJECT)
    return len(cloud.calls) - before


@pytest.mark.parametrize("at", range(calls_of_a_rollback()))
def test_rollback_that_fails_at_any_call_is_whole(at: int) -> None:
    cloud = FakeCloud.of(FEW)
    deploy(cloud)
    cloud.at, cloud.effect = len(cloud.calls) + at, True
    try:
        roll_back(cloud, PROJECT, sleep=lambda _: None)
    except (DeployFailed, Busy, RuntimeError):
        assert as_meant(cloud)
    else:
        assert as_was(cloud)


def test_indexes_and_rules_that_are_there_are_left() -> None:
    cloud = FakeCloud.of(FEW)
    deploy(cloud)
    wanted = json.loads(firestore.INDEXES.read_text())["indexes"]
    assert len(cloud.indexes) == len(wanted)
    path = "projects/p/databases/d/collectionGroups/{}/indexes/x"
    cloud.indexes = [
        {
            **w,
            "name": path.format(w["collectionGroup"]),
            "fields": [*w["fields"], {"fieldPath": "__name__", "order": "ASCENDING"}],
        }
        for w in wanted
    ]
    cloud.calls.clear()
    deploy(cloud, "b2")
    assert not [name for name in cloud.calls if "create" in name and "firestore" in name]
    assert not [name for name in cloud.calls if name.startswith(("POST", "PATCH"))]


def cut(points: list[int]) -> dict[str, int]:
    """Percentages of revisions, 100 in all, cut at `points`."""
    ends = [0, *sorted(points), 100]
    parts = [end - start for start, end in itertools.pairwise(ends)]
    return {f"r{number}": part for number, part in enumerate(parts)}


@given(st.sets(st.integers(1, 99), max_size=4), st.integers(0, 100))
def test_traffic_is_always_shared_out_whole(points: set[int], percent: int) -> None:
    before = cut(list(points))
    out = shared_out(before, "new", percent)
    assert sum(out.values()) == 100
    assert out.get("new", 0) == percent
    for name, share in before.items():
        assert abs(out.get(name, 0) - share * (100 - percent) / 100) < 1


def test_a_fault_of_the_fake_would_be_seen() -> None:
    """A deploy that forgets to put traffic back is one that these tests catch."""
    cloud = FakeCloud.of(FEW, at=len(CALLS) - 5)
    forgetful: Callable[..., None] = lambda *_: None  # noqa: E731
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("infra.build.deploy.put_back", forgetful)
        with pytest.raises(DeployFailed):
            deploy(cloud)
    assert not as_was(cloud)
