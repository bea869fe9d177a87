// What the example of API.md leaves out: where the service is here, and how a socket is let in. A
// browser's WebSocket takes no headers, so a ticket opens it.
import WebSocket from 'ws';
import { AuthService } from './auth_service.js';

const WRITTEN = 'ws://localhost:5000/api/v1';

export function socketsOf(baseUrl: string, authService: AuthService): typeof globalThis.WebSocket {
    class TicketSocket {
        onmessage?: (event: WebSocket.MessageEvent) => void;
        onerror?: (event: unknown) => void;
        private socket?: WebSocket;

        constructor(url: string) {
            if (!url.startsWith(`${WRITTEN}/sessions/`)) {
                throw new Error(`${url} is not what API.md has`);
            }
            this.open(url.slice(WRITTEN.length)).catch((error) => this.onerror?.(error));
        }

        close(): void {
            this.socket?.close();
        }

        private async open(path: string): Promise<void> {
            const init = { method: 'POST' };
            const answer = await authService.makeAuthenticatedRequest(`${path}/ticket`, init);
            const here = baseUrl.replace(/^http/, 'ws');
            this.socket = new WebSocket(`${here}${path}?ticket=${answer.data.ticket}`);
            this.socket.onmessage = (event) => this.onmessage?.(event);
            this.socket.onerror = (event) => this.onerror?.(event);
            this.socket.onclose = (event) => this.onerror?.(event.code);
        }
    }
    return TicketSocket as unknown as typeof globalThis.WebSocket;
}
