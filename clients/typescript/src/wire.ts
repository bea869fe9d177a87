/**
 * What goes over the wire, as the API's description has it. Generated: python -m clients.generate.
 *
 * Fields that a newer service adds beside these are there too; only their types are not known.
 */

/** What was agreed to do. */
export interface ActionItem extends Element {
    text: string;
    assignee: Role;
    due: string | null;
    status: 'open' | 'done';
}

/**
 * What the next analysis looks for, and in which language.
 *
 * An analysis goes by what stood here when it began; a change takes effect with the next one.
 */
export interface AnalysisChoice {
    /** Kinds that are wanted; all by default. */
    elements?: ElementKind[];
    min_confidence?: MinConfidence;
    /** BCP 47 tag of the transcript; null: it is found out. */
    language?: string | null;
}

/** How far the analysis is. `status` reads `completed` where the session's reads `success`. */
export interface AnalysisState {
    status: 'pending' | 'processing' | 'completed' | 'failed';
    progress: number;
    /** A sentence for people; null unless it failed. */
    error: string | null;
    error_code: string | null;
    /** What it is busy with; null unless it is processing. */
    stage: Stage | null;
    /** Grows with every new analysis; 0 before the first. */
    revision: number;
    warnings: AnalysisWarning[];
    /** `settings.analysis` of the session as it was when this revision began. */
    settings: Record<string, unknown>;
    updated_at: string;
}

export type AnalysisStatus =
    | 'pending'
    | 'processing'
    | 'success'
    | 'failed';

/** What a reader of the results should know, though the analysis went well. */
export interface AnalysisWarning {
    code: 'language_unsupported' | 'language_unknown' | 'speech_unreliable' | 'recording_cut';
    /** A sentence for people. */
    message: string;
    /** BCP 47 tag; `und` where it could not be told; null if it is not for that. */
    language?: string | null;
    /** Parts of the transcript that were not analysed for their language. */
    windows?: number | null;
    windows_total?: number | null;
}

/** One feeling of the session, for a plot over `position` or `start_ms`. */
export interface ArcPoint {
    element_id: string;
    name: string;
    category: string;
    valence: number;
    intensity: number;
    /** The share of the session's words said before it. */
    position: number;
    /** `valence` times `intensity`. */
    tone: number;
    /**
     * The tones around it, smoothed: their mean, weighted by a Gaussian over `position` with a
     * standard deviation of 0.05.
     */
    mood: number;
    timestamp: string;
    start_ms: number | null;
    timing: Timing;
}

/** A file that is going to be sent straight into storage. */
export interface BeginUpload {
    filename: string;
    /** Bytes; at most 5 GiB of audio or video, 5 MiB of text, 30 MiB of a document. */
    size: number;
    content_type: string;
    /** What it is; told from `content_type` where it is left out. */
    type?: ContentType | null;
    /** Of the whole file; what arrives otherwise is refused. */
    checksum?: string | null;
}

/** The upload, and where its bytes go. */
export interface BegunUpload {
    upload: UploadView;
    upload_session: UploadSessionView;
}

/** What a person holds to be true. */
export interface Belief extends Element {
    text: string;
    category: string;
    polarity: string;
    about: string;
    thinking_trap: string | null;
}

/** What makes it hard now. */
export interface Challenge extends Element {
    text: string;
    severity: number;
    topic_id: string | null;
}

export type ContentType =
    | 'text'
    | 'audio'
    | 'video';

/** Either generation's request, or both at once. */
export interface CreateSession {
    title: string;
    inputMethod?: InputMethod | null;
    text?: string | null;
    description?: string | null;
    /** When it took place; now by default. */
    date?: string | null;
    duration?: number | null;
    settings?: SessionSettings | null;
    /** Only `created` or `archived`. */
    status?: SessionStatus | null;
    /** Only `pending`. */
    analysis_status?: AnalysisStatus | null;
}

/**
 * `about` (session to topic), `holds` (session to element), `came_with` (element to topic).
 *
 * `quotes` are the words in which both came up.
 */
export interface EdgeView {
    source: string;
    target: string;
    relation: string;
    quotes: string[];
}

/** What all kinds of element share. */
export interface Element {
    id: string;
    /**
     * The session's date plus the offset of the first evidence; the date alone where `timing` is
     * `none`.
     */
    timestamp: string;
    start_ms: number | null;
    end_ms: number | null;
    timing: Timing;
    speaker: string | null;
    role: Role;
    /** Calibrated probability that a careful reader would agree; null where the engine has none. */
    confidence: number | null;
    evidence: Evidence[];
    engine: string;
    model: string;
    version: string;
}

export type ElementKind =
    | 'emotions'
    | 'topics'
    | 'insights'
    | 'beliefs'
    | 'challenges'
    | 'action_items';

/** A feeling. */
export interface Emotion extends Element {
    name: string;
    intensity: number;
    category: string;
    valence: number;
}

/**
 * Events in order.
 *
 * `reset` says that history before the first of them is gone: read the session afresh, then go on
 * from `last_id`.
 */
