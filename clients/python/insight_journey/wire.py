"""What goes over the wire, as the API's description has it. Generated: python -m clients.generate.

Fields that a newer service adds beside these are there too; only their types are not known.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

AnalysisStatus = Literal["pending", "processing", "success", "failed"]
ContentType = Literal["text", "audio", "video"]
ElementKind = Literal["emotions", "topics", "insights", "beliefs", "challenges", "action_items"]
EventType = Literal[
    "analysis_progress",
    "new_emotion",
    "new_topic",
    "new_insight",
    "new_belief",
    "new_challenge",
    "new_action_item",
    "transcript_segment",
    "analysis_failed",
    "session_deleted",
    "reset",
]
InputMethod = Literal["text", "audio", "video"]
RecordingRetention = Literal["keep", "delete"]
Role = Literal["client", "therapist", "unknown"]
SessionStatus = Literal["created", "processing", "completed", "failed", "archived"]
Stage = Literal["reading", "transcribing", "analyzing"]
Timing = Literal["exact", "estimated", "none"]
UploadState = Literal[
    "uploading",
    "expired",
    "stored",
    "transcribing",
    "awaiting_transcriber",
    "transcribed",
    "failed",
]
# JSON of the client's own beside `analysis` and `retention`. At most 16 KiB, 10 levels, no
# list directly in a list, no empty keys and none like `__this__`, keys of at most 1,500
# bytes, whole numbers of 64 bits. Known of it: `analysis`: AnalysisChoice; `retention`:
# RetentionChoice.
SessionSettings = dict[str, Any]


class AnalysisChoice(TypedDict):
    """What the next analysis looks for, and in which language.

    An analysis goes by what stood here when it began; a change takes effect with the next one.
    """

    # Kinds that are wanted; all by default.
    elements: NotRequired[list[ElementKind]]
    min_confidence: NotRequired[MinConfidence]
    # BCP 47 tag of the transcript; null: it is found out.
    language: NotRequired[str | None]


class AnalysisState(TypedDict):
    """How far the analysis is. `status` reads `completed` where the session's reads `success`."""

    status: Literal["pending", "processing", "completed", "failed"]
    progress: float
    # A sentence for people; null unless it failed.
    error: str | None
    error_code: str | None
    # What it is busy with; null unless it is processing.
    stage: Stage | None
    # Grows with every new analysis; 0 before the first.
    revision: int
    warnings: list[AnalysisWarning]
    # `settings.analysis` of the session as it was when this revision began.
    settings: dict[str, Any]
    updated_at: str


class AnalysisWarning(TypedDict):
    """What a reader of the results should know, though the analysis went well."""

    code: Literal["language_unsupported", "language_unknown", "speech_unreliable", "recording_cut"]
    # A sentence for people.
    message: str
    # BCP 47 tag; `und` where it could not be told; null if it is not for that.
    language: NotRequired[str | None]
    # Parts of the transcript that were not analysed for their language.
    windows: NotRequired[int | None]
    windows_total: NotRequired[int | None]


class ArcPoint(TypedDict):
    """One feeling of the session, for a plot over `position` or `start_ms`."""

    element_id: str
    name: str
    category: str
    valence: float
    intensity: float
    # The share of the session's words said before it.
    position: float
    # `valence` times `intensity`.
    tone: float
    # The tones around it, smoothed: their mean, weighted by a Gaussian over `position` with a
    # standard deviation of 0.05.
    mood: float
    timestamp: str
    start_ms: int | None
    timing: Timing


class BeginUpload(TypedDict):
    """A file that is going to be sent straight into storage."""

    filename: str
    # Bytes; at most 5 GiB of audio or video, 5 MiB of text, 30 MiB of a document.
    size: int
    content_type: str
    # What it is; told from `content_type` where it is left out.
    type: NotRequired[ContentType | None]
    # Of the whole file; what arrives otherwise is refused.
    checksum: NotRequired[str | None]


class BegunUpload(TypedDict):
    """The upload, and where its bytes go."""

    upload: UploadView
    upload_session: UploadSessionView


class CreateSession(TypedDict):
    """Either generation's request, or both at once."""

    title: str
    inputMethod: NotRequired[InputMethod | None]
    text: NotRequired[str | None]
    description: NotRequired[str | None]
    # When it took place; now by default.
    date: NotRequired[str | None]
    duration: NotRequired[float | None]
    settings: NotRequired[SessionSettings | None]
    # Only `created` or `archived`.
    status: NotRequired[SessionStatus | None]
    # Only `pending`.
    analysis_status: NotRequired[AnalysisStatus | None]


class EdgeView(TypedDict):
    """`about` (session to topic), `holds` (session to element), `came_with` (element to topic).

    `quotes` are the words in which both came up.
    """

    source: str
    target: str
    relation: str
    quotes: list[str]


