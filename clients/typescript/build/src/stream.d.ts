import type { AuthService } from './auth.js';
import { type EventHandlers, type SessionEvent } from './events.js';
import { type WebSocketClass } from './socket.js';
/** How a session is followed. */
export interface StreamOptions {
    /** The last event that was seen before; 0 begins with the first. */
    readonly after?: number;
    /** `globalThis.WebSocket` unless given; Node.js has one from version 22 on. */
    readonly webSocket?: WebSocketClass;
}
/** How a connection ended: by `close`, with the session, or by an error that no retry mends. */
export type Ending = {
    readonly by: 'client' | 'deletion';
} | {
    readonly by: 'error';
    readonly error: Error;
};
/** A session's live events: each once, in order, across every connection that it takes. */
export declare class EventStream implements AsyncIterable<SessionEvent> {
    private readonly auth;
    private readonly sessionId;
    /** What to give as `after` to go on from here. */
    lastId: number;
    private readonly WebSocketClass;
    private socket;
    private stop;
    private isClosed;
    /** Connections in a row that brought nothing. */
    private failures;
    constructor(auth: AuthService, sessionId: string, options?: StreamOptions);
    /** Ends the iteration, wherever it stands. */
    close(): void;
    /**
     * Yields each event once, and ends with the session's deletion.
     *
     * @throws {@link SessionGone}, {@link StreamClosed}, {@link SignInFailed}, {@link NotSignedIn}
     */
    [Symbol.asyncIterator](): AsyncGenerator<SessionEvent, void, undefined>;
    private ofOneConnection;
    private url;
    private isGap;
    private isNews;
    /** Null where it cannot be had just now. */
    private token;
    private recover;
    /** A browser does not tell why a socket was refused; a call tells whether it is the session. */
    private lookForSession;
    private pause;
}
/** Handlers that are called with a session's events. */
export declare class EventConnection {
    /** When and how it ended. Never rejects. */
    readonly ended: Promise<Ending>;
    private readonly stream;
    constructor(stream: EventStream, handlers: EventHandlers);
    /** What to give as `after` to go on from here. */
    get lastId(): number;
    /** Calls no handler any more. */
    close(): void;
    private run;
}
