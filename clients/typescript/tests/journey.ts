// One session from its creation to its deletion, told as plain values: what Node.js and browsers
// must tell alike.
import {
    AuthService, local, NotFound, SessionService, type SessionEvent, type StreamOptions,
    UploadCancelled, type UploadHandle,
} from '../src/index.js';
import { withResolvers } from '../src/upload.js';

const WAV = 'RIFF\u0024\0\0\0WAVEfmt ';

export interface Journey {
    readonly uploaded: { readonly size: number; readonly type: string };
    /** The last that was told of the upload: bytes of all bytes. */
    readonly progress: readonly [number, number];
    /** A file that went straight into storage, stopped half-way and resumed from its handle. */
    readonly direct: {
        readonly size: number;
        readonly checksum: string;
        readonly expected: string;
        readonly kept: number;
        readonly end: number;
    };
    /** From the socket, the first of which was cut off half-way, and over HTTP. */
    readonly live: readonly SessionEvent[];
    readonly overHttp: readonly object[];
    readonly found: Readonly<Record<string, number>>;
    readonly paged: Readonly<Record<string, number>>;
    readonly status: string;
    readonly sentences: number;
    readonly title: string;
    readonly pages: readonly string[];
    readonly endedBy: string;
    readonly isGone: boolean;
}

export async function journey(
    origin: string, text: string, options: StreamOptions = {},
): Promise<Journey> {
    const auth = new AuthService(local(origin));
    const name = crypto.getRandomValues(new Uint32Array(2)).join('');
    await auth.signUp(`${name}@example.org`, 'a long passphrase');
    const sessions = new SessionService(auth);
    const { session_id: id } = await sessions.createSession('A session', 'Of a test');
    const live = follow(sessions, id, options);
    let progress: [number, number] = [0, 0];
    const file = new File([text], 'session.txt', { type: 'text/plain' });
    const onProgress = (...told: [number, number]): void => void (progress = told);
    const { size, type } = await sessions.uploadContent(id, file, { type: 'text', onProgress });
    const told = await live;
    return {
        uploaded: { size, type },
        progress,
        direct: await straight(sessions),
        live: told,
        ...(await reading(sessions, id)),
        ...(await changing(sessions, id)),
        // The last event once more tells that the connection is live.
        ...(await deleting(sessions, id, { ...options, after: told.length - 1 })),
    };
}

async function straight(sessions: SessionService): Promise<Journey['direct']> {
    const { session_id: id } = await sessions.createSession('A recording');
    const noise = Uint8Array.from({ length: 9_000_000 }, (_, at) => (at * 131 + (at >> 7)) & 255);
    const file = new File([WAV, noise], 'session.wav', { type: 'audio/wav' });
    const begun = await sessions.beginUpload(id, file);
    const stopped = await begun.send((sent) => sent >= 8_000_000 && begun.stop()).then(
        () => false,
        (error: unknown) => error instanceof UploadCancelled,
    );
    const handle = JSON.parse(JSON.stringify(begun.handle)) as UploadHandle;
    const told: number[] = [];
    if (stopped) await sessions.resumeUpload(handle, file).send((sent) => told.push(sent));
    for (;;) {
        const upload = (await sessions.listUploads(id))[0];
        if (upload !== undefined && upload.state !== 'uploading') {
            const { size, checksum } = upload;
            const [kept = 0, end = 0] = [told[0], told.at(-1)];
            await sessions.deleteSession(id);
            return { size, checksum: checksum ?? '', expected: handle.checksum, kept, end };
        }
        await new Promise((done) => setTimeout(done, 100));
    }
}

/** Two connections: the second goes on where the first was left. */
async function follow(
    sessions: SessionService, id: string, options: StreamOptions,
): Promise<SessionEvent[]> {
    const told: SessionEvent[] = [];
    for (;;) {
        const isFirst = told.length === 0;
        const after = told.at(-1)?.id ?? 0;
        for await (const event of sessions.events(id, { ...options, after })) {
            told.push(event);
            const isEnd = event.type === 'analysis_progress' && event.data.status === 'completed';
            if (isEnd || event.type === 'analysis_failed') return told;
            if (isFirst && told.length === 5) break;
        }
    }
}

async function reading(
    sessions: SessionService, id: string,
): Promise<Pick<Journey, 'overHttp' | 'found' | 'paged' | 'sentences' | 'status'>> {
    const { emotions, topics, insights } = await sessions.getSession(id);
    const paged = {
        emotions: await count(sessions.iterEmotions(id, { limit: 3 })),
        topics: await count(sessions.iterTopics(id, { limit: 3 })),
        insights: await count(sessions.iterInsights(id, { limit: 3 })),
    };
    const { events } = await sessions.listEvents(id, 0, 500);
    return {
        overHttp: events.map(({ created_at: _, ...event }) => event),
        found: { emotions: emotions.length, topics: topics.length, insights: insights.length },
        paged,
        sentences: (await sessions.getSummary(id, 2)).sentences.length,
        status: (await sessions.getAnalysisStatus(id)).status,
    };
}

async function count(elements: AsyncIterable<unknown>): Promise<number> {
    let found = 0;
    for await (const _ of elements) found += 1;
    return found;
}

async function changing(
    sessions: SessionService, id: string,
): Promise<Pick<Journey, 'title' | 'pages'>> {
    const { etag } = await sessions.getSessionWithEtag(id);
    const condition = etag === null ? {} : { ifMatch: etag };
    const { title } = await sessions.updateSession(id, { title: 'Another title' }, condition);
    const pages: string[] = [];
    for await (const session of sessions.iterSessions()) pages.push(session.title);
    return { title, pages };
}

async function deleting(
    sessions: SessionService, id: string, options: StreamOptions,
): Promise<Pick<Journey, 'endedBy' | 'isGone'>> {
    const live = withResolvers<void>();
    const connection = sessions.connectToEvents(id, { onEvent: () => live.resolve() }, options);
    await live.promise;
    await sessions.deleteSession(id);
    const { by } = await connection.ended;
    const isGone = await sessions.getSession(id).then(
        () => false,
        (error: unknown) => error instanceof NotFound,
    );
    return { endedBy: by, isGone };
}
