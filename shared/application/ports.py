"""The ports: all that the application knows of the world below it.

One contract suite per port (`tests/contract`) holds every adapter to what stands here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

from shared.domain.errors import InsightError

if TYPE_CHECKING:
    # Most functions know no element, and none of them should wait for their classes.
    from shared.domain.elements import Elements, Provenance
    from shared.domain.transcript import Transcript
    from shared.domain.window import Window

    from .speech_ports import SoundReader, Transcriber

T = TypeVar("T")

# Cloud Storage's: https://cloud.google.com/storage/docs/resumable-uploads#session-uris
UPLOAD_SESSION_LIFETIME = timedelta(days=7)

# None, bool, int (64 bit), finite float, str, timezone-aware datetime (microseconds), list (not
# directly inside a list) and dict with string keys: what Firestore and JSON both can hold.
Value = Any


@dataclass(frozen=True, slots=True)
class Document:
    """A document at `path` (`sessions/abc/events/000000001`)."""

    path: str
    data: Mapping[str, Value]

    @property
    def id(self) -> str:
        """Last part of the path."""
        return self.path.rsplit("/", 1)[1]


@dataclass(frozen=True, slots=True)
class Query:
    """Documents of one collection.

    Attributes:
        collection: an odd number of path parts (`sessions`, `sessions/abc/events`).
        where: fields that must equal a value; a missing field equals nothing, not even None.
        order_by: field to sort by; documents without it are left out. Ties, and all documents
            when it is None, are sorted by id. `descending` turns both round, and needs an
            `order_by`: Firestore does not go down the ids.
        at_least, more_than, less_than, at_most: bounds on `order_by`; only values of the bound's
            own type match.
        after: (value of `order_by`, id) of the last document of the page before; (None, id) when
            `order_by` is None.
        offset: documents to skip; each costs a read.
        limit: None for all.
    """

    collection: str
    where: Mapping[str, Value] = field(default_factory=dict)
    order_by: str | None = None
    descending: bool = False
    at_least: Value = None
    more_than: Value = None
    less_than: Value = None
    at_most: Value = None
    after: tuple[Value, str] | None = None
    offset: int = 0
    limit: int | None = None


class Transaction(Protocol):
    """Reads, then writes, that happen together or not at all.

    A read after the first write raises `RuntimeError`: Firestore cannot do it.
    """

    def get(self, path: str) -> Document | None: ...

    def get_many(self, paths: Sequence[str]) -> list[Document | None]: ...

    def query(self, query: Query) -> list[Document]: ...

    def create(self, path: str, data: Mapping[str, Value]) -> None:
        """Writes a new document; the transaction fails with `AlreadyExists` if there is one."""

    def set(self, path: str, data: Mapping[str, Value]) -> None:
        """Writes or replaces a whole document."""

    def delete(self, path: str) -> None:
        """Deletes a document; none there is no error. Documents below it stay."""


class Documents(Protocol):
    """Documents with queries and serialisable transactions.

    Every method raises `Unavailable` when the store cannot be reached or stays contended; a
    transaction may have taken effect all the same, when only its answer was lost. `ValueError` is
    raised for values, names and paths that cannot be stored, for values over 1,500 bytes in a
    query, and for bounds without an `order_by`.
    """

    def get(self, path: str) -> Document | None: ...

    def get_many(self, paths: Sequence[str]) -> list[Document | None]:
        """In the order of `paths`, None where there is none."""

    def query(self, query: Query) -> list[Document]: ...

    def count(self, query: Query) -> int:
        """Number of documents that `query` finds, without reading them."""

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Runs `work` in a serialisable transaction; `work` may run several times.

        What `work` raises aborts the transaction and is raised on.
        """

    def delete_tree(self, path: str) -> int:
        """Deletes everything below the document at `path`, not the document; tells how many.

        Not atomic; calling again finishes what a crash left.
        """


class Subscription(Protocol):
    """One standing query."""

    def close(self) -> None:
        """Ends it; nothing is called after this returns. Closing twice is no error."""


def require_listenable(query: Query) -> None:
    """Raises `ValueError` unless `query` is one that can be listened to, on either platform."""
    if query.order_by is None or query.descending:
        raise ValueError("A query that is listened to is ordered by a field, upwards.")
    if query.after is not None or query.offset or query.limit is not None:
        raise ValueError("A query that is listened to has no page.")


class Listener(Protocol):
    """Tells of new documents as they are committed, by whichever process commits them.

    It is for collections to which documents are only ever added at the end: every new document's
    `order_by` is above that of all documents committed before it, as an event's `seq` is.

    `listen` and `close` are called on the thread of a running asyncio loop and do not block it;
    callbacks are called on that loop, never from inside `listen`. They must not block or raise.
    """

    def listen(
        self,
        query: Query,
        on_documents: Callable[[Sequence[Document]], None],
        on_failure: Callable[[InsightError], None],
    ) -> Subscription:
        """Begins to tell what `query` finds now and whatever is added to that.

        - The first call of `on_documents` is the state now: all documents that `query` finds, in
          its order, none if there are none.
        - Every later call tells documents added since, in the query's order; all that one
          transaction added come in one call. None is left out and none told twice, however often
          the connection to the store breaks meanwhile: after a break it resumes behind the last
          document that was told.
        - A later call without documents says that documents are gone from the result, or may be:
          whoever needs to know reads for himself. One follows `Documents.delete_tree` above them.
        - While the store cannot be reached nothing is called; the listener tries again by itself,
          with backoff. `on_failure` is called once, and nothing after it, when it never will work:
          the query is refused, or the right to read is gone.

        Args:
            query: has `order_by`, upwards; no `after`, `offset` or `limit`.

        Raises:
            ValueError: the query is of another form.
        """

    def close(self) -> None:
        """Ends all subscriptions and frees whatever they share."""


