import type { AuthService, Call } from './auth.js';
import {
    announcement, type BeginOptions, contentTypeOf, handleOf, nameOf, ResumableUpload,
    type UploadHandle, type UploadOptions,
} from './direct.js';
import { NotFound } from './errors.js';
import type { EventHandlers } from './events.js';
import { EventConnection, EventStream, type StreamOptions } from './stream.js';
import type {
    ActionItem, AnalysisState, BegunUpload, Belief, Challenge, CreateSession, Emotion,
    EventList, EventTicket, GraphBody, Insight, NameSpeaker, SegmentView, SessionCreated, SessionList,
    SessionReply, SessionSummary, SpeakerView, SummaryBody, Topic, TranscriptBody, UpdateSession,
    UploadView,
} from './wire.js';

const PAGE = 100;
// Beyond it a cut would cost more than the further calls do.
const DIRECT_ABOVE_BYTES = 8_000_000;

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
export class SessionService {
    constructor(private readonly authService: AuthService) {}

    /** Creates a session; with `text`, its analysis starts. */
    createSession(
        title: string,
        description?: string,
        fields: Omit<CreateSession, 'title' | 'description'> = {},
        idempotencyKey?: string,
    ): Promise<SessionCreated> {
        const json = { title, description, ...fields };
        return this.post('/sessions', { json }, idempotencyKey);
    }

    /** One page of the caller's sessions. */
    async listSessions(options: ListOptions = {}): Promise<SessionList> {
        const { page, perPage, sort, order, cursor } = options;
        const query = { page, per_page: perPage, sort, order, cursor };
        return this.data('/sessions', defined(query));
    }

    /** All sessions of the caller, fetched as they are asked for. */
    async *iterSessions(
        options: Pick<ListOptions, 'sort' | 'order'> = {},
    ): AsyncGenerator<SessionSummary, void, undefined> {
        let cursor: string | null = null;
        do {
            const from: ListOptions = cursor === null ? {} : { cursor };
            const asked: ListOptions = { ...options, ...from, perPage: PAGE };
            const page: SessionList = await this.listSessions(asked);
            yield* page.sessions;
            cursor = page.pagination.next_cursor;
        } while (cursor !== null);
    }

    /** A session with everything found in it. */
    async getSession(sessionId: string): Promise<SessionReply> {
        return (await this.getSessionWithEtag(sessionId)).session;
    }

    /** The same, with the tag that `ifMatch` takes. */
    async getSessionWithEtag(
        sessionId: string,
    ): Promise<{ readonly session: SessionReply; readonly etag: string | null }> {
        const { text, headers } = await this.authService.call(`/sessions/${sessionId}`);
        return { session: JSON.parse(text) as SessionReply, etag: headers.get('ETag') };
    }

    /**
     * Changes what is given and leaves the rest.
     *
     * @throws {@link PreconditionFailed} if the session is not as it was when the tag was read.
     */
    async updateSession(
        sessionId: string,
        changes: UpdateSession,
        condition: Condition = {},
    ): Promise<SessionSummary> {
        const call = { method: 'PUT', json: changes, headers: headersOf(condition) };
        const { data } = await this.json<{ data: { session: SessionSummary } }>(
            `/sessions/${sessionId}`, call,
        );
        return data.session;
    }

    /** Deletes the session and everything of it. */
    async deleteSession(sessionId: string, condition: Condition = {}): Promise<void> {
        await this.gone(`/sessions/${sessionId}`, headersOf(condition));
    }

    /**
     * Sends a file; its analysis starts. One of more than 8 MB goes straight into storage, as
     * `beginUpload` sends it.
     */
    async uploadContent(
        sessionId: string,
        file: Blob,
        options: UploadOptions = {},
    ): Promise<UploadView> {
        const filename = options.filename ?? nameOf(file);
        const isTold = (contentTypeOf(filename) ?? file.type) !== '';
        if (file.size <= DIRECT_ABOVE_BYTES || !isTold) {
            return this.uploadForm(sessionId, file, filename, options);
        }
        const begun = await this.beginUpload(sessionId, file, options);
        options.onBegun?.(begun.handle);
        await begun.send(options.onProgress);
        const uploads = await this.listUploads(sessionId);
        return uploads.find(({ id }) => id === begun.handle.uploadId) as UploadView;
    }

    /** Opens a way for a file of up to 5 GiB straight into storage; `send` then sends it. */
    async beginUpload(
        sessionId: string,
        file: Blob,
        options: BeginOptions = {},
    ): Promise<ResumableUpload> {
        const json = await announcement(file, options);
        const path = `/sessions/${sessionId}/content/uploads`;
        const { data } = await this.post<{ data: BegunUpload }>(
            path, { json }, options.idempotencyKey,
        );
        const handle = handleOf(json, data);
        return this.resumeUpload(handle, file);
    }

