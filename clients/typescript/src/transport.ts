import { ConnectionFailed, errorOf } from './errors.js';
import { delayMs, isTemporary, RETRY, retryAfterMs, type Retry } from './retry.js';
import { sendWithProgress, type Progress } from './upload.js';

/** What is sent; every body can be sent again. */
export interface Sending {
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string | FormData | Blob;
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
export class Transport {
    readonly retry: Retry;
    readonly sleep: (ms: number) => Promise<void>;
    private readonly fetch: typeof fetch;

    constructor(options: TransportOptions = {}) {
        // Browsers refuse to call it as a method of anything but the window.
        this.fetch = options.fetch ?? globalThis.fetch.bind(globalThis);
        this.retry = { ...RETRY, ...options.retry };
        this.sleep = options.sleep ?? ((ms) => new Promise((done) => setTimeout(done, ms)));
    }

    /**
     * An answer below 400.
     *
     * @throws {@link ApiError} for any other, {@link ConnectionFailed} for none.
     */
    async send(url: string, sending: Sending): Promise<Answer> {
        for (let failures = 1; ; failures += 1) {
            const answer = await this.attempt(url, sending);
            if (answer !== null && answer.status < 400) return answer;
            const wait = this.waitMs(answer, failures);
            if (wait === null) throw failureOf(answer, failures);
            await this.sleep(wait);
        }
    }

    /** One attempt: any answer, or null where the network failed. */
    async attempt(url: string, sending: Sending): Promise<Answer | null> {
        const { method, headers, body, onProgress } = sending;
        try {
            if (onProgress !== undefined && canTell(body)) {
                const upload = { method, headers, body, onProgress };
                return await sendWithProgress(this.fetch, url, upload);
            }
            const response = await this.fetch(url, { method, headers, body: body ?? null });
            const { status } = response;
            return { status, headers: response.headers, text: await response.text() };
        } catch (error) {
            // This is how fetch tells that the network failed; all else is a fault of the caller's.
            if (error instanceof TypeError) return null;
            throw error;
        }
    }

    private waitMs(answer: Answer | null, failures: number): number | null {
        if (answer === null) return delayMs(this.retry, failures, null);
        const asked = retryAfterMs(answer.headers.get('Retry-After'));
        return isTemporary(answer.status, asked) ? delayMs(this.retry, failures, asked) : null;
    }
}

/** A file that is sent in pieces must say how long each is, which a counted stream cannot. */
function canTell(body: Sending['body']): body is FormData | Blob {
    return body instanceof FormData
        || (body instanceof Blob && typeof XMLHttpRequest !== 'undefined');
}

/** The answer's JSON; undefined where it is none. */
export function jsonOf(answer: Answer): unknown {
    try {
        return JSON.parse(answer.text);
    } catch {
        return undefined;
    }
}

function failureOf(answer: Answer | null, attempts: number): Error {
    if (answer === null) {
        return new ConnectionFailed(`The service could not be reached in ${attempts} attempts.`);
    }
    const requestId = answer.headers.get('X-Request-Id');
    return errorOf(answer.status, jsonOf(answer), requestId, attempts);
}
