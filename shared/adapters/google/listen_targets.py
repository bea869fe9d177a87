"""The targets of one Listen stream: what to ask the server, and what its messages mean.

No stream is read or written here. The protocol is documented with the messages
(https://cloud.google.com/firestore/docs/reference/rpc/google.firestore.v1#targetchange): changes
count only once the whole stream is at a consistent snapshot, which the server says by a read time
for all targets at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from google.cloud.firestore_v1.types import TargetChange
from google.rpc import code_pb2 as code  # type: ignore[import-untyped]

from shared.domain.errors import InsightError, InvalidArgument, PermissionDenied

from .listen_target import ListenTarget, Soon

_Kind = TargetChange.TargetChangeType
_REMOVE: Final = int(_Kind.REMOVE)
_CURRENT: Final = int(_Kind.CURRENT)
_RESET: Final = int(_Kind.RESET)

# Worth another try. Firestore's own clients take the same ones for transient, and with them the
# lack of credentials, which are renewed (isPermanentError in firebase-js-sdk,
# packages/firestore/src/remote/rpc_error.ts); an aborted listening is only one that was unlucky.
TRANSIENT: Final = frozenset(
    {
        code.OK,
        code.CANCELLED,
        code.UNKNOWN,
        code.DEADLINE_EXCEEDED,
        code.RESOURCE_EXHAUSTED,
        code.ABORTED,
        code.INTERNAL,
        code.UNAVAILABLE,
        code.UNAUTHENTICATED,
    }
)
# These concern the database and not a target of it.
_FOR_ALL: Final = frozenset({code.PERMISSION_DENIED, code.NOT_FOUND, code.UNIMPLEMENTED})
# These may be the work of a target that the server stumbles over.
_STUMBLES: Final = frozenset({code.UNKNOWN, code.INTERNAL})
_STRIKES: Final = 5

Request = ListenTarget | int


class ListenTargets:
    """The state of one stream.

    A stream that breaks on one target takes every other with it. Which one it is shows when they
    are added one by one: that is done once it looks like it, until all have caught up.

    Args:
        soon: calls a function with an argument, soon.
        wake: is called when there are new requests.
        later: is called with a target that the server removed for now; hands it to `again` when a
            pause is over.

    Attributes:
        healthy: whether this stream has reached a snapshot.
    """

    def __init__(
        self, soon: Soon, wake: Callable[[], None], later: Callable[[ListenTarget], None]
    ) -> None:
        self._soon = soon
        self._wake = wake
        self._later = later
        self._targets: dict[int, ListenTarget] = {}
        self._to_add: deque[ListenTarget] = deque()
        self._to_remove: deque[int] = deque()
        self._last_id = 0
        self._connected = False
        self._stumbles = 0
        self._one_by_one = False
        self.healthy = False

    def __len__(self) -> int:
        return len(self._targets)

    def add(self, target: ListenTarget) -> None:
        """Listens to one more."""
        self._number(target)
        self._ask(target)

    def remove(self, target: ListenTarget) -> None:
        """Listens to one less; one that is not there is no error."""
        if self._targets.pop(target.id, None) is not None and target.sent:
            self._to_remove.append(target.id)
            self._wake()

    def again(self, target: ListenTarget) -> None:
        """The pause of a target that the server had removed is over."""
        if self._targets.get(target.id) is target and not target.sent:
            self._ask(target)

    def close(self) -> None:
        """Tells nobody anything any more."""
        for target in self._targets.values():
            target.open = False
        self._targets.clear()

    def connected(self) -> None:
        """A new stream begins, where the last one's last snapshot was."""
        self._connected = True
        self.healthy = False
        self._to_remove.clear()
        self._to_add = deque(self._targets.values())
        for target in self._to_add:
            target.begin()

    def disconnected(self, status: int) -> None:
        """The stream is over.

        Args:
            status: a `google.rpc.Code`.
        """
        self._connected = False
        if status in _FOR_ALL:
            for target in tuple(self._targets.values()):
                self._fail(target, refusal(status))
        elif status not in TRANSIENT or status in _STUMBLES:
            self._blame(status)

    def next_request(self) -> Request | None:
        """What to ask now: a target to add or the id of one to remove; None: nothing."""
        if self._to_remove:
            return self._to_remove.popleft()
        if self._one_by_one and any(self._awaited()):
            return None
        while self._to_add:
            target = self._to_add.popleft()
            if self._targets.get(target.id) is target and not target.sent:
                target.sent = True
                return target
        return None

    def receive(self, response: Any) -> None:
        """Takes a message, a `google.firestore.v1.ListenResponse`."""
        match response.WhichOneof("response_type"):
            case "target_change":
                self._target_change(response.target_change)
            case "document_change":
                self._document_change(response.document_change)
            case "document_delete":
                self._document_gone(response.document_delete)
            case "document_remove":
                self._document_gone(response.document_remove)
            case "filter":
                self._existence_filter(response.filter)

    def _number(self, target: ListenTarget) -> None:
        # Each time a new one, so that what is still on its way for the old one concerns nobody.
        self._last_id += 1
        target.id = self._last_id
        self._targets[target.id] = target

    def _ask(self, target: ListenTarget) -> None:
        if self._connected:
            self._to_add.append(target)
            self._wake()

    def _awaited(self) -> Iterator[ListenTarget]:
        return (each for each in self._targets.values() if each.sent and not each.current)

    def _meant(self, ids: Sequence[int]) -> list[ListenTarget]:
        # Without ids a change is of all targets that the server has.
        if not ids:
            return [target for target in self._targets.values() if target.sent]
        return [self._targets[each] for each in ids if each in self._targets]

    def _target_change(self, change: Any) -> None:
        kind, meant = change.target_change_type, self._meant(change.target_ids)
        if kind == _REMOVE:
            for target in meant:
                self._removed(target, change.cause.code)
            return
        for target in meant:
            self._advance(target, kind)
        if change.target_ids:
            for target in meant:
                target.offered = change.resume_token or target.offered
        elif change.HasField("read_time"):
            self._snapshot(change.resume_token)

    def _advance(self, target: ListenTarget, kind: int) -> None:
        if kind == _RESET:
            target.reset()
        elif kind == _CURRENT:
            target.caught_up()
            if self._one_by_one:
                self._wake()

    def _snapshot(self, token: bytes) -> None:
        self.healthy = True
        for target in tuple(self._targets.values()):
            if target.current:
                if target.unsettled:
                    self._settle(target)
                target.token = token or target.offered or target.token
        if self._stumbles and not self._to_add and not any(self._awaited()):
            self._stumbles, self._one_by_one = 0, False

    def _settle(self, target: ListenTarget) -> None:
        try:
            target.settle(self._soon)
        except ValueError as error:
            self._refuse(target, error)

    def _document_change(self, change: Any) -> None:
        for target in self._meant(change.target_ids) if change.target_ids else ():
            try:
                target.changed(change.document)
            except ValueError as error:
                self._refuse(target, error)
        self._no_longer(change.removed_target_ids, change.document.name)

    def _document_gone(self, change: Any) -> None:
        self._no_longer(change.removed_target_ids, change.document)

    def _no_longer(self, ids: Sequence[int], name: str) -> None:
        for each in ids:
            if each in self._targets:
                self._targets[each].gone(name)

    def _existence_filter(self, existence: Any) -> None:
        target = self._targets.get(existence.target_id)
        if target is not None and target.count() != existence.count:
            self._begin_anew(target)

    def _begin_anew(self, target: ListenTarget) -> None:
        self.remove(target)
        target.begin_anew()
        self.add(target)

    def _removed(self, target: ListenTarget, status: int) -> None:
        target.sent = False
        if status in TRANSIENT:
            target.begin()
            target.strikes += 1
            self._later(target)
        else:
            self._refused(target, status)
        self._wake()

    def _blame(self, status: int) -> None:
        suspects = list(self._awaited())
        if len(suspects) == 1:
            self._strike(suspects[0], status)
        elif suspects or status not in TRANSIENT:
            self._stumbles += 1
            # Connections break with these codes, too, and one by one takes its time.
            self._one_by_one = status not in TRANSIENT or self._stumbles > 1

    def _strike(self, target: ListenTarget, status: int) -> None:
        target.strikes += 1
        if status not in TRANSIENT or target.strikes >= _STRIKES:
            self._refused(target, status)

    def _refused(self, target: ListenTarget, status: int) -> None:
        # It may be its token that is refused.
        if target.token:
            target.sent = False
            self._begin_anew(target)
        else:
            self._fail(target, refusal(status))

    def _refuse(self, target: ListenTarget, cause: ValueError) -> None:
        error = InvalidArgument("A document is not of the form that is listened to.")
        error.__cause__ = cause
        self._fail(target, error)

    def _fail(self, target: ListenTarget, error: InsightError) -> None:
        self.remove(target)
        target.fail(error, self._soon)


def refusal(status: int) -> InsightError:
    """The domain's error for a permanent `google.rpc.Code`."""
    if status == code.PERMISSION_DENIED:
        return PermissionDenied("Firestore may not be listened to.")
    return InvalidArgument(f"Firestore refuses to be listened to: {code.Code.Name(status)}.")
