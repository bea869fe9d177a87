"""A deploy: new revisions beside the old ones, tried, and then given the traffic step by step.

Whatever goes wrong, whenever, traffic ends as it was or as it was meant to be. What fails is put
back here; what was killed is put back by the next deploy, or by `python -m infra.build restore`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from infra.build import commands, firestore
from infra.build.cloud import Cloud, CloudFailed, Project
from infra.build.journal import Busy, Entry, Journal
from infra.build.services import SERVICES, Service
from infra.build.traffic import (
    Deployed,
    NotRestored,
    at_once,
    read_services,
    restore,
    set_all,
    shared_out,
)

# Percent of the traffic that the new revisions get, step by step.
STEPS: Final = (10, 50, 100)


class DeployFailed(RuntimeError):
    """The deploy did not come to its end; traffic is as it was."""


@dataclass(frozen=True, slots=True)
class Deploy:
    """One deploy.

    Attributes:
        image: with a tag, as it was pushed.
        sleep: waits so many seconds.
        say: tells the person who watches.
    """

    cloud: Cloud
    project: Project
    image: str
    services: Sequence[Service] = SERVICES
    sleep: Callable[[float], None] = time.sleep
    say: Callable[[str], None] = print

    def run(self) -> None:
        """Deploys.

        Raises:
            Busy: another deploy is under way.
            DeployFailed: traffic is as it was.
            NotRestored: traffic is not as it was, in spite of all; the journal says how it was.
        """
        journal = Journal(self.cloud, self.project)
        entry = self._begin(journal)
        try:
            entry = self._remember(journal, entry)
            self._replace(entry)
            journal.finish()
        except Exception as error:
            self.say(f"Failed, putting everything back: {error}")
            self._put_back(journal, entry)
            raise DeployFailed(f"Nothing has changed. {error}") from error
        self.say(f"{len(self.services)} services serve {self.image}.")

    def _begin(self, journal: Journal) -> Entry:
        dead = journal.current()
        if dead is None:
            return journal.begin()
        if dead.build != self.project.build and not journal.is_dead(dead):
            raise Busy(f"Build {dead.build} deploys; wait for its end, or run restore.")
        self.say(f"Build {dead.build} has died; putting back what was before it.")
        put_back(self.cloud, self.project, dead, self.sleep)
        return journal.begin(dead)

    def _remember(self, journal: Journal, entry: Entry) -> Entry:
        there = read_services(self.cloud, self.project)
        faults = [*_misshapen(self.services, there)]
        if faults:
            raise DeployFailed(f"Apply infra/terraform first. {' '.join(faults)}")
        before = {service.name: there[service.name].shares for service in self.services}
        ruleset = firestore.released_ruleset(self.cloud, self.project)
        return journal.write(replace(entry, before=before, ruleset=ruleset))

    def _replace(self, entry: Entry) -> None:
        image = self._resolved()
        self.say(f"Deploying {image}")
        by_name = {service.name: service for service in self.services}
        at_once(lambda name: self._deploy(by_name[name], image), by_name)
        new = self._tagged(image)
        self.say("Rules and indexes")
        firestore.create_indexes(self.cloud, self.project)
        firestore.release_rules(self.cloud, self.project, entry.ruleset)
        self.say("Smoke test")
        self.cloud.gcloud(commands.give_smoke_image(self.project, image))
        urls = {name: each.next_url for name, each in new.items()}
        self.cloud.gcloud(commands.run_smoke(self.project, urls))
        self._shift(entry.before, {name: each.next_revision for name, each in new.items()})

    def _resolved(self) -> str:
        told = json.loads(self.cloud.gcloud(commands.find_image(self.project, self.image)))
        digest = str(told["image_summary"]["digest"])
        return f"{self.image.rsplit(':', 1)[0]}@{digest}"

    def _deploy(self, service: Service, image: str) -> None:
        self.cloud.gcloud(commands.deploy_service(self.project, service, image))
        self.say(f"  {service.name}")

    def _tagged(self, image: str) -> Mapping[str, Deployed]:
        there = read_services(self.cloud, self.project)
        new = {service.name: there[service.name] for service in self.services}
        wrong = [n for n, each in new.items() if each.image != image or not each.next_revision]
        if wrong:
            raise DeployFailed(f"No new revision of {', '.join(wrong)}.")
        return new

    def _shift(self, before: Mapping[str, Mapping[str, int]], new: Mapping[str, str]) -> None:
        began = datetime.now(UTC).isoformat(timespec="seconds")
        for percent in STEPS:
            self.say(f"{percent} % of the traffic")
            wanted = {name: shared_out(before[name], new[name], percent) for name in new}
            set_all(self.cloud, self.project, wanted, end=percent == STEPS[-1])
            self.sleep(self.project.soak_s)
            self._watch(list(new.values()), began)
        served = read_services(self.cloud, self.project)
        if wrong := [name for name in new if served[name].shares != {new[name]: 100}]:
            raise DeployFailed(f"The traffic of {', '.join(wrong)} was changed by somebody else.")

    def _watch(self, revisions: Sequence[str], since: str) -> None:
        told = self.cloud.gcloud(commands.read_errors(self.project, revisions, since))
        if json.loads(told):
            raise DeployFailed("A new revision answered 500.")

    def _put_back(self, journal: Journal, entry: Entry) -> None:
        # What was written last is not known where writing itself failed; then nothing was changed.
        put_back(self.cloud, self.project, entry, self.sleep)
        try:
            journal.drop()
        except CloudFailed as error:
            self.say(f"The journal is left for the next deploy to clear: {error}")


def roll_back(cloud: Cloud, project: Project, sleep: Callable[[float], None] = time.sleep) -> Entry:
    """Makes traffic and rules what they were before the last deploy; once more undoes that.

    Returns:
        What was made so.

    Raises:
        Busy: a deploy is under way, or has died.
        DeployFailed: there is nothing to go back to, or going back failed: nothing has changed.
        NotRestored: traffic is neither here nor there.
    """
    journal = Journal(cloud, project)
    if journal.current() is not None:
        raise Busy("A deploy is under way, or has died: then run restore first.")
    wanted = journal.previous()
    if wanted is None:
        raise DeployFailed("No deploy has come to its end yet.")
    there = read_services(cloud, project)
    now = {name: there[name].shares for name in wanted.before if name in there}
    ruleset = firestore.released_ruleset(cloud, project)
    entry = journal.write(replace(journal.begin(), before=now, ruleset=ruleset))
    try:
        put_back(cloud, project, wanted, sleep)
        journal.finish()
    except (CloudFailed, NotRestored) as error:
        put_back(cloud, project, entry, sleep)
        journal.drop()
        raise DeployFailed(f"Nothing has changed. {error}") from error
    return wanted


def put_back(
    cloud: Cloud, project: Project, entry: Entry, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Makes traffic and rules what they were. Raises `NotRestored`."""
    if not entry.before:
        return
    restore(cloud, project, entry.before, sleep)
    try:
        if entry.ruleset and firestore.released_ruleset(cloud, project) != entry.ruleset:
            firestore.put_in_force(cloud, project, entry.ruleset)
    except CloudFailed as error:
        raise NotRestored(f"Firestore's rules are not as they were: {error}") from error


def _misshapen(services: Sequence[Service], there: Mapping[str, Deployed]) -> Sequence[str]:
    faults = []
    for service in services:
        found = there.get(service.name)
        if found is None:
            faults.append(f"There is no service {service.name}.")
        elif (found.ingress, found.skips_iam) != (service.ingress, service.skips_iam):
            faults.append(f"{service.name} is open to others than it should be.")
        elif sum(found.shares.values()) != 100:
            faults.append(f"{service.name} serves nothing.")
    return faults
