"""A project in the cloud, as far as a deploy knows it, that can fail or end the deploy at any call.

A deploy that is killed does nothing any more, whatever its code says: every call after the fatal
one is refused, so that no `except` or `finally` of it has any effect.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from infra.build.cloud import CloudFailed
from infra.build.services import Service

DIGEST = "sha256:" + "a" * 64
OLD = "old"


class Killed(BaseException):
    """The deploy's process is gone."""


@dataclass
class Running:
    """A Cloud Run service."""

    ingress: str
    skips_iam: bool
    image: str = "placeholder"
    shares: dict[str, int] = field(default_factory=lambda: {OLD: 100})
    tags: dict[str, str] = field(default_factory=dict)
    revisions: int = 0


@dataclass
class FakeCloud:
    """Attributes:
    at: which call goes wrong, from 0; None for none.
    times: how many calls go wrong from there.
    effect: whether what goes wrong has had its effect.
    kills: whether the deploy dies of it.
    """

    services: dict[str, Running]
    at: int | None = None
    times: int = 1
    effect: bool = False
    kills: bool = False
    builds: dict[str, str] = field(default_factory=dict)
    objects: dict[str, tuple[int, str]] = field(default_factory=dict)
    indexes: list[dict[str, Any]] = field(default_factory=list)
    rulesets: dict[str, str] = field(default_factory=lambda: {"projects/p/rulesets/0": "old"})
    released: str = "projects/p/rulesets/0"
    healthy: bool = True
    errors: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    dead: bool = False
    at_once: int = 0
    most_at_once: int = 0
    generation: int = 0
    smoked: list[str] = field(default_factory=list)
    on_call: Callable[[str], None] = lambda _: None
    lock: Any = field(default_factory=threading.RLock)

    @classmethod
    def of(cls, services: Iterable[Service], **given: Any) -> FakeCloud:
        running = {s.name: Running(s.ingress, s.skips_iam) for s in services}
        return cls(running, **given)

    def traffic(self) -> dict[str, dict[str, int]]:
        return {name: dict(each.shares) for name, each in self.services.items()}

    def gcloud(self, words: Sequence[str], given: str | None = None) -> str:
        plain = [word for word in words if not word.startswith("--")]
        flags = dict(word[2:].partition("=")[::2] for word in words if word.startswith("--"))
        return self._call(" ".join(plain[:4]), lambda: self._gcloud(plain, flags, given))

    def rest(self, method: str, url: str, body: Mapping[str, Any] | None = None) -> Any:
        path = url.split("/v1/", 1)[1]
        told = self._call(f"{method} {path}", lambda: json.dumps(self._rest(method, path, body)))
        return json.loads(told)

    def _call(self, name: str, work: Callable[[], str]) -> str:
        with self.lock:
            if self.dead:
                raise Killed
            number = len(self.calls)
            self.calls.append(name)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            self.on_call(name)
            with self.lock:
                return self._answer(number, work)
        finally:
            with self.lock:
                self.at_once -= 1

    def _answer(self, number: int, work: Callable[[], str]) -> str:
        if self.dead:
            raise Killed
        if self.at is None or not self.at <= number < self.at + self.times:
            return work()
        if self.effect:
            work()
        if self.kills:
            self.dead = True
            raise Killed
        raise CloudFailed(f"call {number} failed")

    def _gcloud(self, plain: Sequence[str], flags: Mapping[str, str], given: str | None) -> str:
        for name, answer in _ANSWERS.items():
            if " ".join(plain).startswith(name):
                return str(answer(self, plain, flags, given))
        raise AssertionError(f"gcloud {' '.join(plain)} is not known")

    def _rest(self, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        if method == "GET":
            if "/rulesets/" in path:
                files = [{"name": "firestore.rules", "content": self.rulesets[path]}]
                return {"source": {"files": files}}
            return {"rulesetName": self.released} if self.released else None
        assert body is not None
        if path.endswith("/rulesets"):
            name = f"projects/p/rulesets/{len(self.rulesets)}"
            self.rulesets[name] = body["source"]["files"][0]["content"]
            return {"name": name}
        self.released = body.get("release", body)["rulesetName"]
        assert self.released in self.rulesets
        return {}


def _deploy(cloud: FakeCloud, plain: Sequence[str], flags: Mapping[str, str], _: object) -> str:
    service = cloud.services[plain[2]]
    service.revisions += 1
    service.image = flags["image"]
    revision = f"{plain[2]}-{service.revisions:05d}"
    service.tags[flags["tag"]] = revision
    if "no-traffic" not in flags:
        service.shares = {revision: 100}
    return "{}"


def _list(cloud: FakeCloud, *_: object) -> str:
    return json.dumps([_described(name, each) for name, each in cloud.services.items()])


def _described(name: str, service: Running) -> dict[str, Any]:
    notes = {"run.googleapis.com/ingress": service.ingress}
    if service.skips_iam:
        notes["run.googleapis.com/invoker-iam-disabled"] = "true"
    served = [{"revisionName": name, "percent": p} for name, p in service.shares.items()]
    tagged = [
        {"revisionName": revision, "tag": tag, "url": f"https://{tag}---{name}.a.run.app"}
        for tag, revision in service.tags.items()
    ]
    return {
        "metadata": {"name": name, "annotations": notes},
        "spec": {"template": {"spec": {"containers": [{"image": service.image}]}}},
        "status": {"traffic": served + tagged},
    }


def _traffic(cloud: FakeCloud, plain: Sequence[str], flags: Mapping[str, str], _: object) -> str:
    service = cloud.services[plain[3]]
    pairs = [each.split("=") for each in flags["to-revisions"].split(",")]
    shares = {name: int(percent) for name, percent in pairs}
    known = {OLD, *(f"{plain[3]}-{n + 1:05d}" for n in range(service.revisions))}
    assert sum(shares.values()) == 100
    assert set(shares) <= known
    service.shares = shares
    service.tags.pop(flags.get("remove-tags", ""), None)
    return "{}"


def _execute(cloud: FakeCloud, _plain: object, flags: Mapping[str, str], _: object) -> str:
    module, *pairs = flags["args"].split(",")[1:]
    assert module == "infra.build.smoke"
    cloud.smoked = [pair.split("=")[0] for pair in pairs]
    if not cloud.healthy:
        raise CloudFailed("the execution failed")
    return "{}"


def _copy(cloud: FakeCloud, plain: Sequence[str], flags: Mapping[str, str], given: object) -> str:
    name = plain[3].rsplit("/", 1)[1]
    if cloud.objects.get(name, (0,))[0] != int(flags["if-generation-match"]):
        raise CloudFailed("412 precondition")
    cloud.generation += 1
    cloud.objects[name] = (cloud.generation, str(given))
    return ""


def _move(cloud: FakeCloud, plain: Sequence[str], *_: object) -> str:
    one, other = (place.rsplit("/", 1)[1] for place in plain[2:4])
    cloud.generation += 1
    cloud.objects[other] = (cloud.generation, cloud.objects.pop(one)[1])
    return ""


def _remove(cloud: FakeCloud, plain: Sequence[str], *_: object) -> str:
    del cloud.objects[plain[2].rsplit("/", 1)[1]]
    return ""


def _build(cloud: FakeCloud, plain: Sequence[str], *_: object) -> str:
    if plain[2] not in cloud.builds:
        raise CloudFailed("NOT_FOUND")
    return json.dumps({"status": cloud.builds[plain[2]]})


def _index(cloud: FakeCloud, _plain: object, flags: Mapping[str, str], _: object) -> str:
    collection = flags["collection-group"]
    name = f"projects/p/databases/d/collectionGroups/{collection}/indexes/{len(cloud.indexes)}"
    cloud.indexes.append({"name": name, "queryScope": "COLLECTION", "fields": []})
    return "{}"


_ANSWERS: dict[str, Callable[..., str]] = {
    "run deploy": _deploy,
    "run services list": _list,
    "run services update-traffic": _traffic,
    "run jobs update": lambda *_: "{}",
    "run jobs execute": _execute,
    "artifacts docker images describe": lambda *_: json.dumps(
        {"image_summary": {"digest": DIGEST}}
    ),
    "logging read": lambda cloud, *_: json.dumps(cloud.errors),
    "builds describe": _build,
    "firestore indexes composite list": lambda cloud, *_: json.dumps(cloud.indexes),
    "firestore indexes composite create": _index,
    "storage objects list": lambda cloud, *_: json.dumps(
        [{"name": name, "generation": str(g)} for name, (g, _) in cloud.objects.items()]
        + [{"name": "current.json", "generation": "0", "noncurrent_time": "2026-01-01"}]
    ),
    "storage cat": lambda cloud, plain, *_: cloud.objects[plain[2].rsplit("/", 1)[1]][1],
    "storage cp": _copy,
    "storage mv": _move,
    "storage rm": _remove,
}
