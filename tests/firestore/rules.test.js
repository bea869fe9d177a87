// Every path, every verb, everybody: what the rules allow is listed, and all else must be denied.
import { after, before, describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import {
  assertFails, assertSucceeds, initializeTestEnvironment,
} from '@firebase/rules-unit-testing';
import {
  addDoc, collection, collectionGroup, deleteDoc, doc, documentId, getCountFromServer, getDoc,
  getDocs, limit, onSnapshot, orderBy, query, setDoc, setLogLevel, startAfter, updateDoc, where,
} from 'firebase/firestore';

const [host, port] = process.env.FIRESTORE_EMULATOR_HOST.split(':');
const projectId = `rules-${process.pid}`;
const rules = readFileSync(process.env.RULES, 'utf8');
const SIGNED_IN_S = 1_700_000_000;
const IN_FORCE = new Date(Date.now() + 3_600_000);
const BELOW = ['windows', 'uploads', 'events'];
const LIVING = ['sessions/hers', ...BELOW.map((kind) => `sessions/hers/${kind}/1`)];
const DELETED = ['sessions/gone', ...BELOW.map((kind) => `sessions/gone/${kind}/1`)];
// A child whose own owner_id is forged to the reader's, below a session that is another's.
const FOREIGN = ['sessions/his', ...BELOW.map((kind) => `sessions/his/${kind}/1`)];
const ELSEWHERE = [
  'idempotency/1', 'open_uploads/1', 'revocations/ada', 'revocations/eve', 'tickets/1', 'users/ada', 'anything/1',
  'sessions/hers/notes/1', 'sessions/hers/events/1/more/1', 'sessions/none',
  'sessions/none/events/1',
];
const EVERYWHERE = [...LIVING, ...DELETED, ...FOREIGN, ...ELSEWHERE];

setLogLevel('silent');

let environment;
const people = {};

before(async () => {
  environment = await initializeTestEnvironment({
    projectId,
    firestore: { host, port: Number(port), rules },
  });
  await environment.withSecurityRulesDisabled(async (context) => {
    const put = (path, data) => setDoc(doc(context.firestore(), path), data);
    for (const path of EVERYWHERE) await put(path, { owner_id: 'ada', created_at: 1 });
    await put('sessions/his', { owner_id: 'bob', created_at: 1 });
    await put('sessions/gone', { deleted_at: 1, deleted_owner_id: 'ada', standing_since: 1 });
    await deleteDoc(doc(context.firestore(), 'sessions/none'));
    await put('revocations/ada', { revoke_time: SIGNED_IN_S - 1, expires_at: IN_FORCE });
    await put('revocations/eve', { revoke_time: SIGNED_IN_S, expires_at: IN_FORCE });
    await put('revocations/uma', { revoke_time: SIGNED_IN_S, expires_at: new Date() });
    await put('revocations/odd', { owner_id: 'odd' });
    for (const owner of ['ann', 'eve', 'odd', 'uma']) {
      await put(`sessions/${owner}`, { owner_id: owner });
      await put(`sessions/${owner}/events/1`, { owner_id: owner });
    }
  });
  const signedIn = (uid, claims = { auth_time: SIGNED_IN_S }) =>
    environment.authenticatedContext(uid, claims).firestore();
  for (const name of ['ada', 'ann', 'bob', 'eve', 'odd', 'uma']) people[name] = signedIn(name);
  people.eveAgain = signedIn('eve', { auth_time: SIGNED_IN_S + 1 });
  people.nobody = environment.unauthenticatedContext().firestore();
});

after(() => environment.cleanup());

const listened = (target) => new Promise((resolve, reject) => {
  const stop = onSnapshot(target, (found) => { stop(); resolve(found); }, reject);
});
const pinned = (store, path, owner, ...more) =>
  query(collection(store, path), where('owner_id', '==', owner), ...more);
const WRITES = {
  create: (store, path) => addDoc(collection(store, path.slice(0, path.lastIndexOf('/'))), {
    owner_id: 'ada',
  }),
  set: (store, path) => setDoc(doc(store, path), { owner_id: 'ada' }),
  merge: (store, path) => setDoc(doc(store, path), { title: 'x' }, { merge: true }),
  update: (store, path) => updateDoc(doc(store, path), { title: 'x' }),
  delete: (store, path) => deleteDoc(doc(store, path)),
};

describe('the owner', { concurrency: 64 }, () => {
  for (const path of LIVING) {
    it(`gets ${path}`, () => assertSucceeds(getDoc(doc(people.ada, path))));
    it(`listens to ${path}`, () => assertSucceeds(listened(doc(people.ada, path))));
  }
  for (const kind of BELOW) {
    const path = `sessions/hers/${kind}`;
    it(`lists ${path}`, async () => {
      const found = await assertSucceeds(getDocs(pinned(people.ada, path, 'ada')));
      assert.deepEqual(found.docs.map((each) => each.id), ['1']);
    });
    it(`listens to the list of ${path}`, () =>
      assertSucceeds(listened(pinned(people.ada, path, 'ada'))));
    it(`counts ${path}`, () => assertSucceeds(getCountFromServer(pinned(people.ada, path, 'ada'))));
  }
  it('lists her sessions and no other', async () => {
    const mine = pinned(people.ada, 'sessions', 'ada', orderBy('created_at', 'desc'), limit(10));
    const found = await assertSucceeds(getDocs(mine));
    assert.deepEqual(found.docs.map((each) => each.id), ['hers']);
  });
  it('resumes after an event', () => assertSucceeds(listened(
    pinned(people.ada, 'sessions/hers/events', 'ada', orderBy(documentId()), startAfter('0')),
  )));
});

describe('reading what is not there for the reader', { concurrency: 64 }, () => {
  const everybody = { bob: EVERYWHERE, nobody: EVERYWHERE, eve: EVERYWHERE, ada: [] };
  everybody.ada = [...DELETED, ...FOREIGN, ...ELSEWHERE];
  everybody.bob = EVERYWHERE.filter((path) => path !== 'sessions/his');
  for (const [person, paths] of Object.entries(everybody)) {
    for (const path of paths) {
      it(`${person} may not get ${path}`, () => assertFails(getDoc(doc(people[person], path))));
      it(`${person} may not listen to ${path}`, () =>
        assertFails(listened(doc(people[person], path))));
    }
  }
});

describe('lists', { concurrency: 64 }, () => {
  const lists = [
    'sessions', ...BELOW.flatMap((kind) => ['hers', 'his', 'gone'].map((id) => `sessions/${id}/${kind}`)),
  ];
  for (const path of lists) {
    it(`${path} without an owner is denied`, () =>
      assertFails(getDocs(collection(people.ada, path))));
    it(`${path} of another owner is denied`, () =>
      assertFails(getDocs(pinned(people.bob, path, 'ada'))));
    it(`${path} of several owners is denied`, () => assertFails(getDocs(query(
      collection(people.ada, path), where('owner_id', 'in', ['ada', 'bob']),
    ))));
    it(`${path} of all but one owner is denied`, () => assertFails(getDocs(query(
      collection(people.bob, path), where('owner_id', '!=', 'bob'),
    ))));
    it(`${path} is denied to who is not signed in`, () =>
      assertFails(getDocs(pinned(people.nobody, path, 'ada'))));
    it(`${path} is not counted without an owner`, () =>
      assertFails(getCountFromServer(collection(people.ada, path))));
  }
  for (const kind of BELOW) {
    it(`${kind} of a deleted session are denied to who owned it`, () =>
      assertFails(getDocs(pinned(people.ada, `sessions/gone/${kind}`, 'ada'))));
    it(`${kind} below another's session are denied whatever they say`, () =>
      assertFails(getDocs(pinned(people.ada, `sessions/his/${kind}`, 'ada'))));
  }
  for (const path of ['idempotency', 'open_uploads', 'revocations', 'tickets', 'anything']) {
    it(`${path} is denied`, () => assertFails(getDocs(pinned(people.ada, path, 'ada'))));
  }
  it('tombstones are not found by who they were', () => assertFails(getDocs(query(
    collection(people.ada, 'sessions'), where('deleted_owner_id', '==', 'ada'),
  ))));
  for (const group of ['sessions', ...BELOW]) {
    it(`the collection group ${group} is denied`, () => assertFails(getDocs(query(
      collectionGroup(people.ada, group), where('owner_id', '==', 'ada'),
    ))));
  }
});

describe('writing', { concurrency: 64 }, () => {
  for (const person of ['ada', 'bob', 'nobody']) {
    for (const path of EVERYWHERE) {
      for (const [verb, write] of Object.entries(WRITES)) {
        it(`${person} may not ${verb} ${path}`, () => assertFails(write(people[person], path)));
      }
    }
  }
});

describe('a revoked user', { concurrency: 64 }, () => {
  it('is shut out of her sessions', () => assertFails(getDoc(doc(people.eve, 'sessions/eve'))));
  it('is shut out of what lies below', () =>
    assertFails(listened(pinned(people.eve, 'sessions/eve/events', 'eve'))));
  it('is shut out of her list', () => assertFails(getDocs(pinned(people.eve, 'sessions', 'eve'))));
  it('is let in after a new sign-in', async () => {
    await assertSucceeds(getDoc(doc(people.eveAgain, 'sessions/eve')));
    await assertSucceeds(getDocs(pinned(people.eveAgain, 'sessions/eve/events', 'eve')));
  });
  it('is shut out where the record cannot be read', () =>
    assertFails(getDoc(doc(people.odd, 'sessions/odd'))));
  it('is let in once no token can be left from before, if she may sign in again', () =>
    assertSucceeds(getDoc(doc(people.uma, 'sessions/uma'))));
  it('hears nothing that comes after', async () => {
    const { promise, resolve } = withResolvers();
    const first = withResolvers();
    onSnapshot(doc(people.ann, 'sessions/ann'), first.resolve, resolve);
    await first.promise;
    await written('revocations/ann', { revoke_time: SIGNED_IN_S, expires_at: IN_FORCE });
    await written('sessions/ann', { owner_id: 'ann', title: 'After' });
    assert.equal((await promise).code, 'permission-denied');
  });
});

describe('a session that is deleted while it is listened to', { concurrency: 64 }, () => {
  it('ends the listening to the session', async () => {
    const ended = await listeningWhileDeleted('sessions/late', (store, path) => doc(store, path));
    assert.equal(ended.code, 'permission-denied');
  });
});

const written = (path, data) => environment.withSecurityRulesDisabled(
  (context) => setDoc(doc(context.firestore(), path), data),
);

async function listeningWhileDeleted(path, target) {
  await written(path, { owner_id: 'ada' });
  const { promise, resolve } = withResolvers();
  const first = withResolvers();
  onSnapshot(target(people.ada, path), first.resolve, resolve);
  await first.promise;
  await written(path, { deleted_at: 1, deleted_owner_id: 'ada' });
  return promise;
}

function withResolvers() {
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}
