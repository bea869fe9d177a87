"""Everything that the API does with sessions, method by method."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any, Final, Literal, Unpack

from .auth import AuthService
from .content import Content, Progress, opened, size_of
from .direct import ResumableUpload, UploadHandle, announcement, content_type_of
from .errors import NotFound
from .events import EventStream, Handlers, deliver
from .filters import CategoryFilter, StatusFilter, TimeFilter, TypeFilter
from .retry import Retry
from .wire import (
    ActionItem,
    AnalysisState,
    BegunUpload,
    Belief,
    Challenge,
    ContentType,
    CreateSession,
    Emotion,
    EventList,
    EventTicket,
    GraphBody,
    Insight,
    NameSpeaker,
    SegmentView,
    SessionCreated,
    SessionList,
    SessionReply,
    SessionSummary,
    SpeakerView,
    SummaryBody,
    Topic,
    TranscriptBody,
    UpdateSession,
    UploadView,
)

_PAGE = 100
# Beyond it a cut would cost more than the further calls do.
DIRECT_ABOVE_BYTES: Final = 8_000_000


class SessionService:
    """The Sessions API, in the name of who is signed in with `auth_service`.

    Every method raises `ApiError` for what the service refuses, `ConnectionFailed` where it cannot
    be reached, and `NotSignedIn`. Requests are repeated where that is safe; each POST carries an
    Idempotency-Key, so that a repetition never does anything twice. To carry on with a call after
    the program itself was restarted, give it a key of your own.
    """

    def __init__(self, auth_service: AuthService) -> None:
        self._auth = auth_service

    def create_session(
        self,
        title: str,
        description: str | None = None,
        *,
        idempotency_key: str | None = None,
        **fields: Any,
    ) -> SessionCreated:
        """Creates a session; with `text`, its analysis starts.

        Args:
            fields: the others of `CreateSession`: text, inputMethod, date, duration, settings, ...
        """
        body: CreateSession = {"title": title, **fields}  # type: ignore[typeddict-item]
        if description is not None:
            body["description"] = description
        created: SessionCreated = self._post("/sessions", idempotency_key, json=body)
        return created

    def list_sessions(
        self,
        page: int = 1,
        per_page: int = 10,
        sort: Literal["created_at", "updated_at"] = "created_at",
        order: Literal["asc", "desc"] = "desc",
        cursor: str | None = None,
    ) -> SessionList:
        """One page of the caller's sessions."""
        params = {"page": page, "per_page": per_page, "sort": sort, "order": order}
        resumed = {} if cursor is None else {"cursor": cursor}
        listed: SessionList = self._data("/sessions", {**params, **resumed})
        return listed

    def iter_sessions(
        self,
        sort: Literal["created_at", "updated_at"] = "created_at",
        order: Literal["asc", "desc"] = "desc",
    ) -> Iterator[SessionSummary]:
        """All sessions of the caller, fetched as they are asked for."""
        cursor: str | None = None
        while True:
            listed = self.list_sessions(1, _PAGE, sort, order, cursor)
            yield from listed["sessions"]
            cursor = listed["pagination"]["next_cursor"]
            if cursor is None:
                return

    def get_session(self, session_id: str) -> SessionReply:
        """A session with everything found in it."""
        return self.get_session_with_etag(session_id)[0]

    def get_session_with_etag(self, session_id: str) -> tuple[SessionReply, str]:
        """The same, with the tag that `if_match` takes."""
        response = self._auth.request("GET", f"/sessions/{session_id}")
        session: SessionReply = response.json()
        return session, response.headers["ETag"]

    def update_session(
        self, session_id: str, *, if_match: str | None = None, **changes: Unpack[UpdateSession]
    ) -> SessionSummary:
        """Changes what is given and leaves the rest.

        Raises:
            PreconditionFailed: if the session is not as it was when `if_match` was read.
        """
        changed: SessionSummary = self._auth.make_authenticated_request(
            f"/sessions/{session_id}", "PUT", json=changes, headers=_if_match(if_match)
        )["data"]["session"]
        return changed

    def delete_session(self, session_id: str, *, if_match: str | None = None) -> None:
        """Deletes the session and everything of it."""
        path = f"/sessions/{session_id}"
        try:
            self._auth.make_authenticated_request(path, "DELETE", headers=_if_match(if_match))
        except NotFound as error:
            # The answer to the first attempt was lost, and there is nothing left for the second.
            if error.attempts == 1:
                raise

    def upload_content(
        self,
        session_id: str,
        content: Content,
        type: ContentType | None = None,
        *,
        filename: str | None = None,
        on_progress: Progress | None = None,
        on_begun: Callable[[UploadHandle], object] | None = None,
        idempotency_key: str | None = None,
    ) -> UploadView:
        """Sends a file; its analysis starts.

        A file of more than 8 MB goes straight into storage, as `begin_upload` sends it.

        Args:
            content: a path, or a file that is open for reading bytes and can seek.
            type: found from the content itself unless given.
            filename: the path's name unless given.
            on_progress: called with the bytes handed to the network so far, and all; from 0 again,
                or from the last whole piece of 8 MiB, where they have to be sent again.
            on_begun: called, for a file that goes straight into storage, with what `resume_upload`
                takes, should this process end before the file is sent.
        """
        with opened(content, filename, on_progress) as (name, file):
            if size_of(file) > DIRECT_ABOVE_BYTES and content_type_of(name) is not None:
                begun = self.begin_upload(
                    session_id, content, type, filename=name, idempotency_key=idempotency_key
                )
                if on_begun is not None:
                    on_begun(begun.handle)
                begun.send(on_progress)
                return self._upload(session_id, begun.handle.upload_id)
            return self._upload_form(session_id, name, file, type, idempotency_key)

    def begin_upload(
        self,
        session_id: str,
        content: Content,
        type: ContentType | None = None,
        *,
        filename: str | None = None,
        content_type: str | None = None,
        idempotency_key: str | None = None,
    ) -> ResumableUpload:
        """Opens a way for a file of up to 5 GiB straight into storage; `send` then sends it.

        Args:
            content_type: told by the name's ending unless given.

        Raises:
            ValueError: the name does not tell the content type.
        """
        body = announcement(content, type, filename, content_type)
        path = f"/sessions/{session_id}/content/uploads"
        begun: BegunUpload = self._post(path, idempotency_key, json=body)["data"]
        handle = UploadHandle.of(body, begun)
        return self.resume_upload(handle, content)

    def resume_upload(self, handle: UploadHandle, content: Content) -> ResumableUpload:
        """The upload of `handle`; `send` sends what of `content` storage has not got yet."""
        return ResumableUpload(handle, content, self._auth.transport)

    def cancel_upload(self, session_id: str, upload_id: str) -> None:
        """Gives up an upload that is on its way, or forgets one that has expired.

        Raises:
            Conflict: it is complete and part of the session.
        """
        path = f"/sessions/{session_id}/content/uploads/{upload_id}"
        try:
            self._auth.make_authenticated_request(path, "DELETE")
        except NotFound as error:
            # The answer to the first attempt was lost, and there is nothing left for the second.
            if error.attempts == 1:
                raise

    def list_uploads(self, session_id: str) -> list[UploadView]:
        """The session's uploads, oldest first, and what became of each."""
        uploads: list[UploadView] = self._data(f"/sessions/{session_id}/content")["uploads"]
        return uploads

    def get_analysis_status(self, session_id: str) -> AnalysisState:
        """How far the analysis is."""
        state: AnalysisState = self._data(f"/sessions/{session_id}/analysis/status")["analysis"]
        return state

    def analyze_session(
        self, session_id: str, *, idempotency_key: str | None = None
    ) -> AnalysisState:
        """Asks for a new analysis; it replaces the old results when it is complete."""
        answer = self._post(f"/sessions/{session_id}/analyze", idempotency_key)
        state: AnalysisState = answer["data"]["analysis"]
        return state

    def iter_emotions(
        self, session_id: str, **filters: Unpack[CategoryFilter]
    ) -> Iterator[Emotion]:
        """Emotions of the session, fetched as they are asked for."""
        return self._elements(session_id, "emotions", filters)

    def iter_topics(self, session_id: str, **filters: Unpack[CategoryFilter]) -> Iterator[Topic]:
        """Topics of the session, fetched as they are asked for."""
        return self._elements(session_id, "topics", filters)

    def iter_insights(self, session_id: str, **filters: Unpack[TypeFilter]) -> Iterator[Insight]:
        """Insights of the session, fetched as they are asked for."""
        return self._elements(session_id, "insights", filters)

    def iter_beliefs(self, session_id: str, **filters: Unpack[CategoryFilter]) -> Iterator[Belief]:
        """Beliefs of the session, fetched as they are asked for."""
        return self._elements(session_id, "beliefs", filters)

    def iter_challenges(
        self, session_id: str, **filters: Unpack[TimeFilter]
    ) -> Iterator[Challenge]:
        """Challenges of the session, fetched as they are asked for."""
        return self._elements(session_id, "challenges", filters)

    def iter_action_items(
        self, session_id: str, **filters: Unpack[StatusFilter]
    ) -> Iterator[ActionItem]:
        """Action items of the session, fetched as they are asked for."""
        return self._elements(session_id, "action_items", filters)

    def update_action_item(
        self, session_id: str, action_item_id: str, status: Literal["open", "done"]
    ) -> ActionItem:
        """Ticks an action item off, or opens it again."""
        path = f"/sessions/{session_id}/action_items/{action_item_id}"
        answer = self._auth.make_authenticated_request(path, "PATCH", json={"status": status})
        item: ActionItem = answer["data"]["action_item"]
        return item

    def get_summary(self, session_id: str, sentences: int = 5) -> SummaryBody:
        """At most `sentences` (1 to 10) that were said and tell most, and the emotional arc."""
        params = {"sentences": sentences}
        body: SummaryBody = self._data(f"/sessions/{session_id}/summary", params)["summary"]
        return body

    def get_transcript(self, session_id: str, upload_id: str | None = None) -> TranscriptBody:
        """The transcript of all uploads, or of one."""
        params = {} if upload_id is None else {"upload_id": upload_id}
        body: TranscriptBody = self._data(f"/sessions/{session_id}/transcript", params)[
            "transcript"
        ]
        return body

    def correct_segment(self, session_id: str, segment_id: str, text: str | None) -> SegmentView:
        """Sets the words of a segment right; None takes the correction back.

        The windows that hold it are analysed anew, so `analysis_status` is `processing` after it.
        """
        path = f"/sessions/{session_id}/transcript/segments/{segment_id}"
        answer = self._auth.make_authenticated_request(path, "PUT", json={"text": text})
        segment: SegmentView = answer["data"]["segment"]
        return segment

    def name_speakers(self, session_id: str, speakers: list[NameSpeaker]) -> list[SpeakerView]:
        """Says who the speakers are; those that are not mentioned stay as they are."""
        path = f"/sessions/{session_id}/speakers"
        json = {"speakers": speakers}
        answer = self._auth.make_authenticated_request(path, "PUT", json=json)
        named: list[SpeakerView] = answer["data"]["speakers"]
        return named

    def export_transcript(
        self,
        session_id: str,
        format: Literal["srt", "vtt", "text"],
        upload_id: str | None = None,
    ) -> str:
        """The transcript as a file. Captions of a session with several uploads need one named."""
        params = {"format": format} | ({} if upload_id is None else {"upload_id": upload_id})
        return self._auth.request("GET", f"/sessions/{session_id}/transcript", params=params).text

    def get_graph(self, session_id: str) -> GraphBody:
        """Which element came with which topic, in which words."""
        graph: GraphBody = self._data(f"/sessions/{session_id}/graph")["graph"]
        return graph

    def export_graph(self, session_id: str) -> str:
        """The same as GraphML."""
        params = {"format": "graphml"}
        return self._auth.request("GET", f"/sessions/{session_id}/graph", params=params).text

    def list_events(self, session_id: str, after: int = 0, limit: int = 100) -> EventList:
        """What happened after event `after`, without a socket."""
        params = {"after": after, "limit": limit}
        events: EventList = self._data(f"/sessions/{session_id}/events", params)
        return events

    def create_event_ticket(self, session_id: str) -> EventTicket:
        """Opens the socket of the session's events once, for those who cannot send a header."""
        ticket: EventTicket = self._post(f"/sessions/{session_id}/events/ticket", None)["data"]
        return ticket

    def events(self, session_id: str, after: int = 0, *, retry: Retry | None = None) -> EventStream:
        """What happens in the session, live, to be iterated with `async for`."""
        return EventStream(self._auth, session_id, after, retry=retry)

    async def connect_to_events(
        self, session_id: str, *, after: int = 0, **handlers: Unpack[Handlers]
    ) -> None:
        """Calls handlers with what happens, until the session is deleted or the task cancelled.

        Args:
            after: the last event that was seen before; 0 begins with the first.
            handlers: each may be a function or a coroutine function; see `Handlers`.

        Raises:
            SessionGone: there is no such session.
            StreamClosed: the service has closed the stream for good.
            SignInFailed: the sign-in is over.
        """
        await deliver(self.events(session_id, after), handlers)

    def _upload_form(
        self,
        session_id: str,
        name: str,
        file: IO[bytes],
        type: ContentType | None,
        idempotency_key: str | None,
    ) -> UploadView:
        form = {} if type is None else {"type": type}
        files = {"file": (name, file)}
        path = f"/sessions/{session_id}/content"
        answer = self._post(path, idempotency_key, files=files, data=form)
        upload: UploadView = answer["data"]["upload"]
        return upload

    def _upload(self, session_id: str, upload_id: str) -> UploadView:
        return next(each for each in self.list_uploads(session_id) if each["id"] == upload_id)

    def _post(self, path: str, idempotency_key: str | None, **content: Any) -> Any:
        headers = {"Idempotency-Key": idempotency_key or uuid.uuid4().hex}
        return self._auth.make_authenticated_request(path, "POST", headers=headers, **content)

    def _data(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        return self._auth.make_authenticated_request(path, params=params or {})["data"]

    def _elements(self, session_id: str, kind: str, filters: Mapping[str, object]) -> Iterator[Any]:
        cursor: dict[str, str] = {}
        while True:
            page = self._data(f"/sessions/{session_id}/{kind}", {**filters, **cursor})
            yield from page[kind]
            if page.get("next_cursor") is None:
                return
            cursor = {"cursor": page["next_cursor"]}


def _if_match(etag: str | None) -> dict[str, str]:
    return {} if etag is None else {"If-Match": etag}
