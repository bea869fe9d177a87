import type { SessionEvent } from './events.js';

/** A WebSocket class: the platform's own, or that of a package where it has none. */
export type WebSocketClass = new (url: string) => WebSocket;

/** Why a socket ended. */
export interface Ended {
    readonly code: number;
    readonly reason: string;
}

// A browser does not see the service's heartbeats: a network that died without a word looks like a
// session in which nothing happens. Another socket costs little, and misses nothing.
const SILENCE_MS = 300_000;

/** One WebSocket as a queue: what came and was not taken yet, then why it ended. */
export class Socket {
    private readonly socket: WebSocket;
    private readonly waiting: SessionEvent[] = [];
    private end: Ended | null = null;
    private wake: () => void = () => undefined;
    private openedMs = Infinity;

    /**
     * @param hello - what is sent first: it carries the token, which must not stand in an address.
     */
    constructor(SocketClass: WebSocketClass, url: string, hello: string) {
        this.socket = new SocketClass(url);
        this.socket.onopen = () => {
            this.openedMs = performance.now();
            this.socket.send(hello);
        };
        this.socket.onmessage = (message: MessageEvent<string>) => {
            this.waiting.push(JSON.parse(message.data) as SessionEvent);
            this.wake();
        };
        this.socket.onclose = ({ code, reason }) => {
            this.end ??= { code, reason };
            this.wake();
        };
    }

    /** For how long it has been open, in milliseconds; below 0 if it never was. */
    get lastedMs(): number {
        return performance.now() - this.openedMs;
    }

    /** The next event; once all are taken, why there is no other. */
    async next(): Promise<SessionEvent | Ended> {
        for (;;) {
            const found = this.waiting.shift() ?? this.end;
            if (found !== null) return found;
            await this.news();
        }
    }

    /** Returns when something came or nothing did for too long, each socket after its own time. */
    private async news(): Promise<void> {
        let giveUp: ReturnType<typeof setTimeout> | undefined;
        await new Promise<void>((resolve) => {
            this.wake = resolve;
            giveUp = setTimeout(() => {
                this.end ??= { code: 1006, reason: 'silent' };
                resolve();
            }, SILENCE_MS * (1 - Math.random() / 5));
        });
        clearTimeout(giveUp);
    }

    /** Ends it from this side; `next` tells so without waiting for the other. */
    close(): void {
        this.end ??= { code: 1000, reason: '' };
        this.waiting.length = 0;
        this.wake();
        this.socket.close();
    }
}