@dataclass(frozen=True, slots=True)
class BlobInfo:
    """A stored blob. `generation` is new with every write of the path."""

    path: str
    size_bytes: int
    generation: str
    content_type: str
    metadata: Mapping[str, str]


class BlobWriter(Protocol):
    """Writes one blob from first to last byte, with bounded memory.

    Nothing is visible before `commit`; leaving the `with` block without it leaves nothing.
    """

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def write(self, chunk: bytes) -> None: ...

    def commit(self) -> BlobInfo:
        """Makes the blob visible, durably and at once. Raises `AlreadyExists` under `if_absent`."""


class Blobs(Protocol):
    """One bucket of blobs. A committed blob of the uploads bucket makes a notification.

    The notification is a task on topic `uploads` whose attributes are those of Cloud Storage:
    `eventType=OBJECT_FINALIZE`, `bucketId`, `objectId`, `objectGeneration`.
    """

    def create(
        self,
        path: str,
        *,
        content_type: str,
        metadata: Mapping[str, str] | None = None,
        if_absent: bool = False,
    ) -> BlobWriter: ...

    def begin_upload(
        self, path: str, *, content_type: str, size_bytes: int, origin: str | None = None
    ) -> str:
        """Opens an upload session for exactly one new blob, sent straight into storage.

        Whoever has the URL that this returns may send the blob's bytes by the protocol of Cloud
        Storage's resumable uploads, and nothing else: it is a secret. The blob is there, and told
        of, when its last byte is; not if there is such a blob by then. The session ends after
        `UPLOAD_SESSION_LIFETIME`.

        Args:
            size_bytes: of the whole, at least 1; the session takes no other number.
            origin: the web origin whose pages may use the session, beside what is no page.

        Returns:
            A URL; where storage is part of the service itself, only its path.

        Raises:
            AlreadyExists: there is such a blob.
        """

    def received_bytes(self, session_url: str) -> int | None:
        """What a session has; None if it is unknown, or cannot be told without disturbing it."""

    def cancel_upload(self, session_url: str) -> None:
        """Ends a session and drops what it has; one that has ended is no error."""

    def stat(self, path: str) -> BlobInfo | None: ...

    def read(
        self, path: str, *, start: int = 0, end: int | None = None, generation: str | None = None
    ) -> Iterator[bytes]:
        """Yields the bytes [start, end) in chunks of at most 1 MiB.

        Raises `NotFound`, before the first chunk, if the blob or that generation is gone.
        """

    def list(self, prefix: str) -> Iterator[BlobInfo]: ...

    def delete(self, path: str, *, generation: str | None = None) -> bool:
        """Whether there was one (of that generation) to delete."""


class Tasks(Protocol):
    """Durable at-least-once messages, pushed over HTTP in Pub/Sub's envelope."""

    def publish(self, topic: str, data: Mapping[str, Any]) -> None:
        """Returns when the message is durably taken. `data` carries ids, never content."""


@dataclass(frozen=True, slots=True)
class PushMessage:
    """A delivered task.

    Attributes:
        attempt: 1 at the first delivery.
        published_at: when it was first taken.
    """

    topic: str
    data: Mapping[str, Any]
    attributes: Mapping[str, str]
    message_id: str
    published_at: datetime
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class Principal:
    """Who a verified token speaks for."""

    user_id: str
    claims: Mapping[str, Any] = field(default_factory=dict)

    @property
    def expires_at(self) -> datetime | None:
        """When the token ends (claim `exp`, RFC 7519, section 4.1.4); None if it does not say."""
        expires_s = self.claims.get("exp")
        return None if expires_s is None else datetime.fromtimestamp(expires_s, UTC)


class Identity(Protocol):
    """Verifies bearer tokens."""

    def verify(self, token: str) -> Principal:
        """Raises `Unauthenticated` unless the token is ours, in force and not revoked."""


class Analyzer(Protocol):
    """Finds elements in text. Deterministic: the same window gives the same elements."""

    @property
    def provenance(self) -> Provenance:
        """Who makes the elements; another one may find others in the same words."""

    @property
    def languages(self) -> frozenset[str] | None:
        """The languages that it reads, as BCP 47 primary subtags; None: whichever there are."""

    def analyze(self, window: Window, session_date: datetime) -> Elements:
        """The elements of `window.segments`; evidence may reach into its context.

        Args:
            session_date: when the session took place; "by Friday" is reckoned from it.
        """

    def merge(self, windows: Sequence[Elements], session_date: datetime) -> Elements:
        """What only the whole session shows (patterns, with counts), from its windows in order."""


class TranscriptReader(Protocol):
    """Reads a transcript out of the bytes that people have."""

    def read(self, content: bytes, *, filename: str, upload_id: str) -> Transcript:
        """Raises `TranscriptUnreadable`."""


class Ports(Protocol):
    """What use cases are given. Each port is made when it is first asked for."""

    @property
    def documents(self) -> Documents: ...

    @property
    def uploads(self) -> Blobs:
        """The bucket that people's content goes to; it notifies."""

    @property
    def transcripts(self) -> Blobs:
        """The bucket of what was read from it; it does not."""

    @property
    def tasks(self) -> Tasks: ...

    @property
    def analyzer(self) -> Analyzer: ...

    @property
    def reader(self) -> TranscriptReader: ...

    @property
    def sound(self) -> SoundReader: ...

    @property
    def transcriber(self) -> Transcriber | None:
        """None where recordings are only kept."""

    def now(self) -> datetime:
        """The time, UTC, with a time zone."""

    def new_id(self) -> str:
        """A new random id of 20 letters and digits."""
