import type { AuthService } from './auth.js';
import {
    ConnectionFailed, InsightJourneyError, NotFound, ServiceUnavailable, SessionGone, StreamClosed,
} from './errors.js';
import { dispatch, type EventHandlers, type SessionEvent } from './events.js';
import { jitterMs } from './retry.js';
import { Socket, type Ended, type WebSocketClass } from './socket.js';

// The service's table of close codes (docs, "How the socket of events closes"). Whatever is not
// here is a network that broke: pause and come back.
const STOP: ReadonlySet<number> = new Set([1000, 1002, 1003, 1007, 1009, 4400]);
const SIGN_IN: ReadonlySet<number> = new Set([4401, 4408]);
const AT_ONCE: ReadonlySet<number> = new Set([1012, 4000]);
const NOT_FOUND = 4404;
const CUT: Ended = { code: 1006, reason: '' };
const DELETED: Ended = { code: 1000, reason: 'deleted' };
const PATIENCE = 3;
// Longer than the service waits for a token (5 s): it has taken the one that it was shown.
const LASTING_MS = 30_000;

/** How a session is followed. */
export interface StreamOptions {
    /** The last event that was seen before; 0 begins with the first. */
    readonly after?: number;
    /** `globalThis.WebSocket` unless given; Node.js has one from version 22 on. */
    readonly webSocket?: WebSocketClass;
}

/** How a connection ended: by `close`, with the session, or by an error that no retry mends. */
export type Ending =
    | { readonly by: 'client' | 'deletion' }
    | { readonly by: 'error'; readonly error: Error };

/** A session's live events: each once, in order, across every connection that it takes. */
export class EventStream implements AsyncIterable<SessionEvent> {
    /** What to give as `after` to go on from here. */
    lastId: number;
    private readonly WebSocketClass: WebSocketClass;
    private socket: Socket | null = null;
    private stop: () => void = () => undefined;
    private isClosed = false;
    /** Connections in a row that brought nothing and did not last. */
    private failures = 0;

    constructor(
        private readonly auth: AuthService,
        private readonly sessionId: string,
        options: StreamOptions = {},
    ) {
        this.lastId = options.after ?? 0;
        const found = options.webSocket ?? (globalThis.WebSocket as WebSocketClass | undefined);
        if (found === undefined) {
            throw new InsightJourneyError('This platform has no WebSocket: give one as webSocket.');
        }
        this.WebSocketClass = found;
    }

    /** Ends the iteration, wherever it stands. */
    close(): void {
        this.isClosed = true;
        this.socket?.close();
        this.stop();
    }

    /**
     * Yields each event once, and ends with the session's deletion.
     *
     * @throws {@link SessionGone}, {@link StreamClosed}, {@link SignInFailed}, {@link NotSignedIn}
     */
    async *[Symbol.asyncIterator](): AsyncGenerator<SessionEvent, void, undefined> {
        while (!this.isClosed) {
            const token = await this.token();
            if (this.isClosed) return;
            const end = token === null ? CUT : yield* this.ofOneConnection(token);
            if (end === DELETED || this.isClosed) return;
            this.failures += 1;
            await this.recover(end, token);
        }
    }

    private async *ofOneConnection(token: string): AsyncGenerator<SessionEvent, Ended, undefined> {
        const hello = JSON.stringify({ token, after: this.lastId });
        const socket = new Socket(this.WebSocketClass, this.url(), hello);
        this.socket = socket;
        try {
            for (;;) {
                const next = await socket.next();
                // In a session in which nothing happens a socket ends every hour, and none failed.
                if (socket.lastedMs >= LASTING_MS) this.failures = 0;
                if ('code' in next) return next;
                if (this.isGap(next)) return CUT;
                if (!this.isNews(next)) continue;
                this.failures = 0;
                yield next;
                if (next.type === 'session_deleted') return DELETED;
            }
        } finally {
            socket.close();
        }
    }

    private url(): string {
        // http becomes ws, and https wss.
        return `ws${this.auth.place.apiUrl.slice('http'.length)}/sessions/${this.sessionId}/events`;
    }

    private isGap(event: SessionEvent): boolean {
        return event.id > this.lastId + 1 && !saysWhereToGoOn(event);
    }

    private isNews(event: SessionEvent): boolean {
        const isNews = event.id > this.lastId || saysWhereToGoOn(event);
        if (isNews) this.lastId = event.id;
        return isNews;
    }

    /** Null where it cannot be had just now. */
    private async token(refused?: string): Promise<string | null> {
        try {
            return await (refused === undefined ? this.auth.token() : this.auth.refresh(refused));
        } catch (error) {
            const passes = error instanceof ConnectionFailed || error instanceof ServiceUnavailable;
            if (passes) return null;
            throw error;
        }
    }

    private async recover(end: Ended, token: string | null): Promise<void> {
        const { code, reason } = end;
        const { failures } = this;
        if (code === NOT_FOUND) throw new SessionGone(code, reason);
        const isRefused = SIGN_IN.has(code);
        if (STOP.has(code) || (isRefused && failures >= PATIENCE)) {
            throw new StreamClosed(code, reason);
        }
        if (isRefused && token !== null) await this.token(token);
        if (code === CUT.code && failures % PATIENCE === 0) await this.lookForSession();
        if (failures > 1 || !(isRefused || AT_ONCE.has(code))) await this.pause(failures);
    }

    /** A browser does not tell why a socket was refused; a call tells whether it is the session. */
    private async lookForSession(): Promise<void> {
        try {
            await this.auth.call(`/sessions/${this.sessionId}/analysis/status`);
        } catch (error) {
            if (error instanceof NotFound) throw new SessionGone(NOT_FOUND, 'not found');
        }
    }

    private pause(failures: number): Promise<void> {
        const { sleep, retry } = this.auth.transport;
        const stopped = new Promise<void>((resolve) => {
            this.stop = resolve;
        });
        return Promise.race([sleep(jitterMs(retry, failures)), stopped]);
    }
}

/** Such a reset stands outside the order: it says where the order goes on. */
function saysWhereToGoOn(event: SessionEvent): boolean {
    return event.type === 'reset' && event.data.reason === 'expired';
}

/** Handlers that are called with a session's events. */
export class EventConnection {
    /** When and how it ended. Never rejects. */
    readonly ended: Promise<Ending>;
    private readonly stream: EventStream;

    constructor(stream: EventStream, handlers: EventHandlers) {
        this.stream = stream;
        this.ended = this.run(handlers);
    }

    /** What to give as `after` to go on from here. */
    get lastId(): number {
        return this.stream.lastId;
    }

    /** Calls no handler any more. */
    close(): void {
        this.stream.close();
    }

    private async run(handlers: EventHandlers): Promise<Ending> {
        let last = '';
        try {
            for await (const event of this.stream) {
                last = event.type;
                dispatch(event, handlers);
            }
            return { by: last === 'session_deleted' ? 'deletion' : 'client' };
        } catch (error) {
            const known = error instanceof Error ? error : new Error(String(error));
            return { by: 'error', error: known };
        } finally {
            this.stream.close();
        }
    }
}
