// Calls the example's methods one after the other and prints the answers as one line of JSON, with
// what the handlers were given until the analysis was through.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { AuthService } from './auth_service.js';
import { SessionService } from './session_service.js';
import { socketsOf } from './socket.js';

interface Seen {
    progress: number[];
    emotions: unknown[];
    topics: unknown[];
    insights: unknown[];
}

function follow(service: SessionService, sessionId: string): Promise<Seen> {
    const seen: Seen = { progress: [], emotions: [], topics: [], insights: [] };
    return new Promise((resolve, reject) => {
        const socket = service.connectToEvents(sessionId, {
            onProgress: (progress) => {
                seen.progress.push(progress);
                if (progress === 1) {
                    socket.onerror = null;
                    socket.close();
                    resolve(seen);
                }
            },
            onEmotion: (emotion) => seen.emotions.push(emotion),
            onTopic: (topic) => seen.topics.push(topic),
            onInsight: (insight) => seen.insights.push(insight),
        });
        socket.onerror = reject;
    });
}

async function main(baseUrl: string, token: string, transcript: string): Promise<void> {
    const authService = new AuthService(baseUrl, token);
    globalThis.WebSocket = socketsOf(baseUrl, authService);
    const service = new SessionService(authService);
    const created = await service.createSession('From TypeScript', 'The example of API.md');
    const following = follow(service, created.session_id);
    const file = new File([readFileSync(transcript)], basename(transcript), { type: 'text/plain' });
    const uploaded = await service.uploadContent(created.session_id, file);
    console.log(JSON.stringify({ created, uploaded, seen: await following }));
}

const [baseUrl, token, transcript] = process.argv.slice(2);
main(baseUrl, token, transcript).catch((error) => {
    console.error(error);
    process.exit(1);
});
