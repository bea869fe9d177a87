"""What was, written down before anything is changed, so that whoever comes next can put it back.

One object in a bucket is both the lock of a deploy and its memory. Its generation decides between
two who come at once. It is there while a deploy is under way; a build that has ended and left it
has died, and the next one puts traffic back first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from infra.build import commands
from infra.build.cloud import Cloud, CloudFailed, Project
from infra.build.traffic import Shares

# Who deploys without Cloud Build.
BY_HAND: Final = "by-hand"
_CURRENT: Final = "current.json"
_PREVIOUS: Final = "previous.json"
# https://cloud.google.com/build/docs/api/reference/rest/v1/projects.builds#status
_ENDED: Final = frozenset(
    {"SUCCESS", "FAILURE", "INTERNAL_ERROR", "TIMEOUT", "CANCELLED", "EXPIRED"}
)


class Busy(RuntimeError):
    """Another deploy is under way, or may be."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a deploy has found.

    Attributes:
        build: who deploys.
        before: traffic by service; empty before it is known, when nothing has been changed yet.
        ruleset: Firestore's rules; empty where there were none, or before it is known.
        generation: of the object; 0 where there is none.
    """

    build: str
    before: Mapping[str, Shares] = field(default_factory=dict)
    ruleset: str = ""
    generation: int = 0


class Journal:
    """The journal of one project.

    Args:
        project: whose `build` keeps it.
    """

    def __init__(self, cloud: Cloud, project: Project) -> None:
        self._cloud = cloud
        self._project = project

    def current(self) -> Entry | None:
        """What the deploy that is under way, or has died, has written."""
        return self._read(_CURRENT)

    def previous(self) -> Entry | None:
        """What was before the last deploy that came to its end."""
        return self._read(_PREVIOUS)

    def is_dead(self, entry: Entry) -> bool:
        """Whether the build that wrote `entry` has ended; of one by hand nobody knows.

        Raises:
            CloudFailed: it cannot be told now.
        """
        if entry.build == BY_HAND:
            return False
        told = self._cloud.gcloud(commands.describe_build(self._project, entry.build))
        return json.loads(told).get("status") in _ENDED

    def begin(self, after: Entry | None = None) -> Entry:
        """Takes the lock; `after` is the dead one whose place is taken.

        Raises:
            Busy: somebody else was quicker.
        """
        mine = Entry(self._project.build, generation=after.generation if after else 0)
        try:
            return self.write(mine)
        except CloudFailed:
            # Its answer may be lost, and the object written.
            found = self.current()
            if found is None or found.build != mine.build:
                raise Busy("Another deploy has begun at the same time.") from None
            return found

    def write(self, entry: Entry) -> Entry:
        """Writes what is known now in the place of what `entry` was read from or written as."""
        record = {"build": entry.build, "before": entry.before, "ruleset": entry.ruleset}
        words = commands.write_object(self._project, _CURRENT, entry.generation)
        self._cloud.gcloud(words, json.dumps(record))
        return replace(entry, generation=self._generations()[_CURRENT])

    def finish(self) -> None:
        """The deploy has come to its end: what was before it is now the previous state."""
        self._cloud.gcloud(commands.move_object(self._project, _CURRENT, _PREVIOUS))

    def drop(self) -> None:
        """Everything is as it was. Does nothing where there is no entry."""
        if _CURRENT in self._generations():
            self._cloud.gcloud(commands.remove_object(self._project, _CURRENT))

    def _read(self, name: str) -> Entry | None:
        generation = self._generations().get(name)
        if generation is None:
            return None
        record = json.loads(self._cloud.gcloud(commands.read_object(self._project, name)))
        return Entry(record["build"], record["before"], record["ruleset"], generation)

    def _generations(self) -> dict[str, int]:
        told: list[Mapping[str, Any]] = json.loads(
            self._cloud.gcloud(commands.list_objects(self._project))
        )
        # Of a bucket that keeps versions, what was replaced or removed is listed too.
        live = [each for each in told if not each.get("noncurrent_time")]
        return {each["name"]: int(each["generation"]) for each in live}
