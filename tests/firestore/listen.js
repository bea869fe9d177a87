// Listens to a session's events with Firebase's SDK, as a browser does, and prints a line for each.
import { initializeApp } from 'firebase/app';
import {
  collection, connectFirestoreEmulator, documentId, getFirestore, onSnapshot, orderBy, query,
  setLogLevel, startAfter, where,
} from 'firebase/firestore';

const [projectId, userId, sessionId, after] = process.argv.slice(2);
const [host, port] = process.env.FIRESTORE_EMULATOR_HOST.split(':');
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

setLogLevel('silent');
const store = getFirestore(initializeApp({ projectId }));
connectFirestoreEmulator(store, host, Number(port), {
  mockUserToken: { sub: userId, auth_time: Math.floor(Date.now() / 1000) },
});
const events = query(
  collection(store, `sessions/${sessionId}/events`),
  where('owner_id', '==', userId),
  orderBy(documentId()),
  startAfter(String(after).padStart(12, '0')),
);
const stop = onSnapshot(events, tell, (error) => {
  say({ ended: error.code });
  process.exit(0);
});
process.stdin.on('end', () => { stop(); process.exit(0); }).resume();

function tell(snapshot) {
  for (const change of snapshot.docChanges()) {
    const { seq, session_id, type, data } = change.doc.data();
    say({ change: change.type, event: { id: seq, session_id, type, data } });
  }
  say({ current: !snapshot.metadata.fromCache });
}
