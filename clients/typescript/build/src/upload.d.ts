import type { Answer } from './transport.js';
/** Called with the bytes of the file handed to the network so far, and all. */
export type Progress = (sentBytes: number, totalBytes: number) => void;
interface Upload {
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: FormData;
    readonly onProgress: Progress;
}
/**
 * Sends a form and tells how far it is: by XMLHttpRequest in browsers, where fetch cannot tell, and
 * elsewhere by a stream that is counted while it is read.
 *
 * @throws TypeError where the network fails, as fetch does.
 */
export declare function sendWithProgress(fetchFor: typeof fetch, url: string, upload: Upload): Promise<Answer>;
interface Resolvers<T> {
    readonly promise: Promise<T>;
    readonly resolve: (value: T) => void;
    readonly reject: (error: Error) => void;
}
/** As `Promise.withResolvers`, which Node.js 20 does not have. */
export declare function withResolvers<T>(): Resolvers<T>;
export {};
