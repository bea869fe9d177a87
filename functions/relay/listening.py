"""What one watched session is told by the store."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Final

from shared.application.access import load_living, session_path
from shared.application.ports import Document, Query
from shared.application.stream import event_from_document
from shared.domain.errors import InsightError
from shared.edge.call import LiveServices
from shared.live.closing import Close
from shared.live.fanout import Channel

_log: Final = logging.getLogger("shared.relay")


class SessionListening:
    """Publishes to `channel` whatever the store tells, from when it is made until `close`."""

    def __init__(self, services: LiveServices, channel: Channel) -> None:
        self._services = services
        self._channel = channel
        self._looking: asyncio.Task[None] | None = None
        events = f"{session_path(channel.session_id)}/events"
        query = Query(events, order_by="seq", more_than=channel.head)
        self._subscription = services.listener.listen(query, self._publish, self._fail)

    def close(self) -> None:
        """Ends it."""
        self._subscription.close()

    def _publish(self, documents: Sequence[Document]) -> None:
        self._channel.publish([event_from_document(document) for document in documents])
        if not documents:
            self._looking = asyncio.create_task(self._look())

    async def _look(self) -> None:
        # A purge may be faster than the listener, also before it has begun: the last event is then
        # gone before it is told.
        try:
            session_id = self._channel.session_id
            living = await asyncio.to_thread(load_living, self._services.documents, session_id)
        except InsightError:
            self._channel.end(Close.TRY_LATER)
            return
        if living is None:
            self._channel.end(Close.NOT_FOUND)

    def _fail(self, error: InsightError) -> None:
        _log.error("listening failed: %s", error.code)
        self._channel.fail(Close.INTERNAL)
