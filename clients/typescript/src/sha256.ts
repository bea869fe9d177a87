// SHA-256 (FIPS 180-4) piece by piece. Browsers' own takes only what is in memory as a whole, and
// is not there at all on plain http.

const PIECE_BYTES = 4 * 1024 * 1024;
const BLOCK_BYTES = 64;

/** The first 32 bits of the fractional part of `root` of each of the first `count` primes. */
function fractions(count: number, root: (prime: number) => number): Int32Array {
    const found: number[] = [];
    for (let candidate = 2; found.length < count; candidate += 1) {
        if (isPrime(candidate)) found.push((root(candidate) % 1) * 2 ** 32);
    }
    return Int32Array.from(Uint32Array.from(found, Math.floor));
}

function isPrime(candidate: number): boolean {
    for (let divisor = 2; divisor * divisor <= candidate; divisor += 1) {
        if (candidate % divisor === 0) return false;
    }
    return true;
}

// The compiler need not ask whether each of the eight is there.
type Words = Int32Array & Record<0 | 1 | 2 | 3 | 4 | 5 | 6 | 7, number>;

const ROUNDS = fractions(64, Math.cbrt);
const START = fractions(8, Math.sqrt);

/** A digest that is fed piece by piece. */
export class Sha256 {
    private readonly state = Int32Array.from(START);
    private readonly words = new Int32Array(64);
    private readonly rest = new Uint8Array(BLOCK_BYTES);
    private restBytes = 0;
    private totalBytes = 0;

    /** Takes the next bytes. */
    update(bytes: Uint8Array): void {
        this.totalBytes += bytes.length;
        let offset = 0;
        if (this.restBytes > 0) {
            offset = Math.min(BLOCK_BYTES - this.restBytes, bytes.length);
            this.rest.set(bytes.subarray(0, offset), this.restBytes);
            this.restBytes += offset;
            if (this.restBytes < BLOCK_BYTES) return;
            this.compress(this.rest, 0);
        }
        for (; offset + BLOCK_BYTES <= bytes.length; offset += BLOCK_BYTES) {
            this.compress(bytes, offset);
        }
        this.rest.set(bytes.subarray(offset));
        this.restBytes = bytes.length - offset;
    }

    /** 64 hexadecimal digits; nothing may be fed afterwards. */
    digest(): string {
        const padding = new Uint8Array(((119 - (this.totalBytes % 64)) % 64) + 9);
        padding[0] = 0x80;
        const bits = new DataView(padding.buffer, padding.length - 8);
        bits.setUint32(0, Math.floor(this.totalBytes / 2 ** 29));
        bits.setUint32(4, (this.totalBytes * 8) % 2 ** 32);
        this.update(padding);
        return Array.from(new Uint32Array(this.state.buffer), (word) => word.toString(16).padStart(8, '0')).join('');
    }

    private compress(bytes: Uint8Array, offset: number): void {
        const w = this.words;
        this.schedule(bytes, offset);
        const state = this.state as Words;
        let a = state[0], b = state[1], c = state[2], d = state[3];
        let e = state[4], f = state[5], g = state[6], h = state[7];
        for (let i = 0; i < 64; i += 1) {
            const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
            const choice = (e & f) ^ (~e & g);
            const t1 = (h + s1 + choice + (ROUNDS[i] as number) + (w[i] as number)) | 0;
            const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
            const majority = (a & b) ^ (a & c) ^ (b & c);
            h = g;
            g = f;
            f = e;
            e = (d + t1) | 0;
            d = c;
            c = b;
            b = a;
            a = (t1 + s0 + majority) | 0;
        }
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }

    private schedule(bytes: Uint8Array, offset: number): void {
        const w = this.words;
        const view = new DataView(bytes.buffer, bytes.byteOffset + offset, BLOCK_BYTES);
        for (let i = 0; i < 16; i += 1) w[i] = view.getInt32(4 * i);
        for (let i = 16; i < 64; i += 1) {
            const x = w[i - 15] as number;
            const y = w[i - 2] as number;
            const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
            const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
            w[i] = (w[i - 16] as number) + s0 + (w[i - 7] as number) + s1;
        }
    }
}

/** `sha256:` and 64 digits of a file, read piece by piece. */
export async function checksumOf(file: Blob): Promise<string> {
    const digest = new Sha256();
    for (let start = 0; start < file.size; start += PIECE_BYTES) {
        const piece = file.slice(start, start + PIECE_BYTES);
        digest.update(new Uint8Array(await piece.arrayBuffer()));
    }
    return `sha256:${digest.digest()}`;
}
