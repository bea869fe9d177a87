import { Transport, type Answer, type TransportOptions } from './transport.js';
import type { Progress } from './upload.js';
/** Where the service and its sign-in are. */
export interface Place {
    /** `https://.../api/v1` */
    readonly apiUrl: string;
    /** Where `accounts:signUp` is. */
    readonly identityUrl: string;
    /** Where `token` is. */
    readonly tokenUrl: string;
    /** The Firebase project's web key. It names the project and is no secret. */
    readonly apiKey: string;
}
/** The service on one machine, which has the sign-in beside it. */
export declare function local(origin?: string): Place;
/** The service in the cloud, with Firebase Auth. */
export declare function firebase(apiUrl: string, apiKey: string): Place;
/** A call of the API. */
export interface Call {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly query?: Readonly<Record<string, string | number | undefined>>;
    readonly json?: unknown;
    readonly body?: string | FormData;
    readonly onProgress?: Progress;
}
/** Who calls, and calls made in his name. */
export declare class AuthService {
    readonly place: Place;
    /** How requests are sent. */
    readonly transport: Transport;
    private signedIn;
    private refreshing;
    constructor(place?: Place, options?: TransportOptions);
    /**
     * Makes an account, signs it in and returns its user id.
     *
     * @throws {@link SignInFailed}
     */
    signUp(email: string, password: string, displayName?: string): Promise<string>;
    /**
     * Signs in and returns the user id.
     *
     * @throws {@link SignInFailed}
     */
    signIn(email: string, password: string): Promise<string>;
    /** Signs in with a refresh token that was kept, and returns the user id. */
    resume(refreshToken: string): Promise<string>;
    /** Forgets the sign-in on this side. */
    signOut(): void;
    /** Who is signed in. */
    get userId(): string;
    /** What `resume` takes. Whoever has it is the user: keep it as a password is kept. */
    get refreshToken(): string;
    /** An ID token that is good for at least a minute, fetched anew where needed. */
    token(): Promise<string>;
    /**
     * A token that is not `refused`; of many calls at once only the first asks.
     *
     * @throws {@link SignInFailed} if the user was disabled, or signed out everywhere.
     */
    refresh(refused: string): Promise<string>;
    /** Calls `path` below the API's base as fetch does, and returns the answer's JSON. */
    makeAuthenticatedRequest<T = unknown>(path: string, init?: {
        method?: string;
        headers?: Record<string, string>;
        body?: string | FormData;
    }): Promise<T>;
    /**
     * One call, in the name of who is signed in.
     *
     * @throws {@link ApiError}, {@link ConnectionFailed}, {@link NotSignedIn}
     */
    call(path: string, call?: Call): Promise<Answer>;
    private send;
    private current;
    private enter;
    private refreshed;
    private ask;
}
