/** One WebSocket as a queue: what came and was not taken yet, then why it ended. */
export class Socket {
    socket;
    waiting = [];
    end = null;
    wake = () => undefined;
    /**
     * @param hello - what is sent first: it carries the token, which must not stand in an address.
     */
    constructor(SocketClass, url, hello) {
        this.socket = new SocketClass(url);
        this.socket.onopen = () => this.socket.send(hello);
        this.socket.onmessage = (message) => {
            this.waiting.push(JSON.parse(message.data));
            this.wake();
        };
        this.socket.onclose = ({ code, reason }) => {
            this.end ??= { code, reason };
            this.wake();
        };
    }
    /** The next event; once all are taken, why there is no other. */
    async next() {
        for (;;) {
            const found = this.waiting.shift() ?? this.end;
            if (found !== null)
                return found;
            await new Promise((resolve) => {
                this.wake = resolve;
            });
        }
    }
    /** Ends it from this side; `next` tells so without waiting for the other. */
    close() {
        this.end ??= { code: 1000, reason: '' };
        this.waiting.length = 0;
        this.wake();
        this.socket.close();
    }
}
