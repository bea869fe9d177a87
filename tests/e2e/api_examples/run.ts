// Calls the example's methods one after the other and prints the answers as one line of JSON.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { AuthService } from './auth_service.js';
import { SessionService } from './session_service.js';

async function main(baseUrl: string, token: string, transcript: string): Promise<void> {
    const service = new SessionService(new AuthService(baseUrl, token));
    const created = await service.createSession('From TypeScript', 'The example of API.md');
    const file = new File([readFileSync(transcript)], basename(transcript), { type: 'text/plain' });
    const uploaded = await service.uploadContent(created.session_id, file);
    console.log(JSON.stringify({ created, uploaded }));
}

const [baseUrl, token, transcript] = process.argv.slice(2);
main(baseUrl, token, transcript).catch((error) => {
    console.error(error);
    process.exit(1);
});
