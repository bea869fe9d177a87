// A service that answers as it is told, with the sign-in beside it.
import { AuthService, local } from '../../src/index.js';
export const ORIGIN = 'http://service.example';
export class FakeService {
    answers = [];
    signInAnswers = [];
    seen = [];
    waits = [];
    signedIn = 0;
    refreshed = 0;
    tokenLastsS = 3_600;
    fetch = async (input, init) => {
        const url = String(input);
        const isSignIn = url.includes('googleapis.com');
        const body = await new Response(init?.body ?? null).text();
        if (!isSignIn) {
            const headers = new Headers(init?.headers);
            this.seen.push({ url, method: init?.method ?? 'GET', headers, body });
        }
        const given = (isSignIn ? this.signInAnswers : this.answers).shift();
        if (given instanceof Error)
            throw given;
        return given ?? (isSignIn ? this.tokens(url) : Response.json({ data: {} }));
    };
    service(options = {}) {
        const sleep = async (ms) => {
            this.waits.push(ms);
        };
        return new AuthService(local(ORIGIN), { fetch: this.fetch, sleep, ...options });
    }
    async auth(options = {}) {
        const auth = this.service(options);
        await auth.signIn('ada@example.org', 'a passphrase');
        return auth;
    }
    get tokensSeen() {
        return this.seen.map(({ headers }) => headers.get('Authorization'));
    }
    tokens(url) {
        const isRefresh = url.includes('/token');
        if (isRefresh)
            this.refreshed += 1;
        else
            this.signedIn += 1;
        const count = this.signedIn + this.refreshed;
        const [user, token, refresh, lasts] = isRefresh
            ? ['user_id', 'id_token', 'refresh_token', 'expires_in']
            : ['localId', 'idToken', 'refreshToken', 'expiresIn'];
        return Response.json({
            [user]: 'ada',
            [token]: `token-${count}`,
            [refresh]: `refresh-${count}`,
            [lasts]: String(this.tokenLastsS),
        });
    }
}
export function problem(status, code, headers = {}, more = {}) {
    const body = { status: 'error', code, message: 'No.', ...more };
    return Response.json(body, { status, headers: { 'X-Request-Id': 'r1', ...headers } });
}
export function refused(message) {
    return Response.json({ error: { code: 400, message } }, { status: 400 });
}
export const LOST = new TypeError('fetch failed');
