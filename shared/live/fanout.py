"""One listening per session, one frame per event, any number of outlets.

An outlet has a cursor: the number of the last event that it was sent. It first replays history by
itself and then joins its session's channel, which holds it to three rules: what is at or below the
cursor is not sent again; what follows it is sent; and where something is missing between the two
the outlet is closed, so that its client comes back and replays. So nothing is lost or doubled in
silence, whatever the order in which history and news arrive.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from shared.domain.events import Event, EventType

from .closing import Close
from .frames import frame_of


class Outlet(Protocol):
    """Where a session's frames go: one client."""

    session_id: str
    cursor: int

    def write(self, frames: bytes) -> None:
        """Sends whole frames, or ends the outlet if too much is waiting already."""

    def end(self, code: Close) -> None:
        """Closes it for good; nothing is written after that."""


class Listening(Protocol):
    """What goes on while a channel is open."""

    def close(self) -> None: ...


class Channel:
    """The live end of one session's stream.

    Args:
        head: number of the last event that was published to it.

    Attributes:
        failed: whether nothing will be published to it any more.
    """

    def __init__(self, session_id: str, head: int) -> None:
        self.session_id = session_id
        self.head = head
        self.failed = False
        self.outlets: set[Outlet] = set()

    def publish(self, events: Sequence[Event]) -> None:
        """Sends what is new of `events`, which are in order, to every outlet that lacks it."""
        news = [event for event in events if event.seq > self.head]
        if not news:
            return
        first, last, before = news[0].seq, news[-1].seq, self.head
        self.head = last
        if first != before + 1 or last - first + 1 != len(news):
            self.end(Close.MOVE_ON)
            return
        self._send([frame_of(event) for event in news], before)
        if news[-1].type is EventType.SESSION_DELETED:
            self.end(Close.NOT_FOUND)

    def end(self, code: Close) -> None:
        """Closes every outlet."""
        for outlet in tuple(self.outlets):
            outlet.end(code)

    def fail(self, code: Close) -> None:
        """Closes every outlet, for there is nothing more to hear; whoever comes back hears anew."""
        self.failed = True
        self.end(code)

    def _send(self, frames: list[bytes], before: int) -> None:
        whole = b"".join(frames)
        # A copy, for an outlet that ends itself leaves the set.
        for outlet in tuple(self.outlets):
            ahead = outlet.cursor - before
            if ahead < len(frames):
                outlet.cursor = self.head
                outlet.write(b"".join(frames[ahead:]) if ahead else whole)


class FanOut:
    """The channels of all sessions that somebody watches.

    Args:
        listen: begins to publish to a channel what comes after its head.
    """

    def __init__(self, listen: Callable[[Channel], Listening]) -> None:
        self._listen = listen
        self._channels: dict[str, tuple[Channel, Listening]] = {}

    def join(self, outlet: Outlet) -> bool:
        """Makes an outlet live, unless its channel is ahead of it: then it has more to replay."""
        session_id = outlet.session_id
        channel, listening = self._channels.get(session_id, (None, None))
        # Clients of a failed channel may take their time to leave it.
        if listening is not None and channel is not None and channel.failed:
            listening.close()
            channel = None
        if channel is None:
            channel = Channel(session_id, outlet.cursor)
            self._channels[session_id] = channel, self._listen(channel)
        if outlet.cursor < channel.head:
            return False
        channel.outlets.add(outlet)
        return True

    def leave(self, outlet: Outlet) -> None:
        """Forgets an outlet, and its channel with the last one; an unknown one is no error."""
        channel, listening = self._channels.get(outlet.session_id, (None, None))
        if channel is None or listening is None:
            return
        channel.outlets.discard(outlet)
        if not channel.outlets:
            del self._channels[outlet.session_id]
            listening.close()

    def __len__(self) -> int:
        return len(self._channels)