    /** The upload of `handle`; `send` sends what of `file` storage has not got yet. */
    resumeUpload(handle: UploadHandle, file: Blob): ResumableUpload {
        return new ResumableUpload(handle, file, this.authService.transport);
    }

    /**
     * Gives up an upload that is on its way, or forgets one that has expired.
     *
     * @throws {@link Conflict} if it is complete and part of the session.
     */
    async cancelUpload(sessionId: string, uploadId: string): Promise<void> {
        await this.gone(`/sessions/${sessionId}/content/uploads/${uploadId}`, {});
    }

    /** The session's uploads, oldest first, and what became of each. */
    async listUploads(sessionId: string): Promise<UploadView[]> {
        const path = `/sessions/${sessionId}/content`;
        return (await this.data<{ uploads: UploadView[] }>(path)).uploads;
    }

    /** How far the analysis is. */
    async getAnalysisStatus(sessionId: string): Promise<AnalysisState> {
        const path = `/sessions/${sessionId}/analysis/status`;
        return (await this.data<{ analysis: AnalysisState }>(path)).analysis;
    }

    /** Asks for a new analysis; it replaces the old results when it is complete. */
    async analyzeSession(sessionId: string, idempotencyKey?: string): Promise<AnalysisState> {
        const path = `/sessions/${sessionId}/analyze`;
        const answer = await this.post<{ data: { analysis: AnalysisState } }>(
            path, {}, idempotencyKey,
        );
        return answer.data.analysis;
    }

    /** Emotions of the session, fetched as they are asked for. */
    iterEmotions(
        sessionId: string, filter: TimeFilter & { readonly category?: string } = {},
    ): AsyncGenerator<Emotion, void, undefined> {
        return this.elements(sessionId, 'emotions', filter);
    }

    /** Topics of the session, fetched as they are asked for. */
    iterTopics(
        sessionId: string, filter: TimeFilter & { readonly category?: string } = {},
    ): AsyncGenerator<Topic, void, undefined> {
        return this.elements(sessionId, 'topics', filter);
    }

    /** Insights of the session, fetched as they are asked for. */
    iterInsights(
        sessionId: string,
        filter: TimeFilter & { readonly type?: 'observation' | 'pattern' | 'recommendation' } = {},
    ): AsyncGenerator<Insight, void, undefined> {
        return this.elements(sessionId, 'insights', filter);
    }

    /** Beliefs of the session, fetched as they are asked for. */
    iterBeliefs(
        sessionId: string, filter: TimeFilter & { readonly category?: string } = {},
    ): AsyncGenerator<Belief, void, undefined> {
        return this.elements(sessionId, 'beliefs', filter);
    }

    /** Challenges of the session, fetched as they are asked for. */
    iterChallenges(
        sessionId: string, filter: TimeFilter = {},
    ): AsyncGenerator<Challenge, void, undefined> {
        return this.elements(sessionId, 'challenges', filter);
    }

    /** Action items of the session, fetched as they are asked for. */
    iterActionItems(
        sessionId: string, filter: TimeFilter & { readonly status?: 'open' | 'done' } = {},
    ): AsyncGenerator<ActionItem, void, undefined> {
        return this.elements(sessionId, 'action_items', filter);
    }

    /** Ticks an action item off, or opens it again. */
    async updateActionItem(
        sessionId: string, actionItemId: string, status: 'open' | 'done',
    ): Promise<ActionItem> {
        const path = `/sessions/${sessionId}/action_items/${actionItemId}`;
        const call = { method: 'PATCH', json: { status } };
        const answer = await this.json<{ data: { action_item: ActionItem } }>(path, call);
        return answer.data.action_item;
    }

    /** At most `sentences` (1 to 10) that were said and tell most, and the emotional arc. */
    async getSummary(sessionId: string, sentences = 5): Promise<SummaryBody> {
        const path = `/sessions/${sessionId}/summary`;
        return (await this.data<{ summary: SummaryBody }>(path, { sentences })).summary;
    }

    /**
     * Sets the words of a segment right; null takes the correction back. The windows that hold it
     * are analysed anew, so `analysis_status` is `processing` after it.
     */
    async correctSegment(
        sessionId: string, segmentId: string, text: string | null,
    ): Promise<SegmentView> {
        const path = `/sessions/${sessionId}/transcript/segments/${segmentId}`;
        const call = { method: 'PUT', json: { text } };
        return (await this.json<{ data: { segment: SegmentView } }>(path, call)).data.segment;
    }

    /** Says who the speakers are; those that are not mentioned stay as they are. */
    async nameSpeakers(sessionId: string, speakers: NameSpeaker[]): Promise<SpeakerView[]> {
        const call = { method: 'PUT', json: { speakers } };
        const path = `/sessions/${sessionId}/speakers`;
        return (await this.json<{ data: { speakers: SpeakerView[] } }>(path, call)).data.speakers;
    }

