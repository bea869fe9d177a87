import { type SessionEvent, type StreamOptions } from '../src/index.js';
export interface Journey {
    readonly uploaded: {
        readonly size: number;
        readonly type: string;
    };
    /** The last that was told of the upload: bytes of all bytes. */
    readonly progress: readonly [number, number];
    /** From the socket, the first of which was cut off half-way, and over HTTP. */
    readonly live: readonly SessionEvent[];
    readonly overHttp: readonly object[];
    readonly found: Readonly<Record<string, number>>;
    readonly paged: Readonly<Record<string, number>>;
    readonly status: string;
    readonly title: string;
    readonly pages: readonly string[];
    readonly endedBy: string;
    readonly isGone: boolean;
}
export declare function journey(origin: string, text: string, options?: StreamOptions): Promise<Journey>;
