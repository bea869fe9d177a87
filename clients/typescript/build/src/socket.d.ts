import type { SessionEvent } from './events.js';
/** A WebSocket class: the platform's own, or that of a package where it has none. */
export type WebSocketClass = new (url: string) => WebSocket;
/** Why a socket ended. */
export interface Ended {
    readonly code: number;
    readonly reason: string;
}
/** One WebSocket as a queue: what came and was not taken yet, then why it ended. */
export declare class Socket {
    private readonly socket;
    private readonly waiting;
    private end;
    private wake;
    /**
     * @param hello - what is sent first: it carries the token, which must not stand in an address.
     */
    constructor(SocketClass: WebSocketClass, url: string, hello: string);
    /** The next event; once all are taken, why there is no other. */
    next(): Promise<SessionEvent | Ended>;
    /** Ends it from this side; `next` tells so without waiting for the other. */
    close(): void;
}
