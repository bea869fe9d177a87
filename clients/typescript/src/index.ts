/**
 * Insight Journey's Sessions API for browsers and Node.js.
 *
 * @packageDocumentation
 */
export { AuthService, firebase, local } from './auth.js';
export type { Call, Place } from './auth.js';
export { ResumableUpload } from './direct.js';
export type { BeginOptions, UploadHandle, UploadOptions } from './direct.js';
export * from './errors.js';
export type {
    AnalysisFailure, AnalysisProgress, EventHandlers, Reset, SessionEvent,
} from './events.js';
export type { Retry } from './retry.js';
export { SessionService } from './sessions.js';
export type { Condition, ListOptions, TimeFilter } from './sessions.js';
export type { WebSocketClass } from './socket.js';
export { EventConnection, EventStream } from './stream.js';
export type { Ending, StreamOptions } from './stream.js';
export type { Answer, TransportOptions } from './transport.js';
export type { Progress } from './upload.js';
export type * from './wire.js';
