"""The relay: what happens on one socket from its opening to its end."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from websockets.asyncio.server import Server, ServerConnection
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.server import ServerProtocol

from shared.application.event_ticket import Access, redeem_ticket
from shared.application.ports import Principal
from shared.application.read_events import read_events
from shared.domain.errors import InsightError, Unauthenticated
from shared.edge.call import LiveServices
from shared.edge.cors import check_origin
from shared.edge.problems import MEDIA_TYPE, render_problem, status_of
from shared.edge.routing import check_ids, match_path
from shared.endpoints import BY_NAME
from shared.live.admission import Admission
from shared.live.closing import MEANINGS, Close, Closing
from shared.live.fanout import FanOut
from shared.live.limits import Limits
from shared.live.opening import Opening, read_frame, read_opening
from shared.live.replay import replay_pieces

from .connection import RelayConnection
from .listening import SessionListening
from .outlet import SocketOutlet

_log: Final = logging.getLogger("shared.relay")
_EVENTS: Final = BY_NAME["list_events"]
_CODES: Final = {
    "unauthenticated": Close.UNAUTHENTICATED,
    "permission_denied": Close.UNAUTHENTICATED,
    "not_found": Close.NOT_FOUND,
}


class Relay:
    """Serves the sockets of one process.

    Attributes:
        admission: counts them.
        fan_out: the sessions that are watched.
    """

    def __init__(self, services: LiveServices, limits: Limits) -> None:
        self.limits = limits
        self.admission: Admission[RelayConnection] = Admission(limits)
        self.fan_out = FanOut(partial(SessionListening, services))
        self._services = services

    def connect(
        self, protocol: ServerProtocol, server: Server, head: bytes = b"", **options: Any
    ) -> RelayConnection:
        """Makes the protocol of a new connection."""
        return RelayConnection(protocol, server, admission=self.admission, head=head, **options)

    def screen(self, connection: ServerConnection, request: Request) -> Response | None:
        """Refuses what is no socket of events, and browsers of foreign origins, over HTTP."""
        try:
            _session_id_of(request)
            headers = request.headers
            origins = self._services.config.cors_origins
            check_origin(headers.get_all("Origin"), headers.get("Host", ""), origins)
        except InsightError as error:
            return _refusal(error)
        return None

    async def serve(self, connection: ServerConnection) -> None:
        """Follows one socket until it ends; whatever happens is told by its close code."""
        assert isinstance(connection, RelayConnection)  # noqa: S101
        try:
            await self._follow(connection)
        except Closing as closing:
            await connection.close(closing.code, closing.reason)
        except ConnectionClosed:
            _log.debug("the client has gone")
        except Exception as error:
            code = _code_of(error)
            if code is Close.INTERNAL:
                _log.error("unexpected %s", type(error).__qualname__, exc_info=error)
            await connection.close(code, MEANINGS[code].reason)

    async def _follow(self, connection: RelayConnection) -> None:
        request = connection.request
        assert request is not None  # noqa: S101
        session_id = _session_id_of(request)
        opening = read_opening(urlsplit(request.path).query, request.headers.get("Authorization"))
        connection.forget_request()
        opening, access = await self._authenticate(connection, session_id, opening)
        self.admission.admit(connection, access.user_id)
        lasts_s = self._lasts_s(access.until)
        outlet = SocketOutlet(connection, session_id, opening.after, self.limits, lasts_s)
        try:
            await self._replay(outlet, access.user_id)
            await self._attend(connection, outlet, access.user_id)
        finally:
            self.fan_out.leave(outlet)
            outlet.rest()
            # It may have been lost already before it was admitted.
            self.admission.depart(connection)

    async def _authenticate(
        self, connection: RelayConnection, session_id: str, opening: Opening
    ) -> tuple[Opening, Access]:
        if opening.ticket is not None and opening.token is None:
            redeem = partial(redeem_ticket, self._services, session_id, opening.ticket)
            return opening, await asyncio.to_thread(redeem)
        if opening.token is None:
            opening = await self._first_frame(connection)
        principal = await self._verify(opening)
        return opening, Access(principal.user_id, principal.expires_at)

    async def _first_frame(self, connection: RelayConnection) -> Opening:
        try:
            async with asyncio.timeout(self.limits.first_frame_s):
                return read_frame(_text(await connection.recv()))
        except TimeoutError:
            raise Closing(Close.TOO_LATE) from None

    async def _verify(self, opening: Opening) -> Principal:
        return await asyncio.to_thread(self._services.identity.verify, opening.token or "")

    async def _replay(self, outlet: SocketOutlet, user_id: str) -> None:
        session_id, more = outlet.session_id, True
        # Between the last page and the channel nothing is awaited: no event can come between.
        while more or not self.fan_out.join(outlet):
            page = await asyncio.to_thread(
                read_events, self._services, user_id, session_id, outlet.cursor, self.limits.page
            )
            for piece in replay_pieces(session_id, page.events, page.last_id, gone=page.reset):
                await outlet.write_patiently(piece)
            outlet.cursor, more = page.last_id, page.more

    async def _attend(
        self, connection: RelayConnection, outlet: SocketOutlet, user_id: str
    ) -> None:
        async for message in connection:
            principal = await self._verify(read_frame(_text(message)))
            if principal.user_id != user_id:
                raise Unauthenticated("The token is another user's.")
            outlet.renew(self._lasts_s(principal.expires_at))

    def _lasts_s(self, until: datetime | None) -> float | None:
        return None if until is None else (until - self._services.now()).total_seconds()


def _session_id_of(request: Request) -> str:
    parameters = match_path(_EVENTS, urlsplit(request.path).path)
    check_ids(parameters)
    return parameters["session_id"]


def _refusal(error: InsightError) -> Response:
    status = HTTPStatus(status_of(error))
    body = render_problem(error, "")
    headers = Headers({"Content-Type": MEDIA_TYPE, "Content-Length": str(len(body))})
    return Response(status, status.phrase, headers, body)


def _code_of(error: Exception) -> Close:
    if isinstance(error, InsightError):
        return Close.TRY_LATER if error.transient else _CODES.get(error.code, Close.INTERNAL)
    return Close.INTERNAL


def _text(message: str | bytes) -> str:
    if isinstance(message, bytes):
        raise Closing(Close.NOT_TEXT)
    return message