class Element(TypedDict):
    """What all kinds of element share."""

    id: str
    # The session's date plus the offset of the first evidence; the date alone where `timing` is
    # `none`.
    timestamp: str
    start_ms: int | None
    end_ms: int | None
    timing: Timing
    speaker: str | None
    role: Role
    # Calibrated probability that a careful reader would agree; null where the engine has none.
    confidence: float | None
    evidence: list[Evidence]
    engine: str
    model: str
    version: str


class EventList(TypedDict):
    """Events in order.

    `reset` says that history before the first of them is gone: read the session afresh, then go
    on from `last_id`.
    """

    events: list[EventView]
    # What to send as `after` next.
    last_id: int
    reset: bool
    # Whether to ask again at once.
    more: bool


class EventTicket(TypedDict):
    """Opens the socket once: `/sessions/{session_id}/events?ticket=...`."""

    # 40 letters and digits; good for one connection.
    ticket: str
    expires_at: str


class EventView(TypedDict):
    """One event, as the socket sends it; `type` and `data` are API.md's."""

    id: int
    session_id: str
    type: EventType
    data: dict[str, Any]
    created_at: str


class Evidence(TypedDict):
    """The words that an element came from: `quote` is `segment.text[start:end]`."""

    segment_id: str
    # Offset in characters into the segment's text.
    start: int
    end: int
    quote: str
    start_ms: NotRequired[int | None]
    end_ms: NotRequired[int | None]
    timing: NotRequired[Timing]


class FieldProblem(TypedDict):
    """One wrong field."""

    # Dotted name, null where it is the request as a whole.
    field: str | None
    message: str


class GraphBody(TypedDict):
    """The graph that `graphId` names."""

    id: str
    session_id: str
    nodes: list[NodeView]
    edges: list[EdgeView]


class MinConfidence(TypedDict):
    """By kind, 0 to 1: what is less sure is left out.

    What has no calibrated confidence (null) is left out by any bound above 0.
    """

    emotions: NotRequired[float]
    topics: NotRequired[float]
    insights: NotRequired[float]
    beliefs: NotRequired[float]
    challenges: NotRequired[float]
    action_items: NotRequired[float]


class NameSpeaker(TypedDict):
    """One speaker: who it is. At least one of `name` and `role`."""

    # The transcript's own; null for words under no name.
    label: str | None
    # Only in this upload; in all by default.
    upload_id: NotRequired[str | None]
    name: NotRequired[str | None]
    role: NotRequired[Role | None]


class NodeView(TypedDict):
    """The session, a topic or an element."""

    id: str
    kind: str
    label: str
    properties: dict[str, Any]


class Pagination(TypedDict):
    """Where a page stands among all."""

    page: int
    per_page: int
    total: int
    pages: int
    next_cursor: str | None


class Problem(TypedDict):
    """What every error is answered with.

    RFC 9457 makes `status` a number; API.md makes it the word that tells success from error.
    The word stands there, and the number beside it as `http_status`.
    """

    # URI of the kind of problem.
    type: str
    title: str
    status: Literal["error"]
    http_status: int
    # Stable name of the kind of problem.
    code: str
    # A sentence for people.
    detail: str
    # The same as `detail`.
    message: str
    # Id of the request, as in X-Request-Id.
    instance: str
    # The first wrong field.
    field: NotRequired[str | None]
    # All wrong fields.
    errors: NotRequired[list[FieldProblem] | None]


class Reason(TypedDict):
    """Why something failed: a stable code and a sentence for people."""

    code: str
    message: str


class RetentionChoice(TypedDict):
    """How long the session is kept; for good by default.

    A change takes effect within minutes, on what is there already, too: fewer days than have
    passed since the session was created delete it.
    """

    # `delete`: recordings are erased once they are transcribed.
    recording: NotRequired[Literal["keep", "delete"]]
    # Days after its creation when the session is deleted; null: never.
    days: NotRequired[int | None]


class RetentionView(TypedDict):
    """How long the session is kept."""

    recording: RecordingRetention
    days: int | None
    # When it is deleted; null: never.
    delete_at: str | None


class SegmentView(TypedDict):
    """A stretch of one speaker's speech.

    `start` and `end` are offsets in characters into the upload's text. Times are null where the
    source has none (`timing` is `none`).
    """

    id: str
    upload_id: str
    turn: int
    speaker: str | None
    role: Role
    text: str
    start: int
    end: int
    start_ms: int | None
    end_ms: int | None
    timing: Timing
    # Whether a person set the words right.
    corrected: bool
    # Share of its words that are expected to be right; null where people wrote it.
    confidence: float | None
    # False where the recording was heard too poorly: nothing is concluded from it.
    reliable: bool


