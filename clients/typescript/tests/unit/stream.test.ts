import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
    EventConnection, EventStream, SessionGone, StreamClosed, type SessionEvent, type WebSocketClass,
} from '../../src/index.js';
import { FakeService, problem } from './service.js';

interface Hello {
    readonly token: string;
    readonly after: number;
}

type Script = (socket: FakeSocket, after: number) => void;

/** A socket whose other side plays a script, one per connection; the last goes on for all later. */
class FakeSocket {
    onopen: (() => void) | null = null;
    onmessage: ((message: { data: string }) => void) | null = null;
    onclose: ((end: { code: number; reason: string }) => void) | null = null;
    isOpen = true;

    constructor(readonly url: string, private readonly relay: FakeRelay) {
        setImmediate(() => this.onopen?.());
    }

    send(data: string): void {
        this.relay.connect(this, JSON.parse(data) as Hello);
    }

    say(...events: unknown[]): void {
        for (const event of events) this.onmessage?.({ data: JSON.stringify(event) });
    }

    close(code = 1006): void {
        if (!this.isOpen) return;
        this.isOpen = false;
        setImmediate(() => this.onclose?.({ code, reason: '' }));
    }
}

class FakeRelay {
    readonly hellos: Hello[] = [];
    readonly urls: string[] = [];
    readonly webSocket: WebSocketClass;
    private readonly scripts: Script[];

    constructor(...scripts: Script[]) {
        this.scripts = scripts;
        const made = (url: string): FakeSocket => {
            this.urls.push(url);
            return new FakeSocket(url, this);
        };
        this.webSocket = function (url: string) {
            return made(url);
        } as unknown as WebSocketClass;
    }

    connect(socket: FakeSocket, hello: Hello): void {
        this.hellos.push(hello);
        const script = this.scripts[Math.min(this.hellos.length, this.scripts.length) - 1];
        script?.(socket, hello.after);
    }

    async stream(after = 0, fake = new FakeService()): Promise<EventStream> {
        return new EventStream(await fake.auth(), 's', { after, webSocket: this.webSocket });
    }

    async follow(after = 0, fake = new FakeService()): Promise<number[]> {
        const found: number[] = [];
        for await (const { id } of await this.stream(after, fake)) found.push(id);
        return found;
    }
}

function event(
    id: number, type = 'analysis_progress', data: object = { progress: id / 100 },
): object {
    return { id, session_id: 's', type, data };
}

function says(code: number, ...events: object[]): Script {
    return (socket) => {
        socket.say(...events);
        socket.close(code);
    };
}

const LAST = event(9, 'session_deleted', {});

test('a stream resumes after the last event, its token in the first frame only', async () => {
    const relay = new FakeRelay(
        says(1006, event(5), event(6)), says(1012, event(7), event(8)), says(1012, LAST),
    );
    assert.deepEqual(await relay.follow(4), [5, 6, 7, 8, 9]);
    assert.deepEqual(relay.hellos.map(({ after }) => after), [4, 6, 8]);
    const url = 'ws://service.example/api/v1/sessions/s/events';
    assert.deepEqual(new Set(relay.urls), new Set([url]));
});

test('a stream gives each event once, in order, whatever is cut', async () => {
    for (let seed = 1; seed <= 30; seed += 1) {
        const dice = numbers(seed);
        // A relay that repeats, leaves out and hangs up.
        const relay = new FakeRelay((socket, after) => {
            for (let id = Math.max(1, after + 1 - Math.floor(dice() * 3)); id <= 30; id += 1) {
                if (dice() < 0.1) break;
                if (dice() < 0.05) continue;
                socket.say(event(id, id === 30 ? 'session_deleted' : 'analysis_progress'));
            }
            socket.close(4000);
        });
        assert.deepEqual(await relay.follow(), Array.from({ length: 30 }, (_, index) => index + 1));
    }
});

