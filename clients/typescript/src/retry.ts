/**
 * Exponential backoff with full jitter.
 *
 * Source: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export interface Retry {
    /** How often a request is sent in all; 1 for no repetition. */
    readonly attempts: number;
    /** The first wait lasts up to `baseMs`, each further one up to twice as long. */
    readonly baseMs: number;
    /** No wait is longer, but for what Retry-After asks. */
    readonly capMs: number;
    /** The longest Retry-After that is waited for. */
    readonly patienceMs: number;
}

/** What is done unless told otherwise. */
export const RETRY: Retry = { attempts: 5, baseMs: 250, capMs: 8_000, patienceMs: 60_000 };

const TEMPORARY: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** Whether the same request may well succeed later. */
export function isTemporary(status: number, retryAfterMs: number | null): boolean {
    return TEMPORARY.has(status) || (status === 409 && retryAfterMs !== null);
}

/** How long to wait after `failures` (from 1) in a row; null to give up. */
export function delayMs(
    retry: Retry,
    failures: number,
    retryAfterMs: number | null,
): number | null {
    const asked = retryAfterMs ?? 0;
    if (failures >= retry.attempts || asked > retry.patienceMs) return null;
    return asked + jitterMs(retry, failures);
}

/** A random wait after `failures` (from 1) in a row. */
export function jitterMs(retry: Retry, failures: number): number {
    return Math.random() * Math.min(retry.capMs, retry.baseMs * 2 ** (failures - 1));
}

/** Retry-After in milliseconds; null for none, or for a date, which the service never sends. */
export function retryAfterMs(header: string | null): number | null {
    return header !== null && /^\d+$/.test(header) ? Number(header) * 1_000 : null;
}
