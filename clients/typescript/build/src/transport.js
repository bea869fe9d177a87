import { ConnectionFailed, errorOf } from './errors.js';
import { delayMs, isTemporary, RETRY, retryAfterMs } from './retry.js';
import { sendWithProgress } from './upload.js';
/** HTTP with repetition. */
export class Transport {
    retry;
    sleep;
    fetch;
    constructor(options = {}) {
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
    async send(url, sending) {
        for (let failures = 1;; failures += 1) {
            const answer = await this.attempt(url, sending);
            if (answer !== null && answer.status < 400)
                return answer;
            const wait = this.waitMs(answer, failures);
            if (wait === null)
                throw failureOf(answer, failures);
            await this.sleep(wait);
        }
    }
    async attempt(url, sending) {
        const { method, headers, body, onProgress } = sending;
        try {
            if (onProgress !== undefined && body instanceof FormData) {
                const upload = { method, headers, body, onProgress };
                return await sendWithProgress(this.fetch, url, upload);
            }
            const response = await this.fetch(url, { method, headers, body: body ?? null });
            const { status } = response;
            return { status, headers: response.headers, text: await response.text() };
        }
        catch (error) {
            // This is how fetch tells that the network failed; all else is a fault of the caller's.
            if (error instanceof TypeError)
                return null;
            throw error;
        }
    }
    waitMs(answer, failures) {
        if (answer === null)
            return delayMs(this.retry, failures, null);
        const asked = retryAfterMs(answer.headers.get('Retry-After'));
        return isTemporary(answer.status, asked) ? delayMs(this.retry, failures, asked) : null;
    }
}
/** The answer's JSON; undefined where it is none. */
export function jsonOf(answer) {
    try {
        return JSON.parse(answer.text);
    }
    catch {
        return undefined;
    }
}
function failureOf(answer, attempts) {
    if (answer === null) {
        return new ConnectionFailed(`The service could not be reached in ${attempts} attempts.`);
    }
    const requestId = answer.headers.get('X-Request-Id');
    return errorOf(answer.status, jsonOf(answer), requestId, attempts);
}
