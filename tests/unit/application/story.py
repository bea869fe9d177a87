"""What the pipeline's tests do again and again."""

from __future__ import annotations

import hashlib

from shared.application.add_content import register_content
from shared.application.create_session import NewSession, create_session
from shared.application.read_events import read_events
from shared.application.read_session import read_session
from shared.domain.upload import ContentType, Upload, source_path

OWNER = "alice"


def long_text(lines: int = 120) -> str:
    said = ["C: I am sad about work and it goes on and on", "T: What will you do about all of it?"]
    return "".join(f"{said[n % 2]}\n" for n in range(lines))


def create(world, text="C: I am sad about work\nT: and I will\n", session_id="s1"):
    return create_session(world, OWNER, NewSession(title="One", text=text), session_id)


def add_recording(world, upload_id, content, session_id="s1") -> Upload:
    """A recording of the session, stored and registered."""
    path = source_path(OWNER, session_id, upload_id)
    with world.uploads.create(path, content_type="audio/wav") as writer:
        writer.write(content)
        generation = writer.commit().generation
    upload = Upload(
        id=upload_id,
        session_id=session_id,
        owner_id=OWNER,
        filename="a.wav",
        type=ContentType.AUDIO,
        content_type="audio/wav",
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        generation=generation,
        created_at=world.now(),
    )
    return register_content(world, OWNER, session_id, upload)


def events_of(world, session_id="s1"):
    return read_events(world, OWNER, session_id, after=0, limit=10_000).events


def elements_of(world, session_id="s1"):
    report = read_session(world, OWNER, session_id)
    return {kind: [e["id"] for e in found] for kind, found in report.elements.items()}


def assert_stream_is_whole(world, session_id="s1"):
    events = events_of(world, session_id)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))


class Crash(Exception):
    """The process dies here."""


class Crashing:
    """Ports whose n-th outside effect kills the process, before or after it happens."""

    def __init__(self, world, fatal: int, after: bool) -> None:
        self._world, self.left, self._after = world, fatal, after
        self.documents, self.tasks = self, self

    def __getattr__(self, name):
        return getattr(self._world, name)

    def _step(self, effect):
        self.left -= 1
        if self.left == 0 and not self._after:
            raise Crash
        result = effect()
        if self.left == 0:
            raise Crash
        return result

    def transact(self, work):
        return self._step(lambda: self._world.documents.transact(work))

    def publish(self, topic, data):
        self._step(lambda: self._world.publish(topic, data))

    def get(self, path):
        return self._world.documents.get(path)

    def get_many(self, paths):
        return self._world.documents.get_many(paths)

    def query(self, query):
        return self._world.documents.query(query)

    def count(self, query):
        return self._world.documents.count(query)

    def delete_tree(self, path):
        return self._world.documents.delete_tree(path)
