import type { Answer } from './transport.js';

/** Called with the bytes of the file handed to the network so far, and all. */
export type Progress = (sentBytes: number, totalBytes: number) => void;

interface Upload {
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: FormData | Blob;
    readonly onProgress: Progress;
}

/**
 * Sends a form or a file and tells how far it is: by XMLHttpRequest in browsers, where fetch cannot tell, and
 * elsewhere by a stream that is counted while it is read.
 *
 * @throws TypeError where the network fails, as fetch does.
 */
export function sendWithProgress(
    fetchFor: typeof fetch,
    url: string,
    upload: Upload,
): Promise<Answer> {
    return typeof XMLHttpRequest === 'undefined'
        ? streamed(fetchFor, url, upload)
        : byXmlHttpRequest(url, upload);
}

async function streamed(fetchFor: typeof fetch, url: string, upload: Upload): Promise<Answer> {
    const encoded = new Response(upload.body);
    const type = encoded.headers.get('Content-Type') ?? '';
    const content = encoded.body?.pipeThrough(counter(upload)) ?? null;
    const init = {
        method: upload.method,
        headers: { ...upload.headers, 'Content-Type': type },
        body: content,
        duplex: 'half',
    };
    const response = await fetchFor(url, init);
    return { status: response.status, headers: response.headers, text: await response.text() };
}

function counter(upload: Upload): TransformStream<Uint8Array, Uint8Array> {
    const tell = teller(upload);
    let sent = 0;
    return new TransformStream({
        transform(chunk, controller) {
            sent += chunk.byteLength;
            tell(sent);
            controller.enqueue(chunk);
        },
    });
}

function byXmlHttpRequest(url: string, upload: Upload): Promise<Answer> {
    const { promise, resolve, reject } = withResolvers<Answer>();
    const request = new XMLHttpRequest();
    const tell = teller(upload);
    request.open(upload.method, url);
    for (const [name, value] of Object.entries(upload.headers)) {
        request.setRequestHeader(name, value);
    }
    request.upload.onprogress = (event) => tell(event.loaded);
    request.onload = () =>
        resolve({
            status: request.status,
            headers: headersOf(request.getAllResponseHeaders()),
            text: request.responseText,
        });
    request.onerror = () => reject(new TypeError('The network failed.'));
    request.send(upload.body);
    return promise;
}

/** The form around the file is not the file's: what is over its size is not told. */
function teller({ body, onProgress }: Upload): (sent: number) => void {
    const parts = body instanceof Blob ? [body] : [...body.values()];
    const total = parts.reduce(
        (sum, part) => sum + (typeof part === 'string' ? 0 : part.size),
        0,
    );
    return (sent) => onProgress(Math.min(sent, total), total);
}

function headersOf(lines: string): Headers {
    const headers = new Headers();
    for (const line of lines.trim().split('\r\n')) {
        const colon = line.indexOf(':');
        if (colon > 0) headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
    }
    return headers;
}

interface Resolvers<T> {
    readonly promise: Promise<T>;
    readonly resolve: (value: T) => void;
    readonly reject: (error: Error) => void;
}

/** As `Promise.withResolvers`, which Node.js 20 does not have. */
export function withResolvers<T>(): Resolvers<T> {
    let resolve: (value: T) => void = () => undefined;
    let reject: (error: Error) => void = () => undefined;
    const promise = new Promise<T>((resolved, rejected) => {
        resolve = resolved;
        reject = rejected;
    });
    return { promise, resolve, reject };
}
