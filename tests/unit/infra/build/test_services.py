from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from infra.build.invariants import violations
from infra.build.rights import RIGHTS, Access, Grant, Rights, grants
from infra.build.services import INTERNAL, SERVICES, Service
from shared.endpoint import Account, Caller, Subscription, account_of
from shared.endpoints import BY_NAME, ENDPOINTS

Plan = Sequence[Service]


def planted(name: str, /, **changes: object) -> Plan:
    """The real services, with one of them changed."""
    assert name in [service.name for service in SERVICES]
    return [replace(s, **changes) if s.name == name else s for s in SERVICES]  # type: ignore[arg-type]


def unhurried(seconds: int) -> Plan:
    pushed = replace(BY_NAME["purge_session"], subscriptions=(Subscription("purges", seconds),))
    return planted("purge-session", endpoint=pushed)


def test_services_of_the_table_are_in_order() -> None:
    assert violations(SERVICES, ENDPOINTS) == []
    assert len(SERVICES) == len(ENDPOINTS) + 1


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        (SERVICES[1:], "create_session has 0 services"),
        ((*SERVICES, SERVICES[0]), "create_session has 2 services"),
        ((*SERVICES, SERVICES[-1]), "2 services are called relay"),
        (planted("sweep", skips_iam=True), "sweep skips IAM"),
        (planted("get-session", skips_iam=False), "get-session skips IAM, or asks"),
        (planted("sweep", ingress="internal-and-cloud-load-balancing"), "sweep has the wrong"),
        (planted("get-session", ingress=INTERNAL), "get-session skips IAM"),
        (planted("get-session", ingress="all"), "get-session is open to the world"),
        (planted("get-session", concurrency=80), "get-session has not as many threads"),
        (planted("relay", environment={"THREADS": "8"}), "relay has not as many threads"),
        (planted("get-session", environment={"API_KEY": "x"}), "get-session has a secret"),
        (planted("sweep", timeout_s=0), "sweep has a timeout"),
        (planted("relay", timeout_s=3_601), "relay has a timeout"),
        (planted("sweep", memory_mib=8_192), "sweep has too little CPU"),
        (planted("sweep", cpu=0.5, concurrency=2), "sweep shares less than a CPU"),
        (planted("sweep", least_instances=2), "sweep has its instances"),
        (planted("sweep", name="sweep_all"), "sweep_all has a name"),
        (planted("sweep", name="s" * 50), "has a name"),
        (planted("purge-session", timeout_s=600), "when purges is delivered again"),
        (unhurried(300), "when purges is delivered again"),
        (unhurried(900), "when purges is delivered again"),
    ],
)
def test_planted_violation_is_found(plan: Plan, told: str) -> None:
    assert any(told in violation for violation in violations(plan, ENDPOINTS))


def test_only_who_is_pushed_to_is_internal() -> None:
    internal = {s.name.replace("-", "_") for s in SERVICES if s.ingress == INTERNAL}
    assert internal == {e.name for e in ENDPOINTS if e.caller is Caller.PLATFORM}


def test_every_endpoint_has_an_account_with_known_rights() -> None:
    assert set(RIGHTS) == set(Account)
    assert {service.account for service in SERVICES} == set(Account)
    open_to_all = [e.name for e in ENDPOINTS if account_of(e) is Account.OPEN]
    assert open_to_all == [e.name for e in ENDPOINTS if e.caller is Caller.ANYONE]


BROAD = ("roles/owner", "roles/editor", "roles/viewer", "admin", "Admin")


def test_no_account_holds_more_than_its_list() -> None:
    told = {
        account: sorted(f"{g.role} {g.on}" for g in grants(RIGHTS[account])) for account in Account
    }
    assert told == {
        Account.OPEN: [],
        Account.READER: [
            "roles/datastore.viewer project",
            "roles/firebaseauth.viewer project",
            "roles/storage.objectViewer bucket:transcripts",
        ],
        Account.WRITER: [
            "roles/datastore.user project",
            "roles/firebaseauth.viewer project",
            "roles/pubsub.publisher topic:analyses",
            "roles/pubsub.publisher topic:purges",
            "roles/storage.objectUser bucket:uploads",
            "roles/storage.objectViewer bucket:transcripts",
        ],
        Account.RECEIVER: [
            "roles/datastore.user project",
            "roles/pubsub.publisher topic:recordings",
            "roles/pubsub.publisher topic:windows",
            "roles/storage.objectUser bucket:transcripts",
            "roles/storage.objectUser bucket:uploads",
        ],
        Account.TRANSCRIBER: [
            "roles/datastore.user project",
            "roles/pubsub.publisher topic:assemblies",
            "roles/pubsub.publisher topic:chunks",
            "roles/pubsub.publisher topic:voices",
            "roles/pubsub.publisher topic:windows",
            "roles/speech.client project",
            "roles/storage.objectUser bucket:transcripts",
            "roles/storage.objectViewer bucket:uploads",
        ],
        Account.ANALYST: [
            "roles/aiplatform.user project",
            "roles/datastore.user project",
            "roles/storage.objectViewer bucket:transcripts",
        ],
        Account.PURGER: [
            "roles/datastore.user project",
            "roles/speech.client project",
            "roles/storage.objectUser bucket:transcripts",
            "roles/storage.objectUser bucket:uploads",
        ],
        Account.KEEPER: [
            "roles/datastore.user project",
            "roles/pubsub.publisher topic:analyses",
            "roles/pubsub.publisher topic:purges",
            "roles/pubsub.publisher topic:windows",
            "roles/storage.objectUser bucket:uploads",
        ],
        Account.RELAY: ["roles/datastore.user project", "roles/firebaseauth.viewer project"],
    }
    assert not [role for roles in told.values() for role in roles if any(b in role for b in BROAD)]


@pytest.mark.parametrize(
    "widen",
    [
        lambda rights: replace(rights, documents=Access.WRITE),
        lambda rights: replace(rights, uploads=Access.READ),
        lambda rights: replace(rights, topics=("purges",)),
    ],
)
def test_right_that_is_added_is_a_grant_more(widen: Callable[[Rights], Rights]) -> None:
    before = RIGHTS[Account.READER]
    assert set(grants(widen(before))) != set(grants(before))


def test_googles_engines_are_granted_only_where_they_are_chosen() -> None:
    gemini, speech = "roles/aiplatform.user", "roles/speech.client"
    assert Grant(gemini, only_with="gemini") in set(grants(RIGHTS[Account.ANALYST]))
    assert Grant(speech, only_with="speech") in set(grants(RIGHTS[Account.TRANSCRIBER]))
