import { ConnectionFailed, ContentDiffers, errorOf, UploadCancelled } from './errors.js';
import { delayMs, retryAfterMs, type Retry } from './retry.js';
import { checksumOf } from './sha256.js';
import { jsonOf, type Answer, type Transport } from './transport.js';
import type { Progress } from './upload.js';
import type { BeginUpload, BegunUpload, ContentType } from './wire.js';

// A multiple of 256 KiB. A piece that is lost is sent again.
const PIECE_BYTES = 8 * 1024 * 1024;
const TRANSIENT: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
// Patient beyond the half minute after which a service gives up a connection that died silently.
const PATIENT_ATTEMPTS = 12;
const TYPES: Readonly<Record<string, string>> = {
    aac: 'audio/aac',
    aif: 'audio/aiff',
    aiff: 'audio/aiff',
    amr: 'audio/amr',
    caf: 'audio/x-caf',
    flac: 'audio/flac',
    m4a: 'audio/mp4',
    m4b: 'audio/mp4',
    mp3: 'audio/mpeg',
    oga: 'audio/ogg',
    ogg: 'audio/ogg',
    opus: 'audio/opus',
    wav: 'audio/wav',
    weba: 'audio/webm',
    wma: 'audio/x-ms-wma',
    '3gp': 'video/3gpp',
    avi: 'video/x-msvideo',
    flv: 'video/x-flv',
    m4v: 'video/mp4',
    mkv: 'video/x-matroska',
    mov: 'video/quicktime',
    mp4: 'video/mp4',
    mpeg: 'video/mpeg',
    mpg: 'video/mpeg',
    ts: 'video/mp2t',
    webm: 'video/webm',
    wmv: 'video/x-ms-wmv',
    docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    json: 'application/json',
    markdown: 'text/markdown',
    md: 'text/markdown',
    pdf: 'application/pdf',
    srt: 'application/x-subrip',
    txt: 'text/plain',
    vtt: 'text/vtt',
};

/** What an upload may be told. */
export interface UploadOptions {
    /** Found from the content itself unless given. */
    readonly type?: ContentType;
    /** The file's own name unless given. */
    readonly filename?: string;
    /** From 0 again, or from the last whole piece of 8 MiB, where they have to be sent again. */
    readonly onProgress?: Progress;
    /** Called, for a file of more than 8 MB, with what `resumeUpload` takes. */
    readonly onBegun?: (handle: UploadHandle) => void;
    readonly idempotencyKey?: string;
}

/** What an upload straight into storage may be told. */
export interface BeginOptions {
    readonly type?: ContentType;
    /** The file's own name unless given. */
    readonly filename?: string;
    /** Told by the name's ending, or the file itself, unless given. */
    readonly contentType?: string;
    readonly idempotencyKey?: string;
}

/** What it takes to go on with an upload, in this page or process or another; plain JSON. */
export interface UploadHandle {
    readonly sessionId: string;
    readonly uploadId: string;
    /**
     * Where the bytes go. Whoever has it can write this upload: keep the handle as a password is
     * kept, and forget it when the upload is done.
     */
    readonly url: string;
    readonly filename: string;
    /** With `checksum`, what the file is known again by. */
    readonly size: number;
    readonly checksum: string;
    /** ISO 8601; after that nothing of it is left. */
    readonly expiresAt: string;
}

/** The media type that a file's name tells, undefined if it tells none. */
export function contentTypeOf(filename: string): string | undefined {
    return TYPES[filename.slice(filename.lastIndexOf('.') + 1).toLowerCase()];
}

/** A file's own name, or another. */
export function nameOf(file: Blob): string {
    return file instanceof File ? file.name : 'content';
}

/** What is said of a file before it is sent; it is read once. */
export async function announcement(file: Blob, options: BeginOptions): Promise<BeginUpload> {
    const filename = options.filename ?? nameOf(file);
    return {
        filename,
        size: file.size,
        content_type: options.contentType ?? contentTypeOf(filename) ?? file.type,
        checksum: await checksumOf(file),
        ...(options.type === undefined ? {} : { type: options.type }),
    };
}

