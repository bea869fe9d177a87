"""The one table of endpoints.

OpenAPI, the local gateway, the push subscriptions, routing, deploy steps and docs all come from
it. Models are named as `module:Class`, so that a function reads the table without importing the
models of all the others.
"""

from __future__ import annotations

from typing import Final

from .endpoint import Account as Account
from .endpoint import Caller as Caller
from .endpoint import Endpoint as Endpoint
from .endpoint import Relay
from .endpoint import Subscription as Subscription

API: Final = "/api/v1"
_SESSION: Final = f"{API}/sessions/{{session_id}}"
_MODELS: Final = "shared.contract"


def _public(
    name: str, method: str, path: str, source: str, summary: str, **rest: object
) -> Endpoint:
    tag = source.split("/", 1)[0]
    return Endpoint(name, method, path, f"functions/{source}", summary, tag, **rest)  # type: ignore[arg-type]


def _model(name: str) -> str:
    return f"{_MODELS}.{name}"


def _elements(kind: str, query: str) -> Endpoint:
    label = kind.replace("_", " ")
    return _public(
        f"list_{kind}",
        "GET",
        f"{_SESSION}/{kind}",
        f"analysis/{kind}.py",
        f"The {label} found in a session, each with the words it came from.",
        query=_model(f"element_lists:{query}"),
        reply=_model(f"element_lists:{kind.title().replace('_', '')}Reply"),
    )