export interface EventList {
    events: EventView[];
    /** What to send as `after` next. */
    last_id: number;
    reset: boolean;
    /** Whether to ask again at once. */
    more: boolean;
}

/** Opens the socket once: `/sessions/{session_id}/events?ticket=...`. */
export interface EventTicket {
    /** 40 letters and digits; good for one connection. */
    ticket: string;
    expires_at: string;
}

export type EventType =
    | 'analysis_progress'
    | 'new_emotion'
    | 'new_topic'
    | 'new_insight'
    | 'new_belief'
    | 'new_challenge'
    | 'new_action_item'
    | 'transcript_segment'
    | 'analysis_failed'
    | 'session_deleted'
    | 'reset';

/** One event, as the socket sends it; `type` and `data` are API.md's. */
export interface EventView {
    id: number;
    session_id: string;
    type: EventType;
    data: Record<string, unknown>;
    created_at: string;
}

/** The words that an element came from: `quote` is `segment.text[start:end]`. */
export interface Evidence {
    segment_id: string;
    /** Offset in characters into the segment's text. */
    start: number;
    end: number;
    quote: string;
    start_ms?: number | null;
    end_ms?: number | null;
    timing?: Timing;
}

/** One wrong field. */
export interface FieldProblem {
    /** Dotted name, null where it is the request as a whole. */
    field: string | null;
    message: string;
}

/** The graph that `graphId` names. */
export interface GraphBody {
    id: string;
    session_id: string;
    nodes: NodeView[];
    edges: EdgeView[];
}

export type InputMethod =
    | 'text'
    | 'audio'
    | 'video';

/** An observation, a pattern or a recommendation. */
export interface Insight extends Element {
    content: string;
    type: string;
}

/**
 * By kind, 0 to 1: what is less sure is left out.
 *
 * What has no calibrated confidence (null) is left out by any bound above 0.
 */
export interface MinConfidence {
    emotions?: number;
    topics?: number;
    insights?: number;
    beliefs?: number;
    challenges?: number;
    action_items?: number;
}

/** One speaker: who it is. At least one of `name` and `role`. */
export interface NameSpeaker {
    /** The transcript's own; null for words under no name. */
    label: string | null;
    /** Only in this upload; in all by default. */
    upload_id?: string | null;
    name?: string | null;
    role?: Role | null;
}

/** The session, a topic or an element. */
export interface NodeView {
    id: string;
    kind: string;
    label: string;
    properties: Record<string, unknown>;
}

/** Where a page stands among all. */
export interface Pagination {
    page: number;
    per_page: number;
    total: number;
    pages: number;
    next_cursor: string | null;
}

/**
 * What every error is answered with.
 *
 * RFC 9457 makes `status` a number; API.md makes it the word that tells success from error. The
 * word stands there, and the number beside it as `http_status`.
 */
export interface Problem {
    /** URI of the kind of problem. */
    type: string;
    title: string;
    status: 'error';
    http_status: number;
    /** Stable name of the kind of problem. */
    code: string;
    /** A sentence for people. */
    detail: string;
    /** The same as `detail`. */
    message: string;
    /** Id of the request, as in X-Request-Id. */
    instance: string;
    /** The first wrong field. */
    field?: string | null;
    /** All wrong fields. */
    errors?: FieldProblem[] | null;
}

/** Why something failed: a stable code and a sentence for people. */
export interface Reason {
    code: string;
    message: string;
}

export type RecordingRetention =
    | 'keep'
    | 'delete';

/**
 * How long the session is kept; for good by default.
 *
 * A change takes effect within minutes, on what is there already, too: fewer days than have passed
 * since the session was created delete it.
 */
export interface RetentionChoice {
    /** `delete`: recordings are erased once they are transcribed. */
    recording?: 'keep' | 'delete';
    /** Days after its creation when the session is deleted; null: never. */
    days?: number | null;
}

/** How long the session is kept. */
export interface RetentionView {
    recording: RecordingRetention;
    days: number | null;
    /** When it is deleted; null: never. */
    delete_at: string | null;
}

export type Role =
    | 'client'
    | 'therapist'
    | 'unknown';

/**
 * A stretch of one speaker's speech.
 *
 * `start` and `end` are offsets in characters into the upload's text. Times are null where the
 * source has none (`timing` is `none`).
 */
export interface SegmentView {
    id: string;
    upload_id: string;
    turn: number;
    speaker: string | null;
    role: Role;
    text: string;
    start: number;
    end: number;
    start_ms: number | null;
    end_ms: number | null;
    timing: Timing;
    /** Whether a person set the words right. */
    corrected: boolean;
    /** Share of its words that are expected to be right; null where people wrote it. */
    confidence: number | null;
    /** False where the recording was heard too poorly: nothing is concluded from it. */
    reliable: boolean;
}

/** The union of both generations' answers. */
export interface SessionCreated {
    session_id: string;
    sessionId: string;
    graphId: string;
    status?: 'created';
}

