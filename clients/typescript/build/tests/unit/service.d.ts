import { AuthService, type TransportOptions } from '../../src/index.js';
export declare const ORIGIN = "http://service.example";
type Given = Response | Error;
export interface Seen {
    readonly url: string;
    readonly method: string;
    readonly headers: Headers;
    readonly body: string;
}
export declare class FakeService {
    readonly answers: Given[];
    readonly signInAnswers: Given[];
    readonly seen: Seen[];
    readonly waits: number[];
    signedIn: number;
    refreshed: number;
    tokenLastsS: number;
    readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
    service(options?: TransportOptions): AuthService;
    auth(options?: TransportOptions): Promise<AuthService>;
    get tokensSeen(): (string | null)[];
    private tokens;
}
export declare function problem(status: number, code: string, headers?: Record<string, string>, more?: object): Response;
export declare function refused(message: string): Response;
export declare const LOST: TypeError;
export {};
