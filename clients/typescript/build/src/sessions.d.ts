import type { AuthService } from './auth.js';
import type { EventHandlers } from './events.js';
import { EventConnection, EventStream, type StreamOptions } from './stream.js';
import type { Progress } from './upload.js';
import type { ActionItem, AnalysisState, Belief, Challenge, ContentType, CreateSession, Emotion, EventList, EventTicket, GraphBody, Insight, NameSpeaker, SegmentView, SessionCreated, SessionList, SessionReply, SessionSummary, SpeakerView, SummaryBody, Topic, TranscriptBody, UpdateSession, UploadView } from './wire.js';
/** Which page of the caller's sessions. */
export interface ListOptions {
    readonly page?: number;
    readonly perPage?: number;
    readonly sort?: 'created_at' | 'updated_at';
    readonly order?: 'asc' | 'desc';
    /** `next_cursor` of the page before; takes the place of `page`. */
    readonly cursor?: string;
}
/** Elements whose `timestamp` is at or after `startTime` and before `endTime` (ISO 8601). */
export interface TimeFilter {
    readonly startTime?: string;
    readonly endTime?: string;
    /** Size of a page. */
    readonly limit?: number;
}
/** What an upload may be told. */
export interface UploadOptions {
    /** Found from the content itself unless given. */
    readonly type?: ContentType;
    /** The file's own name unless given. */
    readonly filename?: string;
    /** From 0 again where the file has to be sent again. */
    readonly onProgress?: Progress;
    readonly idempotencyKey?: string;
}
/** What a change or deletion may depend on. */
export interface Condition {
    /** Tag of `getSessionWithEtag`: nothing is done if the session has changed since. */
    readonly ifMatch?: string;
}
/**
 * The Sessions API, in the name of who is signed in with `authService`.
 *
 * Every method throws {@link ApiError} for what the service refuses, {@link ConnectionFailed} where
 * it cannot be reached, and {@link NotSignedIn}. Requests are repeated where that is safe; each
 * POST carries an Idempotency-Key, so that a repetition never does anything twice. To carry on with
 * a call after the program itself was restarted, give it a key of your own.
 */
export declare class SessionService {
    private readonly authService;
    constructor(authService: AuthService);
    /** Creates a session; with `text`, its analysis starts. */
    createSession(title: string, description?: string, fields?: Omit<CreateSession, 'title' | 'description'>, idempotencyKey?: string): Promise<SessionCreated>;
    /** One page of the caller's sessions. */
    listSessions(options?: ListOptions): Promise<SessionList>;
    /** All sessions of the caller, fetched as they are asked for. */
    iterSessions(options?: Pick<ListOptions, 'sort' | 'order'>): AsyncGenerator<SessionSummary, void, undefined>;
    /** A session with everything found in it. */
    getSession(sessionId: string): Promise<SessionReply>;
    /** The same, with the tag that `ifMatch` takes. */
    getSessionWithEtag(sessionId: string): Promise<{
        readonly session: SessionReply;
        readonly etag: string | null;
    }>;
    /**
     * Changes what is given and leaves the rest.
     *
     * @throws {@link PreconditionFailed} if the session is not as it was when the tag was read.
     */
    updateSession(sessionId: string, changes: UpdateSession, condition?: Condition): Promise<SessionSummary>;
    /** Deletes the session and everything of it. */
    deleteSession(sessionId: string, condition?: Condition): Promise<void>;
    /** Sends a file of at most 30 MiB; its analysis starts. */
    uploadContent(sessionId: string, file: Blob, options?: UploadOptions): Promise<UploadView>;
    /** The session's uploads, oldest first, and what became of each. */
    listUploads(sessionId: string): Promise<UploadView[]>;
    /** How far the analysis is. */
    getAnalysisStatus(sessionId: string): Promise<AnalysisState>;
    /** Asks for a new analysis; it replaces the old results when it is complete. */
    analyzeSession(sessionId: string, idempotencyKey?: string): Promise<AnalysisState>;
    /** Emotions of the session, fetched as they are asked for. */
    iterEmotions(sessionId: string, filter?: TimeFilter & {
        readonly category?: string;
    }): AsyncGenerator<Emotion, void, undefined>;
    /** Topics of the session, fetched as they are asked for. */
    iterTopics(sessionId: string, filter?: TimeFilter & {
        readonly category?: string;
    }): AsyncGenerator<Topic, void, undefined>;
    /** Insights of the session, fetched as they are asked for. */
    iterInsights(sessionId: string, filter?: TimeFilter & {
        readonly type?: 'observation' | 'pattern' | 'recommendation';
    }): AsyncGenerator<Insight, void, undefined>;
    /** Beliefs of the session, fetched as they are asked for. */
    iterBeliefs(sessionId: string, filter?: TimeFilter & {
        readonly category?: string;
    }): AsyncGenerator<Belief, void, undefined>;
    /** Challenges of the session, fetched as they are asked for. */
    iterChallenges(sessionId: string, filter?: TimeFilter): AsyncGenerator<Challenge, void, undefined>;
    /** Action items of the session, fetched as they are asked for. */
    iterActionItems(sessionId: string, filter?: TimeFilter & {
        readonly status?: 'open' | 'done';
    }): AsyncGenerator<ActionItem, void, undefined>;
    /** Ticks an action item off, or opens it again. */
    updateActionItem(sessionId: string, actionItemId: string, status: 'open' | 'done'): Promise<ActionItem>;
    /** At most `sentences` (1 to 10) that were said and tell most, and the emotional arc. */
    getSummary(sessionId: string, sentences?: number): Promise<SummaryBody>;
    /**
     * Sets the words of a segment right; null takes the correction back. The windows that hold it
     * are analysed anew, so `analysis_status` is `processing` after it.
     */
    correctSegment(sessionId: string, segmentId: string, text: string | null): Promise<SegmentView>;
    /** Says who the speakers are; those that are not mentioned stay as they are. */
    nameSpeakers(sessionId: string, speakers: NameSpeaker[]): Promise<SpeakerView[]>;
    /** The transcript of all uploads, or of one. */
    getTranscript(sessionId: string, uploadId?: string): Promise<TranscriptBody>;
    /** The transcript as a file. Captions of a session with several uploads need one named. */
    exportTranscript(sessionId: string, format: 'srt' | 'vtt' | 'text', uploadId?: string): Promise<string>;
    /** Which element came with which topic, in which words. */
    getGraph(sessionId: string): Promise<GraphBody>;
    /** The same as GraphML. */
    exportGraph(sessionId: string): Promise<string>;
    /** What happened after event `after`, without a socket. */
    listEvents(sessionId: string, after?: number, limit?: number): Promise<EventList>;
    /** Opens the socket of the session's events once, for those who send no first frame. */
    createEventTicket(sessionId: string): Promise<EventTicket>;
    /** What happens in the session, live, to be iterated with `for await`. */
    events(sessionId: string, options?: StreamOptions): EventStream;
    /** Calls handlers with what happens, until `close` or the session's deletion. */
    connectToEvents(sessionId: string, handlers: EventHandlers, options?: StreamOptions): EventConnection;
    private json;
    private data;
    private post;
    private elements;
}
