"""What must hold of the services, whatever the table says; a deploy begins with it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from infra.build.services import BEHIND_LOAD_BALANCER, INTERNAL, Service
from shared.endpoint import Caller, Endpoint

# https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services: below 50.
_NAME: Final = re.compile(r"[a-z](?:[a-z0-9-]{0,47}[a-z0-9])?")
# https://cloud.google.com/run/docs/configuring/services/memory-limits: most memory for a CPU.
_MOST_MIB_OF: Final = {1: 4_096, 2: 8_192, 4: 16_384}
_SECRET: Final = re.compile(r"KEY|SECRET|PASSWORD|TOKEN|CREDENTIAL")


def violations(services: Sequence[Service], endpoints: Sequence[Endpoint]) -> list[str]:
    """What is wrong with these services of these endpoints, a sentence each; none is good."""
    return [*_covering(services, endpoints), *(v for s in services for v in _of(s))]


def _covering(services: Sequence[Service], endpoints: Sequence[Endpoint]) -> Iterator[str]:
    served = Counter(service.endpoint.name for service in services if service.endpoint)
    for endpoint in endpoints:
        if served[endpoint.name] != 1:
            yield f"{endpoint.name} has {served[endpoint.name]} services."
    for name, number in Counter(service.name for service in services).items():
        if number != 1:
            yield f"{number} services are called {name}."


def _of(service: Service) -> Iterator[str]:
    for broken, what in (
        (not _NAME.fullmatch(service.name), "has a name that Cloud Run refuses"),
        (service.ingress not in (BEHIND_LOAD_BALANCER, INTERNAL), "is open to the world"),
        (service.skips_iam != _is_public(service), "skips IAM, or asks for it, where it must not"),
        (_is_internal(service) != (service.ingress == INTERNAL), "has the wrong ingress"),
        (not _threads_match(service), "has not as many threads as requests at a time"),
        (service.memory_mib > _MOST_MIB_OF.get(int(service.cpu), 512), "has too little CPU"),
        (service.cpu < 1 and service.concurrency > 1, "shares less than a CPU"),
        (not 1 <= service.timeout_s <= 3_600, "has a timeout that Cloud Run refuses"),
        (service.least_instances > service.most_instances, "has its instances the wrong way"),
        (any(map(_SECRET.search, service.environment)), "has a secret in its environment"),
    ):
        if broken:
            yield f"{service.name} {what}."
    yield from _deadlines(service)


def _deadlines(service: Service) -> Iterator[str]:
    for subscription in service.endpoint.subscriptions if service.endpoint else ():
        if not service.timeout_s < subscription.ack_deadline_s <= 600:
            yield f"{service.name} may still run when {subscription.topic} is delivered again."


def _is_internal(service: Service) -> bool:
    return service.endpoint is not None and service.endpoint.caller is Caller.PLATFORM


def _is_public(service: Service) -> bool:
    return not _is_internal(service) and service.ingress == BEHIND_LOAD_BALANCER


def _threads_match(service: Service) -> bool:
    if service.endpoint is None:
        return "THREADS" not in service.environment
    return service.environment.get("THREADS") == str(service.concurrency)
