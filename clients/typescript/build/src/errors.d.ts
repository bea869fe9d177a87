import type { FieldProblem, Problem } from './wire.js';
/** Base of everything that this package throws. */
export declare class InsightJourneyError extends Error {
    constructor(message: string);
}
/** The service could not be reached, or hung up, and went on so for all attempts. */
export declare class ConnectionFailed extends InsightJourneyError {
}
/** A call that needs a user was made before anybody signed in. */
export declare class NotSignedIn extends InsightJourneyError {
}
/** The sign-in was refused. */
export declare class SignInFailed extends InsightJourneyError {
    /** How often it was asked for; above 1 the first may have taken effect. */
    readonly attempts: number;
    /** Firebase's, such as `INVALID_LOGIN_CREDENTIALS` or `EMAIL_EXISTS`. */
    readonly code: string;
    constructor(message: string, 
    /** How often it was asked for; above 1 the first may have taken effect. */
    attempts?: number);
}
/** The service has closed a session's events for good. */
export declare class StreamClosed extends InsightJourneyError {
    /** Of the WebSocket, as the service documents them. */
    readonly code: number;
    constructor(
    /** Of the WebSocket, as the service documents them. */
    code: number, reason: string);
}
/** There is no such session of this user, or not any more. */
export declare class SessionGone extends StreamClosed {
}
/** The service answered with a problem (RFC 9457). */
export declare class ApiError extends InsightJourneyError {
    /** Of HTTP. */
    readonly status: number;
    /** What the service's log knows the request by. */
    readonly requestId: string | null;
    /** How often the request was sent; above 1 the first may have taken effect. */
    readonly attempts: number;
    /** Stable name of the kind of problem, such as `not_found`. */
    readonly code: string;
    /** The first wrong field, where one is. */
    readonly field: string | null;
    /** All wrong fields. */
    readonly errors: readonly FieldProblem[];
    constructor(
    /** Of HTTP. */
    status: number, problem: Partial<Problem>, 
    /** What the service's log knows the request by. */
    requestId: string | null, 
    /** How often the request was sent; above 1 the first may have taken effect. */
    attempts: number);
}
/** 401: the sign-in is not valid, or not any more. */
export declare class Unauthenticated extends ApiError {
}
/** 404: there is no such thing, or it is somebody else's. */
export declare class NotFound extends ApiError {
}
/** 409: not possible as things stand. */
export declare class Conflict extends ApiError {
}
/** 412: it has changed since it was read. */
export declare class PreconditionFailed extends ApiError {
}
/** 400, 413, 415 or 422: what was sent is not acceptable; `field` names what. */
export declare class InvalidRequest extends ApiError {
}
/** 429, after all attempts. */
export declare class RateLimited extends ApiError {
}
/** 5xx, after all attempts. */
export declare class ServiceUnavailable extends ApiError {
}
/** The error for an answer that is none; `body` is its JSON, whatever it is. */
export declare function errorOf(status: number, body: unknown, requestId: string | null, attempts: number): ApiError;