def _pipeline(name: str, summary: str, *topics: str | Subscription, **rest: object) -> Endpoint:
    return Endpoint(
        name,
        "POST",
        f"/pipeline/{name}",
        f"functions/pipeline/{name}.py",
        summary,
        "pipeline",
        success=204,
        caller=Caller.PLATFORM,
        subscriptions=tuple(
            topic
            if isinstance(topic, Subscription)
            else Subscription(topic, dead_letter=topic != "dead-letters")
            for topic in topics
        ),
        **rest,  # type: ignore[arg-type]
    )


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    _public(
        "create_session",
        "POST",
        f"{API}/sessions",
        "sessions/create.py",
        "Create a session; with text, its analysis starts.",
        body=_model("session_changes:CreateSession"),
        reply=_model("session_changes:SessionCreated"),
        success=201,
        idempotent_by_key=True,
    ),
    _public(
        "list_sessions",
        "GET",
        f"{API}/sessions",
        "sessions/list.py",
        "The caller's sessions, a page at a time.",
        query=_model("sessions:ListSessions"),
        reply=_model("sessions:SessionListReply"),
    ),
    _public(
        "get_session",
        "GET",
        _SESSION,
        "sessions/get.py",
        "One session with everything found in it.",
        reply=_model("session_report:SessionReply"),
    ),
    _public(
        "update_session",
        "PUT",
        _SESSION,
        "sessions/update.py",
        "Change a session's details, archive it, or ask for a new analysis.",
        body=_model("session_changes:UpdateSession"),
        reply=_model("session_changes:SessionUpdated"),
    ),
    _public(
        "delete_session",
        "DELETE",
        _SESSION,
        "sessions/delete.py",
        "Delete a session and everything of it.",
        reply=_model("session_changes:SessionDeleted"),
    ),
    _public(
        "upload_content",
        "POST",
        f"{_SESSION}/content",
        "content/upload.py",
        "Send a text, audio or video file of the session.",
        reply=_model("content:UploadReply"),
        success=201,
        multipart=True,
        idempotent_by_key=True,
        timeout_s=300,
    ),
    _public(
        "begin_upload",
        "POST",
        f"{_SESSION}/content/uploads",
        "content/begin_upload.py",
        "Open a way for a file of up to 5 GiB straight into storage, which may be resumed.",
        body=_model("content:BeginUpload"),
        reply=_model("content:UploadBegunReply"),
        success=201,
        idempotent_by_key=True,
    ),
    _public(
        "cancel_upload",
        "DELETE",
        f"{_SESSION}/content/uploads/{{upload_id}}",
        "content/cancel_upload.py",
        "Give up an upload that is on its way, or forget one that has expired.",
        reply=_model("content:UploadCancelled"),
    ),
    _public(
        "list_uploads",
        "GET",
        f"{_SESSION}/content",
        "content/list.py",
        "The session's uploads and what became of each.",
        reply=_model("content:UploadListReply"),
    ),
    _public(
        "get_analysis_status",
        "GET",
        f"{_SESSION}/analysis/status",
        "analysis/status.py",
        "How far the analysis is.",
        reply=_model("analysis:AnalysisStatusReply"),
    ),
    _public(
        "analyze_session",
        "POST",
        f"{_SESSION}/analyze",
        "analysis/analyze.py",
        "Ask for a new analysis; it replaces the old results when it is complete.",
        reply=_model("analysis:AnalysisStatusReply"),
        success=202,
        idempotent_by_key=True,
    ),
    _elements("emotions", "CategoryFilter"),
    _elements("topics", "CategoryFilter"),
    _elements("insights", "TypeFilter"),
    _elements("beliefs", "CategoryFilter"),
    _elements("challenges", "TimeFilter"),
    _elements("action_items", "StatusFilter"),
    _public(
        "update_action_item",
        "PATCH",
        f"{_SESSION}/action_items/{{action_item_id}}",
        "analysis/update_action_item.py",
        "Tick an action item off, or open it again.",
        body=_model("action_items:UpdateActionItem"),
        reply=_model("action_items:ActionItemReply"),
    ),
    _public(
        "get_summary",
        "GET",
        f"{_SESSION}/summary",
        "analysis/summary.py",
        "A few sentences that were said and tell most, and how the feelings went.",
        query=_model("summary:SummaryQuery"),
        reply=_model("summary:SummaryReply"),
    ),
    _public(
        "get_transcript",
        "GET",
        f"{_SESSION}/transcript",
        "analysis/transcript.py",
        "The transcript as JSON, SRT, WebVTT or plain text.",
        query=_model("transcript:TranscriptQuery"),
        reply=_model("transcript:TranscriptReply"),
    ),
    _public(
        "correct_segment",
        "PUT",
        f"{_SESSION}/transcript/segments/{{segment_id}}",
        "analysis/correct_segment.py",
        "Set the words of a segment right; the windows that hold it are analysed anew.",
        body=_model("corrections:CorrectSegment"),
        reply=_model("corrections:SegmentReply"),
    ),
    _public(
        "name_speakers",
        "PUT",
        f"{_SESSION}/speakers",
        "analysis/name_speakers.py",
        "Say who the speakers are; nothing is transcribed again.",
        body=_model("corrections:NameSpeakers"),
        reply=_model("corrections:SpeakersReply"),
    ),
    _public(
        "list_events",
        "GET",
        f"{_SESSION}/events",
        "analysis/events.py",
        "What happened in the session after an event that the client has seen.",
        query=_model("events:EventsQuery"),
        reply=_model("events:EventListReply"),
    ),
    _public(
        "create_event_ticket",
        "POST",
        f"{_SESSION}/events/ticket",
        "analysis/event_ticket.py",
        "A ticket that opens the socket of the session's events once, within 30 seconds.",
        reply=_model("events:EventTicketReply"),
        success=201,
    ),
    _public(
        "get_graph",
        "GET",
        f"{_SESSION}/graph",
        "analysis/graph.py",
        "Which element came with which topic, in which words; JSON or GraphML.",
        query=_model("graph:GraphQuery"),
        reply=_model("graph:GraphReply"),
    ),
    _public(
        "get_health",
        "GET",
        f"{API}/health",
        "service/health.py",
        "Whether the service answers.",
        reply=_model("service:HealthReply"),
        caller=Caller.ANYONE,
    ),
    _public(
        "get_openapi",
        "GET",
        f"{API}/openapi.json",
        "service/openapi.py",
        "This description.",
        caller=Caller.ANYONE,
    ),
    _public(
        "get_docs",
        "GET",
        f"{API}/docs",
        "service/docs.py",
        "This description, to browse.",
        caller=Caller.ANYONE,
    ),
    _public(
        "get_docs_asset",
        "GET",
        f"{API}/docs/{{asset}}",
        "service/docs_asset.py",
        "A file of the page that shows this description.",
        caller=Caller.ANYONE,
    ),
    _pipeline(
        "receive_upload",
        "Check what was stored, read its transcript and cut it into windows.",
        "uploads",
        "analyses",
        account=Account.RECEIVER,
        # A recording of 5 GiB is read to its last byte before it is taken.
        timeout_s=540,
        memory_mib=1024,
        concurrency=4,
    ),
    _pipeline(
        "analyze_window",
        "Find the elements of one window and write them with their events.",
        "windows",
        account=Account.ANALYST,
        loads_model=True,
        timeout_s=300,
        memory_mib=1024,
        concurrency=1,
        most_instances=100,
    ),
    _pipeline(
        "prepare_recording",
        "Find the speech in a recording and cut it into chunks.",
        "recordings",
        account=Account.TRANSCRIBER,
        timeout_s=540,
        memory_mib=1024,
        concurrency=1,
    ),
    _pipeline(
        "transcribe_chunk",
        "Transcribe one chunk of a recording, or see how far an engine elsewhere is with it.",
        # A delivery for each look at an engine elsewhere: about an hour and a half of them.
        Subscription("chunks", min_backoff_s=5, max_attempts=100),
        account=Account.TRANSCRIBER,
        timeout_s=540,
        memory_mib=1024,
        concurrency=1,
        most_instances=100,
    ),
    _pipeline(
        "tell_voices",
        "Tell the voices of a recording apart, while its words are being transcribed.",
        "voices",
        account=Account.TRANSCRIBER,
        timeout_s=540,
        memory_mib=1024,
        concurrency=1,
    ),
    _pipeline(
        "assemble_transcript",
        "Put a recording's words and voices together and cut them into windows.",
        "assemblies",
        account=Account.TRANSCRIBER,
        timeout_s=300,
        memory_mib=1024,
        concurrency=4,
    ),
    _pipeline(
        "purge_session",
        "Erase everything of a deleted session.",
        "purges",
        account=Account.PURGER,
        timeout_s=300,
    ),
    _pipeline(
        "record_dead_letter",
        "Tell the session that a task of its has failed for good.",
        "dead-letters",
        account=Account.KEEPER,
    ),
    _pipeline(
        "sweep",
        "Publish again whatever has stood still; forget what has expired.",
        account=Account.KEEPER,
        # It completes what a crash left, and only then needs the analyser.
        loads_model=True,
        timeout_s=300,
        memory_mib=1024,
        concurrency=1,
        most_instances=1,
    ),
)

BY_NAME: Final = {endpoint.name: endpoint for endpoint in ENDPOINTS}

# What answers a WebSocket, whoever else answers at its path.
RELAY: Final = Relay(BY_NAME["list_events"].path)
