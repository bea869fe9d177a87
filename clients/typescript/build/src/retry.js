/** What is done unless told otherwise. */
export const RETRY = { attempts: 5, baseMs: 250, capMs: 8_000, patienceMs: 60_000 };
const TEMPORARY = new Set([429, 502, 503, 504]);
/** Whether the same request may well succeed later. */
export function isTemporary(status, retryAfterMs) {
    return TEMPORARY.has(status) || (status === 409 && retryAfterMs !== null);
}
/** How long to wait after `failures` (from 1) in a row; null to give up. */
export function delayMs(retry, failures, retryAfterMs) {
    const asked = retryAfterMs ?? 0;
    if (failures >= retry.attempts || asked > retry.patienceMs)
        return null;
    return asked + jitterMs(retry, failures);
}
/** A random wait after `failures` (from 1) in a row. */
export function jitterMs(retry, failures) {
    return Math.random() * Math.min(retry.capMs, retry.baseMs * 2 ** (failures - 1));
}
/** Retry-After in milliseconds; null for none, or for a date, which the service never sends. */
export function retryAfterMs(header) {
    return header !== null && /^\d+$/.test(header) ? Number(header) * 1_000 : null;
}
