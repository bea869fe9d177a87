import { NotFound } from './errors.js';
import { EventConnection, EventStream } from './stream.js';
const PAGE = 100;
/**
 * The Sessions API, in the name of who is signed in with `authService`.
 *
 * Every method throws {@link ApiError} for what the service refuses, {@link ConnectionFailed} where
 * it cannot be reached, and {@link NotSignedIn}. Requests are repeated where that is safe; each
 * POST carries an Idempotency-Key, so that a repetition never does anything twice. To carry on with
 * a call after the program itself was restarted, give it a key of your own.
 */
export class SessionService {
    authService;
    constructor(authService) {
        this.authService = authService;
    }
    /** Creates a session; with `text`, its analysis starts. */
    createSession(title, description, fields = {}, idempotencyKey) {
        const json = { title, description, ...fields };
        return this.post('/sessions', { json }, idempotencyKey);
    }
    /** One page of the caller's sessions. */
    async listSessions(options = {}) {
        const { page, perPage, sort, order, cursor } = options;
        const query = { page, per_page: perPage, sort, order, cursor };
        return this.data('/sessions', defined(query));
    }
    /** All sessions of the caller, fetched as they are asked for. */
    async *iterSessions(options = {}) {
        let cursor = null;
        do {
            const from = cursor === null ? {} : { cursor };
            const asked = { ...options, ...from, perPage: PAGE };
            const page = await this.listSessions(asked);
            yield* page.sessions;
            cursor = page.pagination.next_cursor;
        } while (cursor !== null);
    }
    /** A session with everything found in it. */
    async getSession(sessionId) {
        return (await this.getSessionWithEtag(sessionId)).session;
    }
    /** The same, with the tag that `ifMatch` takes. */
    async getSessionWithEtag(sessionId) {
        const { text, headers } = await this.authService.call(`/sessions/${sessionId}`);
        return { session: JSON.parse(text), etag: headers.get('ETag') };
    }
    /**
     * Changes what is given and leaves the rest.
     *
     * @throws {@link PreconditionFailed} if the session is not as it was when the tag was read.
     */
    async updateSession(sessionId, changes, condition = {}) {
        const call = { method: 'PUT', json: changes, headers: headersOf(condition) };
        const { data } = await this.json(`/sessions/${sessionId}`, call);
        return data.session;
    }
    /** Deletes the session and everything of it. */
    async deleteSession(sessionId, condition = {}) {
        const call = { method: 'DELETE', headers: headersOf(condition) };
        try {
            await this.authService.call(`/sessions/${sessionId}`, call);
        }
        catch (error) {
            // The answer to the first attempt was lost, and there is nothing left for the second.
            const isRepeated = error instanceof NotFound && error.attempts > 1;
            if (!isRepeated)
                throw error;
        }
    }
    /** Sends a file of at most 30 MiB; its analysis starts. */
    async uploadContent(sessionId, file, options = {}) {
        const body = new FormData();
        const named = file instanceof File ? file.name : 'content';
        body.append('file', file, options.filename ?? named);
        if (options.type !== undefined)
            body.append('type', options.type);
        const { onProgress, idempotencyKey } = options;
        const call = onProgress === undefined ? { body } : { body, onProgress };
        const path = `/sessions/${sessionId}/content`;
        const answer = await this.post(path, call, idempotencyKey);
        return answer.data.upload;
    }
    /** The session's uploads, oldest first, and what became of each. */
    async listUploads(sessionId) {
        const path = `/sessions/${sessionId}/content`;
        return (await this.data(path)).uploads;
    }
    /** How far the analysis is. */
    async getAnalysisStatus(sessionId) {
        const path = `/sessions/${sessionId}/analysis/status`;
        return (await this.data(path)).analysis;
    }
    /** Asks for a new analysis; it replaces the old results when it is complete. */
    async analyzeSession(sessionId, idempotencyKey) {
        const path = `/sessions/${sessionId}/analyze`;
        const answer = await this.post(path, {}, idempotencyKey);
        return answer.data.analysis;
    }
    /** Emotions of the session, fetched as they are asked for. */
    iterEmotions(sessionId, filter = {}) {
        return this.elements(sessionId, 'emotions', filter);
    }
    /** Topics of the session, fetched as they are asked for. */
    iterTopics(sessionId, filter = {}) {
        return this.elements(sessionId, 'topics', filter);
    }
    /** Insights of the session, fetched as they are asked for. */
    iterInsights(sessionId, filter = {}) {
        return this.elements(sessionId, 'insights', filter);
    }
    /** Beliefs of the session, fetched as they are asked for. */
    iterBeliefs(sessionId, filter = {}) {
        return this.elements(sessionId, 'beliefs', filter);
    }
    /** Challenges of the session, fetched as they are asked for. */
    iterChallenges(sessionId, filter = {}) {
        return this.elements(sessionId, 'challenges', filter);
    }
    /** Action items of the session, fetched as they are asked for. */
    iterActionItems(sessionId, filter = {}) {
        return this.elements(sessionId, 'action_items', filter);
    }
    /** Ticks an action item off, or opens it again. */
    async updateActionItem(sessionId, actionItemId, status) {
        const path = `/sessions/${sessionId}/action_items/${actionItemId}`;
        const call = { method: 'PATCH', json: { status } };
        const answer = await this.json(path, call);
        return answer.data.action_item;
    }
    /** At most `sentences` (1 to 10) that were said and tell most, and the emotional arc. */
    async getSummary(sessionId, sentences = 5) {
        const path = `/sessions/${sessionId}/summary`;
        return (await this.data(path, { sentences })).summary;
    }
    /**
     * Sets the words of a segment right; null takes the correction back. The windows that hold it
     * are analysed anew, so `analysis_status` is `processing` after it.
     */
    async correctSegment(sessionId, segmentId, text) {
        const path = `/sessions/${sessionId}/transcript/segments/${segmentId}`;
        const call = { method: 'PUT', json: { text } };
        return (await this.json(path, call)).data.segment;
    }
    /** Says who the speakers are; those that are not mentioned stay as they are. */
    async nameSpeakers(sessionId, speakers) {
        const call = { method: 'PUT', json: { speakers } };
        const path = `/sessions/${sessionId}/speakers`;
        return (await this.json(path, call)).data.speakers;
    }
    /** The transcript of all uploads, or of one. */
    async getTranscript(sessionId, uploadId) {
        const query = defined({ upload_id: uploadId });
        const path = `/sessions/${sessionId}/transcript`;
        return (await this.data(path, query)).transcript;
    }
    /** The transcript as a file. Captions of a session with several uploads need one named. */
    async exportTranscript(sessionId, format, uploadId) {
        const query = defined({ format, upload_id: uploadId });
        return (await this.authService.call(`/sessions/${sessionId}/transcript`, { query })).text;
    }
    /** Which element came with which topic, in which words. */
    async getGraph(sessionId) {
        return (await this.data(`/sessions/${sessionId}/graph`)).graph;
    }
    /** The same as GraphML. */
    async exportGraph(sessionId) {
        const query = { format: 'graphml' };
        return (await this.authService.call(`/sessions/${sessionId}/graph`, { query })).text;
    }
    /** What happened after event `after`, without a socket. */
    listEvents(sessionId, after = 0, limit = 100) {
        return this.data(`/sessions/${sessionId}/events`, { after, limit });
    }
    /** Opens the socket of the session's events once, for those who send no first frame. */
    async createEventTicket(sessionId) {
        const path = `/sessions/${sessionId}/events/ticket`;
        return (await this.post(path, {})).data;
    }
    /** What happens in the session, live, to be iterated with `for await`. */
    events(sessionId, options = {}) {
        return new EventStream(this.authService, sessionId, options);
    }
    /** Calls handlers with what happens, until `close` or the session's deletion. */
    connectToEvents(sessionId, handlers, options = {}) {
        return new EventConnection(this.events(sessionId, options), handlers);
    }
    async json(path, call) {
        return JSON.parse((await this.authService.call(path, call)).text);
    }
    async data(path, query = {}) {
        return (await this.json(path, { query })).data;
    }
    post(path, call, idempotencyKey) {
        const headers = { 'Idempotency-Key': idempotencyKey ?? newKey() };
        return this.json(path, { ...call, method: 'POST', headers });
    }
    async *elements(sessionId, kind, filter) {
        const { startTime, endTime, ...rest } = filter;
        let cursor;
        do {
            const query = defined({ start_time: startTime, end_time: endTime, ...rest, cursor });
            const page = await this.data(`/sessions/${sessionId}/${kind}`, query);
            yield* page[kind];
            cursor = page['next_cursor'] ?? undefined;
        } while (cursor !== undefined);
    }
}
function defined(query) {
    return Object.fromEntries(Object.entries(query).filter((entry) => {
        return entry[1] !== undefined;
    }));
}
function headersOf({ ifMatch }) {
    return ifMatch === undefined ? {} : { 'If-Match': ifMatch };
}
/** Not `randomUUID`: browsers have that only on https and localhost. */
function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
