import { readFile } from 'node:fs/promises';
import { AuthService, local, SessionService } from 'insight-journey-client';
const auth = new AuthService(local('http://127.0.0.1:43329'));
await auth.signUp('06956ca2a2173337@example.org', 'a long passphrase');
const sessions = new SessionService(auth);
const { session_id: id } = await sessions.createSession('My first session');
const file = new File([await readFile('session.txt')], 'session.txt', { type: 'text/plain' });
await sessions.uploadContent(id, file, { onProgress: (sent, all) => console.log(sent, 'of', all) });
const connection = sessions.connectToEvents(id, {
    onProgress: (progress) => {
        console.log(`${Math.round(progress * 100)} %`);
        if (progress === 1)
            connection.close();
    },
    onFailed: ({ error }) => {
        console.error(error?.message);
        connection.close();
    },
    onEmotion: ({ name, evidence }) => console.log(`${name}: ${evidence[0]?.quote}`),
});
const ending = await connection.ended;
if (ending.by === 'error')
    throw ending.error;
console.log(`${(await sessions.getSession(id)).topics.length} topics`);
await sessions.deleteSession(id);