    /** The transcript of all uploads, or of one. */
    async getTranscript(sessionId: string, uploadId?: string): Promise<TranscriptBody> {
        const query = defined({ upload_id: uploadId });
        const path = `/sessions/${sessionId}/transcript`;
        return (await this.data<{ transcript: TranscriptBody }>(path, query)).transcript;
    }

    /** The transcript as a file. Captions of a session with several uploads need one named. */
    async exportTranscript(
        sessionId: string, format: 'srt' | 'vtt' | 'text', uploadId?: string,
    ): Promise<string> {
        const query = defined({ format, upload_id: uploadId });
        return (await this.authService.call(`/sessions/${sessionId}/transcript`, { query })).text;
    }

    /** Which element came with which topic, in which words. */
    async getGraph(sessionId: string): Promise<GraphBody> {
        return (await this.data<{ graph: GraphBody }>(`/sessions/${sessionId}/graph`)).graph;
    }

    /** The same as GraphML. */
    async exportGraph(sessionId: string): Promise<string> {
        const query = { format: 'graphml' };
        return (await this.authService.call(`/sessions/${sessionId}/graph`, { query })).text;
    }

    /** What happened after event `after`, without a socket. */
    listEvents(sessionId: string, after = 0, limit = 100): Promise<EventList> {
        return this.data(`/sessions/${sessionId}/events`, { after, limit });
    }

    /** Opens the socket of the session's events once, for those who send no first frame. */
    async createEventTicket(sessionId: string): Promise<EventTicket> {
        const path = `/sessions/${sessionId}/events/ticket`;
        return (await this.post<{ data: EventTicket }>(path, {})).data;
    }

    /** What happens in the session, live, to be iterated with `for await`. */
    events(sessionId: string, options: StreamOptions = {}): EventStream {
        return new EventStream(this.authService, sessionId, options);
    }

    /** Calls handlers with what happens, until `close` or the session's deletion. */
    connectToEvents(
        sessionId: string, handlers: EventHandlers, options: StreamOptions = {},
    ): EventConnection {
        return new EventConnection(this.events(sessionId, options), handlers);
    }

    private async uploadForm(
        sessionId: string,
        file: Blob,
        filename: string,
        { type, onProgress, idempotencyKey }: UploadOptions,
    ): Promise<UploadView> {
        const body = new FormData();
        body.append('file', file, filename);
        if (type !== undefined) body.append('type', type);
        const call = onProgress === undefined ? { body } : { body, onProgress };
        const path = `/sessions/${sessionId}/content`;
        const answer = await this.post<{ data: { upload: UploadView } }>(
            path, call, idempotencyKey,
        );
        return answer.data.upload;
    }

    private async gone(path: string, headers: Record<string, string>): Promise<void> {
        try {
            await this.authService.call(path, { method: 'DELETE', headers });
        } catch (error) {
            // The answer to the first attempt was lost, and there is nothing left for the second.
            const isRepeated = error instanceof NotFound && error.attempts > 1;
            if (!isRepeated) throw error;
        }
    }

    private async json<T>(path: string, call: Call): Promise<T> {
        return JSON.parse((await this.authService.call(path, call)).text) as T;
    }

    private async data<T>(path: string, query: NonNullable<Call['query']> = {}): Promise<T> {
        return (await this.json<{ data: T }>(path, { query })).data;
    }

    private post<T>(path: string, call: Call, idempotencyKey?: string): Promise<T> {
        const headers = { 'Idempotency-Key': idempotencyKey ?? newKey() };
        return this.json(path, { ...call, method: 'POST', headers });
    }

    private async *elements<T>(
        sessionId: string,
        kind: string,
        filter: TimeFilter,
    ): AsyncGenerator<T, void, undefined> {
        const { startTime, endTime, ...rest } = filter;
        let cursor: string | undefined;
        do {
            const query = defined({ start_time: startTime, end_time: endTime, ...rest, cursor });
            const page: Page<T> = await this.data(`/sessions/${sessionId}/${kind}`, query);
            yield* page[kind] as T[];
            cursor = (page['next_cursor'] as string | null | undefined) ?? undefined;
        } while (cursor !== undefined);
    }
}

type Page<T> = Readonly<Record<string, T[] | string | null | undefined>>;
type Query = Record<string, string | number>;

function defined(query: Readonly<Record<string, string | number | undefined>>): Query {
    return Object.fromEntries(
        Object.entries(query).filter((entry): entry is [string, string | number] => {
            return entry[1] !== undefined;
        }),
    );
}

function headersOf({ ifMatch }: Condition): Record<string, string> {
    return ifMatch === undefined ? {} : { 'If-Match': ifMatch };
}

/** Not `randomUUID`: browsers have that only on https and localhost. */
function newKey(): string {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