class SessionCreated(TypedDict):
    """The union of both generations' answers."""

    session_id: str
    sessionId: str
    graphId: str
    status: NotRequired[Literal["created"]]


class SessionList(TypedDict):
    """The newer shape of the list."""

    sessions: list[SessionSummary]
    pagination: Pagination


class SessionReply(TypedDict):
    """A session with everything found in it."""

    id: str
    session_id: str
    title: str
    description: str
    date: str
    duration: float | int | None
    status: SessionStatus
    analysis_status: AnalysisStatus
    warnings: list[AnalysisWarning]
    settings: dict[str, Any]
    retention: RetentionView
    graphId: str
    created_at: str
    updated_at: str
    emotions: list[Emotion]
    topics: list[Topic]
    insights: list[Insight]
    beliefs: list[Belief]
    challenges: list[Challenge]
    action_items: list[ActionItem]


class SessionSummary(TypedDict):
    """A session without what was found in it."""

    id: str
    session_id: str
    title: str
    description: str
    date: str
    duration: float | int | None
    status: SessionStatus
    analysis_status: AnalysisStatus
    warnings: list[AnalysisWarning]
    settings: dict[str, Any]
    retention: RetentionView
    graphId: str
    created_at: str
    updated_at: str


class SpeakerView(TypedDict):
    """A voice. `confidence` is 1 only where the source says the role; `basis` tells how it came.

    `label` is the transcript's own, `name` what its segments show; they differ where a person
    gave another name. `basis` is `person` where a person said the name or the role.
    """

    upload_id: str
    label: str | None
    name: str | None
    role: Role
    confidence: float
    basis: str


class SummaryBody(TypedDict):
    """What the session comes to, in its own words."""

    session_id: str
    # False while the analysis that it is made from goes on.
    complete: bool
    # In the order of the transcript.
    sentences: list[SummarySentence]
    # The client's feelings in the order of the transcript, at most 500: of more, the strongest
    # of every stretch. Between two points nothing is known.
    arc: list[ArcPoint]


class SummarySentence(TypedDict):
    """A sentence that somebody said, whole and unchanged."""

    id: str
    text: str
    # 1 for the sentence that tells most.
    rank: int
    timestamp: str
    start_ms: int | None
    end_ms: int | None
    timing: Timing
    speaker: str | None
    role: Role
    # Ids of the elements that quote from it.
    elements: list[str]
    evidence: list[Evidence]
    engine: str
    model: str
    version: str


class TranscriptBody(TypedDict):
    """The transcript of all uploads, oldest first."""

    session_id: str
    # False while an upload is still to be read or transcribed.
    complete: bool
    speakers: list[SpeakerView]
    segments: list[SegmentView]


class UpdateSession(TypedDict):
    """What to change; a field that is left out, or null, stays as it is."""

    title: NotRequired[str | None]
    description: NotRequired[str | None]
    date: NotRequired[str | None]
    duration: NotRequired[float | None]
    settings: NotRequired[SessionSettings | None]
    # `archived`, or back from it.
    status: NotRequired[SessionStatus | None]
    # `pending` asks for a new analysis.
    analysis_status: NotRequired[AnalysisStatus | None]


class UploadSessionView(TypedDict):
    """Where the bytes go, by the protocol of Cloud Storage's resumable uploads."""

    # Whoever has it can write this upload, without further sign-in: keep it secret.
    url: str
    expires_at: str
    # Pieces before the last are multiples of it, in bytes.
    chunk_multiple: int


class UploadView(TypedDict):
    """One upload and what became of it."""

    id: str
    session_id: str
    filename: str
    # What the bytes are, whatever the client claimed.
    type: ContentType
    content_type: str
    # Bytes.
    size: int
    # `sha256:` and 64 hexadecimal digits; null while it is on its way, if none was announced.
    checksum: str | None
    # Bytes that have arrived; null where storage does not tell before the end.
    received: int | None
    state: UploadState
    error: Reason | None
    # When a recording was erased because its transcript is there.
    source_deleted_at: str | None
    # What to know before trusting its transcript.
    warnings: list[Reason]
    created_at: str


class ActionItem(Element):
    """What was agreed to do."""

    text: str
    assignee: Role
    due: str | None
    status: Literal["open", "done"]


class Belief(Element):
    """What a person holds to be true."""

    text: str
    category: str
    polarity: str
    about: str
    thinking_trap: str | None


class Challenge(Element):
    """What makes it hard now."""

    text: str
    severity: float
    topic_id: str | None


class Emotion(Element):
    """A feeling."""

    name: str
    intensity: float
    category: str
    valence: float


class Insight(Element):
    """An observation, a pattern or a recommendation."""

    content: str
    type: str


class Topic(Element):
    """What was talked about."""

    topic_id: str
    name: str
    category: str
