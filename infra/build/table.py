"""The table of endpoints as Terraform reads it: `infra/terraform/endpoints.json`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from infra.build.rights import BUILD, PUSH, RIGHTS, SMOKE, Grant, grants
from infra.build.services import SERVICES, Service
from shared.endpoint import Caller, Endpoint
from shared.endpoints import API, BY_NAME, ENDPOINTS, RELAY

PATH: Final = Path(__file__).resolve().parents[1] / "terraform" / "endpoints.json"
# Its edge answers 404 to what no endpoint has, in nobody's name.
_FALLBACK: Final = BY_NAME["get_health"]


def render() -> str:
    """The file, which `python -m infra.build table` writes."""
    return json.dumps(table(), indent=1) + "\n"


def table() -> Mapping[str, Any]:
    """Services, routes, subscriptions, accounts and their grants."""
    runtime = [str(account) for account in RIGHTS]
    return {
        "base": API,
        "health": _FALLBACK.path,
        "fallback": _service(_FALLBACK),
        "relay": {"service": RELAY.name, "path": RELAY.path},
        "endpoints": [
            {"service": _service(endpoint), "method": endpoint.method, "path": endpoint.path}
            for endpoint in ENDPOINTS
            if endpoint.caller is not Caller.PLATFORM
        ],
        "services": [_described(service) for service in SERVICES],
        "subscriptions": [one for endpoint in ENDPOINTS for one in _subscriptions(endpoint)],
        # Those in whose name a deploy lets something run.
        "runtime_accounts": [*runtime, "smoke"],
        "accounts": [*runtime, "build", "smoke", "push"],
        "grants": list(_grants()),
    }


def _service(endpoint: Endpoint) -> str:
    return endpoint.name.replace("_", "-")


def _described(service: Service) -> Mapping[str, Any]:
    return {
        "name": service.name,
        "account": str(service.account),
        "public": service.endpoint is None or service.endpoint.caller is not Caller.PLATFORM,
        "skips_iam": service.skips_iam,
        "timeout_s": service.timeout_s,
        "memory_mib": service.memory_mib,
        "cpu": service.cpu,
        "concurrency": service.concurrency,
        "least_instances": service.least_instances,
        "most_instances": service.most_instances,
        "session_affinity": service.session_affinity,
        "environment": dict(service.environment),
    }


def _subscriptions(endpoint: Endpoint) -> Iterator[Mapping[str, Any]]:
    for subscription in endpoint.subscriptions:
        place = {"service": _service(endpoint), "path": endpoint.path}
        yield {**asdict(subscription), **place}


def _grants() -> Iterator[Mapping[str, Any]]:
    for account, rights in RIGHTS.items():
        yield from (_granted(str(account), grant) for grant in grants(rights))
    for name, given in (("build", BUILD), ("smoke", SMOKE), ("push", PUSH)):
        yield from (_granted(name, grant) for grant in given)


def _granted(account: str, grant: Grant) -> Mapping[str, Any]:
    return {"account": account, **asdict(grant)}
