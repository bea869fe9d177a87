/**
 * Insight Journey's Sessions API for browsers and Node.js.
 *
 * @packageDocumentation
 */
export { AuthService, firebase, local } from './auth.js';
export * from './errors.js';
export { SessionService } from './sessions.js';
export { EventConnection, EventStream } from './stream.js';
