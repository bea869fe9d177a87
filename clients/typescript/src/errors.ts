import type { FieldProblem, Problem } from './wire.js';

/** Base of everything that this package throws. */
export class InsightJourneyError extends Error {
    constructor(message: string) {
        super(message);
        this.name = new.target.name;
    }
}

/** The service could not be reached, or hung up, and went on so for all attempts. */
export class ConnectionFailed extends InsightJourneyError {}

/** The file is not the one that the upload was begun with. */
export class ContentDiffers extends InsightJourneyError {}

/** The program itself has stopped the upload. */
export class UploadCancelled extends InsightJourneyError {}

/** A call that needs a user was made before anybody signed in. */
export class NotSignedIn extends InsightJourneyError {}

/** The sign-in was refused. */
export class SignInFailed extends InsightJourneyError {
    /** Firebase's, such as `INVALID_LOGIN_CREDENTIALS` or `EMAIL_EXISTS`. */
    readonly code: string;

    constructor(
        message: string,
        /** How often it was asked for; above 1 the first may have taken effect. */
        readonly attempts = 1,
    ) {
        super(message);
        this.code = message.split(' ', 1)[0] ?? message;
    }
}

/** The service has closed a session's events for good. */
export class StreamClosed extends InsightJourneyError {
    constructor(
        /** Of the WebSocket, as the service documents them. */
        readonly code: number,
        reason: string,
    ) {
        super(`The events were closed: ${reason || 'no reason given'} (${code}).`);
    }
}

/** There is no such session of this user, or not any more. */
export class SessionGone extends StreamClosed {}

/** The service answered with a problem (RFC 9457). */
export class ApiError extends InsightJourneyError {
    /** Stable name of the kind of problem, such as `not_found`. */
    readonly code: string;
    /** The first wrong field, where one is. */
    readonly field: string | null;
    /** All wrong fields. */
    readonly errors: readonly FieldProblem[];

    constructor(
        /** Of HTTP. */
        readonly status: number,
        problem: Partial<Problem>,
        /** What the service's log knows the request by. */
        readonly requestId: string | null,
        /** How often the request was sent; above 1 the first may have taken effect. */
        readonly attempts: number,
    ) {
        super(problem.message ?? `The service answered ${status}.`);
        this.code = problem.code ?? 'unknown';
        this.field = problem.field ?? null;
        this.errors = problem.errors ?? [];
    }
}

/** 401: the sign-in is not valid, or not any more. */
export class Unauthenticated extends ApiError {}

/** 404: there is no such thing, or it is somebody else's. */
export class NotFound extends ApiError {}

/** 409: not possible as things stand. */
export class Conflict extends ApiError {}

/** 412: it has changed since it was read. */
export class PreconditionFailed extends ApiError {}

/** 400, 413, 415 or 422: what was sent is not acceptable; `field` names what. */
export class InvalidRequest extends ApiError {}

/** 429, after all attempts. */
export class RateLimited extends ApiError {}

/** 5xx, after all attempts. */
export class ServiceUnavailable extends ApiError {}

const KINDS: Readonly<Record<number, typeof ApiError>> = {
    400: InvalidRequest,
    401: Unauthenticated,
    404: NotFound,
    409: Conflict,
    412: PreconditionFailed,
    413: InvalidRequest,
    415: InvalidRequest,
    422: InvalidRequest,
    429: RateLimited,
};

/** The error for an answer that is none; `body` is its JSON, whatever it is. */
export function errorOf(
    status: number,
    body: unknown,
    requestId: string | null,
    attempts: number,
): ApiError {
    const Kind = status >= 500 ? ServiceUnavailable : (KINDS[status] ?? ApiError);
    return new Kind(status, problemOf(body), requestId, attempts);
}

function problemOf(body: unknown): Partial<Problem> {
    if (!isObject(body)) return {};
    // Firebase's sign-in puts what it says one level down.
    if (isObject(body['error'])) {
        const { message, status } = body['error'];
        return { message: String(message), code: String(status ?? 'unknown') };
    }
    return body;
}

function isObject(value: unknown): value is Record<string, unknown> {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
