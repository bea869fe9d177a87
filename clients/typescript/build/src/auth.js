import { ApiError, NotSignedIn, SignInFailed, Unauthenticated } from './errors.js';
import { jsonOf, Transport } from './transport.js';
/** Longer than a request takes to arrive, far shorter than a token lives (an hour). */
const REFRESH_BEFORE_MS = 60_000;
/** The service on one machine, which has the sign-in beside it. */
export function local(origin = 'http://localhost:5000') {
    return {
        apiUrl: `${origin}/api/v1`,
        identityUrl: `${origin}/identitytoolkit.googleapis.com/v1`,
        tokenUrl: `${origin}/securetoken.googleapis.com/v1`,
        apiKey: 'local',
    };
}
/** The service in the cloud, with Firebase Auth. */
export function firebase(apiUrl, apiKey) {
    return {
        apiUrl: apiUrl.replace(/\/+$/, ''),
        identityUrl: 'https://identitytoolkit.googleapis.com/v1',
        tokenUrl: 'https://securetoken.googleapis.com/v1',
        apiKey,
    };
}
/** Who calls, and calls made in his name. */
export class AuthService {
    place;
    /** How requests are sent. */
    transport;
    signedIn = null;
    refreshing = null;
    constructor(place = local(), options = {}) {
        this.place = place;
        this.transport = new Transport(options);
    }
    /**
     * Makes an account, signs it in and returns its user id.
     *
     * @throws {@link SignInFailed}
     */
    async signUp(email, password, displayName) {
        const named = displayName === undefined ? {} : { displayName };
        try {
            return await this.enter('signUp', { email, password, ...named });
        }
        catch (error) {
            // The answer to the first attempt was lost, not the account that it made.
            const isOurs = error instanceof SignInFailed && error.attempts > 1;
            if (isOurs && error.code === 'EMAIL_EXISTS')
                return this.signIn(email, password);
            throw error;
        }
    }
    /**
     * Signs in and returns the user id.
     *
     * @throws {@link SignInFailed}
     */
    signIn(email, password) {
        return this.enter('signInWithPassword', { email, password });
    }
    /** Signs in with a refresh token that was kept, and returns the user id. */
    async resume(refreshToken) {
        this.signedIn = await this.refreshed(refreshToken);
        return this.signedIn.userId;
    }
    /** Forgets the sign-in on this side. */
    signOut() {
        this.signedIn = null;
    }
    /** Who is signed in. */
    get userId() {
        return this.current().userId;
    }
    /** What `resume` takes. Whoever has it is the user: keep it as a password is kept. */
    get refreshToken() {
        return this.current().refreshToken;
    }
    /** An ID token that is good for at least a minute, fetched anew where needed. */
    async token() {
        const { idToken, goodUntil } = this.current();
        return performance.now() < goodUntil - REFRESH_BEFORE_MS ? idToken : this.refresh(idToken);
    }
    /**
     * A token that is not `refused`; of many calls at once only the first asks.
     *
     * @throws {@link SignInFailed} if the user was disabled, or signed out everywhere.
     */
    async refresh(refused) {
        const current = this.current();
        if (current.idToken !== refused)
            return current.idToken;
        this.refreshing ??= this.refreshed(current.refreshToken).finally(() => {
            this.refreshing = null;
        });
        const renewed = await this.refreshing;
        // Whoever has signed out, or in again, meanwhile is not signed in by this.
        if (this.signedIn === current)
            this.signedIn = renewed;
        return renewed.idToken;
    }
    /** Calls `path` below the API's base as fetch does, and returns the answer's JSON. */
    async makeAuthenticatedRequest(path, init = {}) {
        const isText = typeof init.body === 'string';
        const typed = isText ? { 'Content-Type': 'application/json' } : {};
        const answer = await this.call(path, { ...init, headers: { ...typed, ...init.headers } });
        return jsonOf(answer);
    }
    /**
     * One call, in the name of who is signed in.
     *
     * @throws {@link ApiError}, {@link ConnectionFailed}, {@link NotSignedIn}
     */
    async call(path, call = {}) {
        const token = await this.token();
        try {
            return await this.send(token, path, call);
        }
        catch (error) {
            if (!(error instanceof Unauthenticated))
                throw error;
            // It may have been revoked, or the clocks of two servers may differ.
            return this.send(await this.refresh(token), path, call);
        }
    }
    send(token, path, call) {
        const { method = 'GET', headers = {}, query = {}, json, body, onProgress } = call;
        const isJson = json !== undefined;
        const content = isJson ? JSON.stringify(json) : body;
        return this.transport.send(`${this.place.apiUrl}${path}${queryOf(query)}`, {
            method,
            headers: {
                ...(isJson ? { 'Content-Type': 'application/json' } : {}),
                ...headers,
                Authorization: `Bearer ${token}`,
            },
            ...(content === undefined ? {} : { body: content }),
            ...(onProgress === undefined ? {} : { onProgress }),
        });
    }
    current() {
        if (this.signedIn === null)
            throw new NotSignedIn('Sign in first.');
        return this.signedIn;
    }
    async enter(call, fields) {
        const url = `${this.place.identityUrl}/accounts:${call}`;
        const body = JSON.stringify({ ...fields, returnSecureToken: true });
        const answer = await this.ask(url, 'application/json', body);
        this.signedIn = {
            userId: answer['localId'] ?? '',
            idToken: answer['idToken'] ?? '',
            refreshToken: answer['refreshToken'] ?? '',
            goodUntil: performance.now() + Number(answer['expiresIn']) * 1_000,
        };
        return this.signedIn.userId;
    }
    async refreshed(refreshToken) {
        const fields = { grant_type: 'refresh_token', refresh_token: refreshToken };
        const body = new URLSearchParams(fields).toString();
        const type = 'application/x-www-form-urlencoded';
        const answer = await this.ask(`${this.place.tokenUrl}/token`, type, body);
        return {
            userId: answer['user_id'] ?? '',
            idToken: answer['id_token'] ?? '',
            refreshToken: answer['refresh_token'] ?? '',
            goodUntil: performance.now() + Number(answer['expires_in']) * 1_000,
        };
    }
    async ask(url, type, body) {
        const headers = { 'Content-Type': type };
        const keyed = `${url}?key=${encodeURIComponent(this.place.apiKey)}`;
        try {
            const answer = await this.transport.send(keyed, { method: 'POST', headers, body });
            return JSON.parse(answer.text);
        }
        catch (error) {
            if (!(error instanceof ApiError) || error.status !== 400)
                throw error;
            throw new SignInFailed(error.message, error.attempts);
        }
    }
}
function queryOf(query) {
    const given = Object.entries(query).filter(([, value]) => value !== undefined);
    const encoded = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
    return given.length === 0 ? '' : `?${encoded}`;
}