/** The same every time: mulberry32. */
function numbers(seed: number): () => number {
    let state = seed;
    return () => {
        state = (state + 0x6d2b79f5) | 0;
        let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
}

test('a reset is told and followed, forwards and backwards', async () => {
    const reset = (id: number): object => event(id, 'reset', { reason: 'expired' });
    const deleted = (id: number): object => event(id, 'session_deleted', {});
    const ahead = new FakeRelay(
        says(1012, reset(50), event(51)), says(1012, event(52), deleted(53)),
    );
    assert.deepEqual(await ahead.follow(3), [50, 51, 52, 53]);
    const behind = new FakeRelay(says(1012, reset(2), event(3), deleted(4)));
    assert.deepEqual(await behind.follow(70), [2, 3, 4]);
});

test('a stream comes back after what passes', async () => {
    for (const code of [1006, 1011, 1012, 1013, 4000, 4001, 4429]) {
        const relay = new FakeRelay(says(code, event(8)), says(1012, LAST));
        assert.deepEqual(await relay.follow(7), [8, 9]);
    }
});

test('a stream ends after what does not', async () => {
    for (const code of [1002, 1003, 1007, 1009, 4400]) {
        await assert.rejects(new FakeRelay(says(code)).follow(), StreamClosed);
    }
    await assert.rejects(new FakeRelay(says(4404)).follow(), SessionGone);
});

test('a stream signs in again, and gives up where no token is taken', async () => {
    for (const code of [4401, 4408]) {
        const relay = new FakeRelay(says(code, event(8)), says(1012, LAST));
        assert.deepEqual(await relay.follow(7), [8, 9]);
        assert.deepEqual(relay.hellos.map(({ token }) => token), ['token-1', 'token-2']);
    }
    await assert.rejects(new FakeRelay(says(4401)).follow(), StreamClosed);
});

test('a stream of a quiet session goes on hour after hour', async (context) => {
    for (const code of [4401, 4000]) {
        let hours = 0;
        context.mock.method(performance, 'now', () => (hours += 1) * 3_600_000);
        const quiet = Array.from({ length: 8 }, () => says(code));
        const relay = new FakeRelay(...quiet, says(1012, LAST));
        assert.deepEqual(await relay.follow(8), [9]);
        context.mock.restoreAll();
    }
});

test('a socket that says nothing for minutes is replaced', async (context) => {
    context.mock.timers.enable({ apis: ['setTimeout'] });
    const dead: FakeSocket[] = [];
    const relay = new FakeRelay((socket) => {
        socket.say(event(8));
        dead.push(socket);
        setImmediate(() => context.mock.timers.tick(300_000));
    }, says(1012, LAST));
    assert.deepEqual(await relay.follow(7), [8, 9]);
    assert.deepEqual(relay.hellos.map(({ after }) => after), [7, 8]);
    assert.equal(dead[0]?.isOpen, false);
});

test('a socket that is refused again and again is asked about over HTTP', async () => {
    const fake = new FakeService();
    fake.answers.push(problem(404, 'not_found'));
    await assert.rejects(new FakeRelay(says(1006)).follow(0, fake), SessionGone);
    assert.equal(fake.seen.length, 1);
});

test('handlers are called with what API.md names', async () => {
    const kinds = ['emotion', 'topic', 'insight', 'belief', 'challenge', 'action_item'];
    const elements = kinds.map((kind, index) => {
        return event(2 + index, `new_${kind}`, { [kind]: { id: kind } });
    });
    const failure = { error: { code: 'x', message: 'y' }, revision: 1 };
    const unknown = event(9, 'weather', { sky: 'blue' });
    const relay = new FakeRelay(says(
        1012, event(1), ...elements, event(8, 'analysis_failed', failure), unknown,
        event(10, 'session_deleted', {}),
    ));
    const told: unknown[] = [];
    const every: SessionEvent[] = [];
    const tell = (given: unknown): void => void told.push(given);
    const connection = new EventConnection(await relay.stream(), {
        onProgress: tell, onEmotion: tell, onTopic: tell, onInsight: tell, onBelief: tell,
        onChallenge: tell, onActionItem: tell, onFailed: tell, onDeleted: () => tell('deleted'),
        onEvent: (each) => every.push(each),
    });
    assert.deepEqual(await connection.ended, { by: 'deletion' });
    assert.deepEqual(told, [0.01, ...kinds.map((id) => ({ id })), failure, 'deleted']);
    assert.equal(every.length, 10);
    assert.equal(connection.lastId, 10);
});

test('a closed connection calls nobody any more', async () => {
    const told: number[] = [];
    const relay = new FakeRelay((socket) => socket.say(event(1), event(2), event(3)));
    const connection = new EventConnection(await relay.stream(), {
        onProgress: (progress) => {
            told.push(progress);
            connection.close();
        },
    });
    assert.deepEqual(await connection.ended, { by: 'client' });
    assert.deepEqual(told, [0.01]);
});

test('a failing handler ends the connection and is told', async () => {
    const relay = new FakeRelay(says(1012, event(1), LAST));
    const fault = new RangeError("a fault of the caller's");
    const connection = new EventConnection(await relay.stream(), {
        onProgress: () => {
            throw fault;
        },
    });
    assert.deepEqual(await connection.ended, { by: 'error', error: fault });
});

test('leaving the iteration closes the socket', async () => {
    let seen: FakeSocket | null = null;
    const relay = new FakeRelay((socket) => {
        seen = socket;
        socket.say(event(1), event(2));
    });
    for await (const { id } of await relay.stream()) if (id === 1) break;
    assert.equal((seen as FakeSocket | null)?.isOpen, false);
});
