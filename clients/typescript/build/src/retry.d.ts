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
export declare const RETRY: Retry;
/** Whether the same request may well succeed later. */
export declare function isTemporary(status: number, retryAfterMs: number | null): boolean;
/** How long to wait after `failures` (from 1) in a row; null to give up. */
export declare function delayMs(retry: Retry, failures: number, retryAfterMs: number | null): number | null;
/** A random wait after `failures` (from 1) in a row. */
export declare function jitterMs(retry: Retry, failures: number): number;
/** Retry-After in milliseconds; null for none, or for a date, which the service never sends. */
export declare function retryAfterMs(header: string | null): number | null;
