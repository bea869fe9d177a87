import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { contentTypeOf, ResumableUpload, type UploadHandle } from '../../src/direct.js';
import {
    ConnectionFailed, ContentDiffers, NotFound, SessionService, UploadCancelled,
} from '../../src/index.js';
import { checksumOf } from '../../src/sha256.js';
import { Transport } from '../../src/transport.js';
import { FakeService, LOST } from './service.js';

const MIB = 1024 * 1024;
const CONTENT = Uint8Array.from({ length: 17 * MIB + 7 }, (_, at) => (at * 31 + (at >>> 8)) & 255);
const CHECKSUM = `sha256:${createHash('sha256').update(CONTENT).digest('hex')}`;
const FILE = new File([CONTENT], 'session.wav', { type: 'audio/wav' });

/** Storage's side of a session; `troubles` are taken one a request. */
class FakeStorage {
    kept = 0;
    done = false;
    readonly content = new Uint8Array(CONTENT.length);
    readonly spans: string[] = [];
    readonly headers: Headers[] = [];
    readonly waits: number[] = [];

    constructor(readonly troubles: ((() => Response) | 'cut' | 'lost answer' | null)[] = []) {}

    readonly fetch = async (_: unknown, init?: RequestInit): Promise<Response> => {
        const headers = new Headers(init?.headers);
        const span = headers.get('Content-Range') ?? '';
        const body = new Uint8Array(await new Response(init?.body ?? null).arrayBuffer());
        this.spans.push(span);
        this.headers.push(headers);
        const trouble = this.troubles.shift() ?? null;
        if (typeof trouble === 'function') return trouble();
        const start = Number(/^bytes (\d+)-/.exec(span)?.[1] ?? this.kept);
        const steps = 256 * 1024;
        const taken = trouble === 'cut' ? Math.floor(body.length / 2 / steps) * steps : body.length;
        this.content.set(body.subarray(0, taken), start);
        this.kept = Math.max(this.kept, start + taken);
        this.done = this.kept === CONTENT.length;
        if (trouble !== null) throw LOST;
        const range: Record<string, string> = this.kept ? { Range: `bytes=0-${this.kept - 1}` } : {};
        return this.done ? Response.json({}) : new Response(null, { status: 308, headers: range });
    };

    readonly sleep = async (ms: number): Promise<void> => void this.waits.push(ms);
}

function upload(storage: FakeStorage, file: Blob = FILE): ResumableUpload {
    const handle: UploadHandle = {
        sessionId: 's', uploadId: 'u', url: 'https://storage.example/secret', filename: 'a.wav',
        size: FILE.size, checksum: CHECKSUM, expiresAt: '2026-01-01T00:00:00Z',
    };
    return new ResumableUpload(handle, file, new Transport(storage));
}

test('the digest is SHA-256, wherever the pieces end', async () => {
    for (const size of [0, 1, 55, 56, 63, 64, 65, 119, 120, 1_000, 4 * MIB, 4 * MIB + 61]) {
        const content = CONTENT.subarray(0, size);
        const expected = createHash('sha256').update(content).digest('hex');
        assert.equal(await checksumOf(new Blob([content])), `sha256:${expected}`, String(size));
    }
});

test('a file goes in pieces, and without the token', async () => {
    const storage = new FakeStorage();
    const told: number[] = [];
    await upload(storage).send((sent) => told.push(sent));
    assert.deepEqual(storage.content, CONTENT);
    const total = CONTENT.length;
    assert.deepEqual(storage.spans, [
        `bytes */${total}`,
        `bytes 0-${8 * MIB - 1}/${total}`,
        `bytes ${8 * MIB}-${16 * MIB - 1}/${total}`,
        `bytes ${16 * MIB}-${total - 1}/${total}`,
    ]);
    assert.ok(storage.headers.every((headers) => !headers.has('Authorization')));
    assert.equal(told.at(-1), total);
});

test('an upload goes on after cuts, refusals and lost answers', async () => {
    const busy = (): Response => new Response('', { status: 503, headers: { 'Retry-After': '2' } });
    const storage = new FakeStorage([null, 'cut', busy, null, 'cut', null, null, 'lost answer']);
    await upload(storage).send();
    assert.deepEqual(storage.content, CONTENT);
    assert.equal(storage.waits.length, 4);
    assert.ok(storage.waits.some((ms) => ms >= 2_000));
});

test('another process goes on where the first stopped', async () => {
    const storage = new FakeStorage();
    const first = upload(storage);
    const stopping = first.send((sent) => {
        if (sent >= 8 * MIB) first.stop();
    });
    await assert.rejects(stopping, UploadCancelled);
    const kept = JSON.parse(JSON.stringify(first.handle)) as UploadHandle;
    assert.equal(storage.kept, 8 * MIB);
    await new ResumableUpload(kept, FILE, new Transport(storage)).send();
    assert.deepEqual(storage.content, CONTENT);
    assert.equal(storage.spans.filter((span) => span.startsWith('bytes 0-')).length, 1);
});

test('another file is not sent', async () => {
    const storage = new FakeStorage();
    const other = new Blob([CONTENT.slice().fill(0, -1)]);
    await assert.rejects(upload(storage, other).send(), ContentDiffers);
    assert.deepEqual(storage.spans, []);
});

test('an upload that has expired is not found', async () => {
    const gone = (): Response => Response.json({ error: { code: 404 } }, { status: 404 });
    await assert.rejects(upload(new FakeStorage([gone])).send(), NotFound);
});

test('storage that cannot be reached for long fails the connection', async () => {
    const storage = new FakeStorage(Array<'cut'>(99).fill('cut'));
    storage.kept = 17 * MIB;
    await assert.rejects(upload(storage).send(), ConnectionFailed);
    assert.equal(storage.waits.length, 11);
});

test('a long file is begun, sent and told of', async () => {
    const fake = new FakeService();
    const storage = new FakeStorage();
    const view = { id: 'u', size: FILE.size };
    fake.answers.push(
        Response.json({
            data: {
                upload: view,
                upload_session: { url: 'https://storage.example/secret', expires_at: 'then' },
            },
        }),
        Response.json({ data: { uploads: [view] } }),
    );
    const fetch: typeof globalThis.fetch = (input, init) =>
        String(input).startsWith('https://storage') ? storage.fetch(input, init)
            : fake.fetch(String(input), init);
    const sessions = new SessionService(await fake.auth({ fetch }));
    let begun: UploadHandle | undefined;
    const onBegun = (handle: UploadHandle): void => void (begun = handle);
    assert.deepEqual(await sessions.uploadContent('s', FILE, { onBegun }), view);
    assert.deepEqual(storage.content, CONTENT);
    assert.equal(begun?.uploadId, 'u');
    assert.deepEqual(JSON.parse(fake.seen[0]?.body ?? ''), {
        filename: 'session.wav', size: FILE.size, content_type: 'audio/wav',
        checksum: CHECKSUM,
    });
});

test('names tell media types', () => {
    assert.equal(contentTypeOf('a.b.M4A'), 'audio/mp4');
    assert.equal(contentTypeOf('notes'), undefined);
});