/** The newer shape of the list. */
export interface SessionList {
    sessions: SessionSummary[];
    pagination: Pagination;
}

/** A session with everything found in it. */
export interface SessionReply {
    id: string;
    session_id: string;
    title: string;
    description: string;
    date: string;
    duration: number | null;
    status: SessionStatus;
    analysis_status: AnalysisStatus;
    warnings: AnalysisWarning[];
    settings: Record<string, unknown>;
    retention: RetentionView;
    graphId: string;
    created_at: string;
    updated_at: string;
    emotions: Emotion[];
    topics: Topic[];
    insights: Insight[];
    beliefs: Belief[];
    challenges: Challenge[];
    action_items: ActionItem[];
}

/**
 * JSON of the client's own beside `analysis` and `retention`.
 *
 * At most 16 KiB, 10 levels, no list directly in a list, no empty keys and none like `__this__`,
 * keys of at most 1,500 bytes, whole numbers of 64 bits.
 */
export interface SessionSettings {
    analysis?: AnalysisChoice;
    retention?: RetentionChoice;
    [key: string]: unknown;
}

export type SessionStatus =
    | 'created'
    | 'processing'
    | 'completed'
    | 'failed'
    | 'archived';

/** A session without what was found in it. */
export interface SessionSummary {
    id: string;
    session_id: string;
    title: string;
    description: string;
    date: string;
    duration: number | null;
    status: SessionStatus;
    analysis_status: AnalysisStatus;
    warnings: AnalysisWarning[];
    settings: Record<string, unknown>;
    retention: RetentionView;
    graphId: string;
    created_at: string;
    updated_at: string;
}

/**
 * A voice. `confidence` is 1 only where the source says the role; `basis` tells how it came.
 *
 * `label` is the transcript's own, `name` what its segments show; they differ where a person gave
 * another name. `basis` is `person` where a person said the name or the role.
 */
export interface SpeakerView {
    upload_id: string;
    label: string | null;
    name: string | null;
    role: Role;
    confidence: number;
    basis: string;
}

export type Stage =
    | 'reading'
    | 'transcribing'
    | 'analyzing';

/** What the session comes to, in its own words. */
export interface SummaryBody {
    session_id: string;
    /** False while the analysis that it is made from goes on. */
    complete: boolean;
    /** In the order of the transcript. */
    sentences: SummarySentence[];
    /**
     * The client's feelings in the order of the transcript, at most 500: of more, the strongest of
     * every stretch. Between two points nothing is known.
     */
    arc: ArcPoint[];
}

/** A sentence that somebody said, whole and unchanged. */
export interface SummarySentence {
    id: string;
    text: string;
    /** 1 for the sentence that tells most. */
    rank: number;
    timestamp: string;
    start_ms: number | null;
    end_ms: number | null;
    timing: Timing;
    speaker: string | null;
    role: Role;
    /** Ids of the elements that quote from it. */
    elements: string[];
    evidence: Evidence[];
    engine: string;
    model: string;
    version: string;
}

export type Timing =
    | 'exact'
    | 'estimated'
    | 'none';

/** What was talked about. */
export interface Topic extends Element {
    topic_id: string;
    name: string;
    category: string;
}

/** The transcript of all uploads, oldest first. */
export interface TranscriptBody {
    session_id: string;
    /** False while an upload is still to be read or transcribed. */
    complete: boolean;
    speakers: SpeakerView[];
    segments: SegmentView[];
}

/** What to change; a field that is left out, or null, stays as it is. */
export interface UpdateSession {
    title?: string | null;
    description?: string | null;
    date?: string | null;
    duration?: number | null;
    settings?: SessionSettings | null;
    /** `archived`, or back from it. */
    status?: SessionStatus | null;
    /** `pending` asks for a new analysis. */
    analysis_status?: AnalysisStatus | null;
}

/** Where the bytes go, by the protocol of Cloud Storage's resumable uploads. */
export interface UploadSessionView {
    /** Whoever has it can write this upload, without further sign-in: keep it secret. */
    url: string;
    expires_at: string;
    /** Pieces before the last are multiples of it, in bytes. */
    chunk_multiple: number;
}

export type UploadState =
    | 'uploading'
    | 'expired'
    | 'stored'
    | 'transcribing'
    | 'awaiting_transcriber'
    | 'transcribed'
    | 'failed';

/** One upload and what became of it. */
export interface UploadView {
    id: string;
    session_id: string;
    filename: string;
    /** What the bytes are, whatever the client claimed. */
    type: ContentType;
    content_type: string;
    /** Bytes. */
    size: number;
    /** `sha256:` and 64 hexadecimal digits; null while it is on its way, if none was announced. */
    checksum: string | null;
    /** Bytes that have arrived; null where storage does not tell before the end. */
    received: number | null;
    state: UploadState;
    error: Reason | null;
    /** When a recording was erased because its transcript is there. */
    source_deleted_at: string | null;
    /** What to know before trusting its transcript. */
    warnings: Reason[];
    created_at: string;
}
