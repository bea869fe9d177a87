// One session from its creation to its deletion, told as plain values: what Node.js and browsers
// must tell alike.
import { AuthService, local, NotFound, SessionService, } from '../src/index.js';
import { withResolvers } from '../src/upload.js';
export async function journey(origin, text, options = {}) {
    const auth = new AuthService(local(origin));
    const name = crypto.getRandomValues(new Uint32Array(2)).join('');
    await auth.signUp(`${name}@example.org`, 'a long passphrase');
    const sessions = new SessionService(auth);
    const { session_id: id } = await sessions.createSession('A session', 'Of a test');
    const live = follow(sessions, id, options);
    let progress = [0, 0];
    const file = new File([text], 'session.txt', { type: 'text/plain' });
    const onProgress = (...told) => void (progress = told);
    const { size, type } = await sessions.uploadContent(id, file, { type: 'text', onProgress });
    const told = await live;
    return {
        uploaded: { size, type },
        progress,
        live: told,
        ...(await reading(sessions, id)),
        ...(await changing(sessions, id)),
        // The last event once more tells that the connection is live.
        ...(await deleting(sessions, id, { ...options, after: told.length - 1 })),
    };
}
/** Two connections: the second goes on where the first was left. */
async function follow(sessions, id, options) {
    const told = [];
    for (;;) {
        const isFirst = told.length === 0;
        const after = told.at(-1)?.id ?? 0;
        for await (const event of sessions.events(id, { ...options, after })) {
            told.push(event);
            const isEnd = event.type === 'analysis_progress' && event.data.status === 'completed';
            if (isEnd || event.type === 'analysis_failed')
                return told;
            if (isFirst && told.length === 5)
                break;
        }
    }
}
async function reading(sessions, id) {
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
        status: (await sessions.getAnalysisStatus(id)).status,
    };
}
async function count(elements) {
    let found = 0;
    for await (const _ of elements)
        found += 1;
    return found;
}
async function changing(sessions, id) {
    const { etag } = await sessions.getSessionWithEtag(id);
    const condition = etag === null ? {} : { ifMatch: etag };
    const { title } = await sessions.updateSession(id, { title: 'Another title' }, condition);
    const pages = [];
    for await (const session of sessions.iterSessions())
        pages.push(session.title);
    return { title, pages };
}
async function deleting(sessions, id, options) {
    const live = withResolvers();
    const connection = sessions.connectToEvents(id, { onEvent: () => live.resolve() }, options);
    await live.promise;
    await sessions.deleteSession(id);
    const { by } = await connection.ended;
    const isGone = await sessions.getSession(id).then(() => false, (error) => error instanceof NotFound);
    return { endedBy: by, isGone };
}