/** What was announced, and what came back. */
export function handleOf(announced: BeginUpload, begun: BegunUpload): UploadHandle {
    return {
        sessionId: begun.upload.session_id,
        uploadId: begun.upload.id,
        url: begun.upload_session.url,
        filename: announced.filename,
        size: announced.size,
        checksum: announced.checksum ?? '',
        expiresAt: begun.upload_session.expires_at,
    };
}

/** One file on its way. `SessionService.beginUpload` and `resumeUpload` make it. */
export class ResumableUpload {
    private stopped = false;

    constructor(
        /** Keep it, and `resumeUpload` goes on with it. */
        readonly handle: UploadHandle,
        private readonly file: Blob,
        private readonly transport: Transport,
        private readonly retry: Retry = { ...transport.retry, attempts: PATIENT_ATTEMPTS },
    ) {}

    /**
     * Sends what storage has not got yet; goes on by itself after lost connections.
     *
     * @param onProgress steps back where a piece has to be sent again. In Node.js it is called
     *   after each piece of 8 MiB, in browsers while a piece is sent, too.
     * @throws {@link ContentDiffers} if the file is not the one that the upload was begun with,
     *   {@link NotFound} if the upload has expired or was cancelled, {@link ConnectionFailed} if
     *   storage could not be reached for long (it may be called again), {@link UploadCancelled}
     *   after `stop`.
     */
    async send(onProgress: Progress = () => undefined): Promise<void> {
        const { size, checksum } = this.handle;
        if (this.file.size !== size || (await checksumOf(this.file)) !== checksum) {
            throw new ContentDiffers('The file has changed since its upload began.');
        }
        let kept: number | null = null;
        let furthest = -1;
        let failures = 0;
        for (;;) {
            const asked: boolean = kept === null;
            const answer: Answer | null =
                kept === null ? await this.ask() : await this.put(kept, onProgress);
            if (answer?.status === 200 || answer?.status === 201) return onProgress(size, size);
            kept = keptOf(answer);
            if (kept !== null) onProgress(kept, size);
            if (kept !== null && kept > furthest) {
                furthest = kept;
                failures = 0;
            } else if (kept === null || !asked) {
                failures += 1;
                await this.wait(answer, failures);
            }
        }
    }

    /** Ends `send` before its next piece. What was sent is kept: it may be resumed. */
    stop(): void {
        this.stopped = true;
    }

    private ask(): Promise<Answer | null> {
        return this.attempt(`bytes */${this.handle.size}`, new Blob([]));
    }

    private put(start: number, onProgress: Progress): Promise<Answer | null> {
        const { size } = this.handle;
        const end = Math.min(start + PIECE_BYTES, size);
        const piece = this.file.slice(start, end);
        const span = `bytes ${start}-${end - 1}/${size}`;
        return this.attempt(span, piece, (sent) => onProgress(start + sent, size));
    }

    private attempt(span: string, body: Blob, onProgress?: Progress): Promise<Answer | null> {
        if (this.stopped) throw new UploadCancelled('The upload was stopped.');
        // No token goes there: the URL itself is what lets write.
        const sending = { method: 'PUT', headers: { 'Content-Range': span }, body };
        const told = onProgress === undefined ? sending : { ...sending, onProgress };
        return this.transport.attempt(this.handle.url, told);
    }

    private async wait(answer: Answer | null, failures: number): Promise<void> {
        if (answer !== null && answer.status >= 400 && !TRANSIENT.has(answer.status)) {
            throw errorOf(answer.status, jsonOf(answer), null, failures);
        }
        const asked = retryAfterMs(answer?.headers.get('Retry-After') ?? null);
        const wait = delayMs(this.retry, failures, asked);
        if (wait === null) {
            throw new ConnectionFailed(`Storage could not be reached in ${failures} attempts.`);
        }
        await this.transport.sleep(wait);
    }
}

/** Storage has the bytes [0, this); null if it did not say. */
function keptOf(answer: Answer | null): number | null {
    if (answer?.status !== 308) return null;
    const span = answer.headers.get('Range');
    return span === null ? 0 : Number(span.slice(span.lastIndexOf('-') + 1)) + 1;
}
