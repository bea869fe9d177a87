import { type Retry } from './retry.js';
import { type Progress } from './upload.js';
/** What is sent; every body can be sent again. */
export interface Sending {
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string | FormData;
    readonly onProgress?: Progress;
}
/** What came back, whoever carried it. */
export interface Answer {
    readonly status: number;
    readonly headers: Headers;
    readonly text: string;
}
/** How requests are sent. */
export interface TransportOptions {
    /** `globalThis.fetch` unless given. */
    readonly fetch?: typeof fetch;
    readonly retry?: Partial<Retry>;
    /** Waits, in milliseconds. */
    readonly sleep?: (ms: number) => Promise<void>;
}
/** HTTP with repetition. */
export declare class Transport {
    readonly retry: Retry;
    readonly sleep: (ms: number) => Promise<void>;
    private readonly fetch;
    constructor(options?: TransportOptions);
    /**
     * An answer below 400.
     *
     * @throws {@link ApiError} for any other, {@link ConnectionFailed} for none.
     */
    send(url: string, sending: Sending): Promise<Answer>;
    private attempt;
    private waitMs;
}
/** The answer's JSON; undefined where it is none. */
export declare function jsonOf(answer: Answer): unknown;
