"""The Cloud Run services: one for each endpoint of the table, and the relay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from shared.endpoint import Account, Caller, Endpoint, Relay, account_of
from shared.endpoints import ENDPOINTS, RELAY

# https://cloud.google.com/run/docs/securing/ingress
BEHIND_LOAD_BALANCER: Final = "internal-and-cloud-load-balancing"
INTERNAL: Final = "internal"
# What the image runs; the Dockerfile says the same.
FUNCTION_COMMAND: Final = (
    "gunicorn",
    "--config",
    "python:infra.container.serving",
    "functions_framework:create_app()",
)


@dataclass(frozen=True, slots=True)
class Service:
    """One Cloud Run service.

    Attributes:
        name: its name, letters and dashes.
        account: in whose name it runs.
        ingress: from where it can be reached.
        skips_iam: whether callers need no right to invoke it: only where the load balancer stands
            before it and its own edge asks who calls.
        endpoint: None for the relay.
        arguments: what the container runs instead of what the image says; empty for that.
        environment: what the container is told beside the project's settings.
    """

    name: str
    account: Account
    ingress: str
    skips_iam: bool
    timeout_s: int
    memory_mib: int
    cpu: float
    concurrency: int
    least_instances: int
    most_instances: int
    endpoint: Endpoint | None = None
    session_affinity: bool = False
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


def service_of(endpoint: Endpoint) -> Service:
    """The service that answers `endpoint`."""
    public = endpoint.caller is not Caller.PLATFORM
    return Service(
        name=endpoint.name.replace("_", "-"),
        account=account_of(endpoint),
        ingress=BEHIND_LOAD_BALANCER if public else INTERNAL,
        skips_iam=public,
        timeout_s=endpoint.timeout_s,
        memory_mib=endpoint.memory_mib,
        cpu=endpoint.cpu,
        concurrency=endpoint.concurrency,
        least_instances=endpoint.least_instances,
        most_instances=endpoint.most_instances,
        endpoint=endpoint,
        environment={
            "FUNCTION_SOURCE": endpoint.source,
            "FUNCTION_TARGET": endpoint.name,
            # One more would never run, one less would keep a request waiting that was let in.
            "THREADS": str(endpoint.concurrency),
        },
    )


def service_of_relay(relay: Relay) -> Service:
    """The service that answers WebSockets."""
    return Service(
        name=relay.name,
        account=relay.account,
        ingress=BEHIND_LOAD_BALANCER,
        skips_iam=True,
        timeout_s=relay.timeout_s,
        memory_mib=relay.memory_mib,
        cpu=relay.cpu,
        concurrency=relay.concurrency,
        least_instances=relay.least_instances,
        most_instances=relay.most_instances,
        session_affinity=True,
        arguments=("python", "-m", "functions.relay"),
    )


SERVICES: Final = (*map(service_of, ENDPOINTS), service_of_relay(RELAY))
