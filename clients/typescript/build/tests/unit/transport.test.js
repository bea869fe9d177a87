import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiError, Conflict, ConnectionFailed, InvalidRequest, NotFound, ServiceUnavailable, SessionService, } from '../../src/index.js';
import { isTemporary, jitterMs, RETRY } from '../../src/retry.js';
import { FakeService, LOST, problem } from './service.js';
test('temporary refusals are tried again', async () => {
    for (const status of [429, 502, 503, 504]) {
        const fake = new FakeService();
        fake.answers.push(problem(status, 'unavailable'), problem(status, 'unavailable'));
        await (await fake.auth()).call('/sessions');
        assert.equal(fake.seen.length, 3);
        assert.equal(fake.waits.length, 2);
    }
});
test('Retry-After is waited for', async () => {
    const fake = new FakeService();
    fake.answers.push(problem(503, 'unavailable', { 'Retry-After': '7' }));
    await (await fake.auth()).call('/sessions');
    const [wait = 0] = fake.waits;
    assert.ok(wait >= 7_000 && wait <= 7_000 + RETRY.baseMs);
});
test('Retry-After beyond patience is told at once', async () => {
    const fake = new FakeService();
    fake.answers.push(problem(429, 'resource_exhausted', { 'Retry-After': '3600' }));
    await assert.rejects((await fake.auth()).call('/sessions'), { code: 'resource_exhausted' });
    assert.deepEqual(fake.waits, []);
});
test('waits grow and are random within bounds', () => {
    const retry = { ...RETRY, baseMs: 1_000, capMs: 5_000 };
    const bounds = [[1, 1_000], [2, 2_000], [3, 4_000], [4, 5_000], [4_000, 5_000]];
    for (const [failures, bound] of bounds) {
        const waits = Array.from({ length: 100 }, () => jitterMs(retry, failures));
        assert.ok(new Set(waits).size > 90);
        assert.ok(Math.min(...waits) >= 0 && Math.max(...waits) <= bound);
    }
});
test('a conflict is temporary only where the service says when to come back', () => {
    assert.equal(isTemporary(409, null), false);
    assert.equal(isTemporary(409, 2_000), true);
});
test('all attempts lost is a failed connection', async () => {
    const fake = new FakeService();
    const auth = await fake.auth({ retry: { attempts: 3 }, fetch: failing(fake) });
    await assert.rejects(auth.call('/sessions'), ConnectionFailed);
    assert.equal(fake.waits.length, 2);
});
function failing(fake) {
    return (input, init) => {
        const isSignIn = String(input).includes('googleapis');
        return isSignIn ? fake.fetch(String(input), init) : Promise.reject(LOST);
    };
}
test('all attempts refused is the last refusal', async () => {
    const fake = new FakeService();
    fake.answers.push(problem(503, 'unavailable'), problem(503, 'unavailable'));
    const auth = await fake.auth({ retry: { attempts: 2 } });
    await assert.rejects(auth.call('/sessions'), (error) => {
        return error instanceof ServiceUnavailable && error.attempts === 2;
    });
});
test('a repeated POST carries one key, another POST another', async () => {
    const fake = new FakeService();
    fake.answers.push(LOST, LOST, Response.json({ session_id: '1' }));
    const sessions = new SessionService(await fake.auth());
    await sessions.createSession('A session');
    await sessions.createSession('A session');
    const keys = fake.seen.map(({ headers }) => headers.get('Idempotency-Key'));
    assert.equal(keys.length, 4);
    assert.equal(new Set(keys.slice(0, 3)).size, 1);
    assert.notEqual(keys[2], keys[3]);
});
test('a key in flight is waited for, a conflict is not', async () => {
    const fake = new FakeService();
    const sessions = new SessionService(await fake.auth());
    fake.answers.push(problem(409, 'conflict', { 'Retry-After': '2' }));
    await sessions.createSession('A session');
    assert.equal(fake.seen.length, 2);
    fake.answers.push(problem(409, 'conflict'));
    await assert.rejects(sessions.createSession('A session'), Conflict);
});
test('a problem is told whole', async () => {
    const fake = new FakeService();
    const errors = [{ field: 'title', message: 'is missing' }];
    fake.answers.push(problem(422, 'invalid_argument', {}, { field: 'title', errors }));
    await assert.rejects(new SessionService(await fake.auth()).createSession(''), (error) => {
        assert.ok(error instanceof InvalidRequest);
        const { status, code, message, field, requestId } = error;
        assert.deepEqual([status, code, message, field], [422, 'invalid_argument', 'No.', 'title']);
        assert.deepEqual([error.errors, requestId, error.name], [errors, 'r1', 'InvalidRequest']);
        return true;
    });
});
test('an answer that is no problem is told by its status', async () => {
    const fake = new FakeService();
    fake.answers.push(new Response('<html>', { status: 418 }));
    await assert.rejects((await fake.auth()).call('/sessions'), (error) => {
        return error instanceof ApiError && error.message.includes('418');
    });
});
test('a repeated deletion finds it gone, the first must not', async () => {
    const fake = new FakeService();
    const sessions = new SessionService(await fake.auth());
    fake.answers.push(LOST, problem(404, 'not_found'));
    await sessions.deleteSession('1');
    fake.answers.push(problem(404, 'not_found'));
    await assert.rejects(sessions.deleteSession('1'), NotFound);
});
test('a repeated upload sends the whole file again and tells how far it is', async () => {
    const fake = new FakeService();
    const text = 'words '.repeat(50_000);
    fake.answers.push(LOST, Response.json({ data: { upload: { id: '1' } } }));
    const told = [];
    const file = new File([text], 'notes.txt', { type: 'text/plain' });
    const upload = await new SessionService(await fake.auth()).uploadContent('1', file, {
        type: 'text',
        onProgress: (...done) => told.push(done),
    });
    assert.equal(upload.id, '1');
    assert.equal(fake.seen.length, 2);
    for (const { body, headers } of fake.seen) {
        assert.ok(body.includes(text) && body.includes('filename="notes.txt"'));
        assert.match(headers.get('Content-Type') ?? '', /^multipart\/form-data; ?boundary=/);
    }
    assert.deepEqual(told.at(-1), [text.length, text.length]);
});
