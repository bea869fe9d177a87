import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firebase, NotSignedIn, SignInFailed, Unauthenticated } from '../../src/index.js';
import { FakeService, LOST, ORIGIN, problem, refused } from './service.js';
test('a call without sign-in is refused here', async () => {
    const fake = new FakeService();
    await assert.rejects(fake.service().call('/sessions'), NotSignedIn);
    assert.deepEqual(fake.seen, []);
});
test('a call carries the token', async () => {
    const fake = new FakeService();
    await (await fake.auth()).makeAuthenticatedRequest('/sessions');
    assert.deepEqual(fake.tokensSeen, ['Bearer token-1']);
    assert.equal(fake.seen[0]?.url, `${ORIGIN}/api/v1/sessions`);
});
test('a token that ends soon is refreshed before the call', async () => {
    const fake = new FakeService();
    fake.tokenLastsS = 59;
    await (await fake.auth()).call('/sessions');
    assert.deepEqual(fake.tokensSeen, ['Bearer token-2']);
});
test('a refused token is refreshed once', async () => {
    const fake = new FakeService();
    fake.answers.push(problem(401, 'unauthenticated'));
    await (await fake.auth()).call('/sessions');
    assert.deepEqual(fake.tokensSeen, ['Bearer token-1', 'Bearer token-2']);
});
test('a token that is refused twice is told', async () => {
    const fake = new FakeService();
    fake.answers.push(problem(401, 'unauthenticated'), problem(401, 'unauthenticated'));
    await assert.rejects((await fake.auth()).call('/sessions'), Unauthenticated);
    assert.equal(fake.refreshed, 1);
});
test('many calls at once refresh once', async () => {
    const fake = new FakeService();
    const auth = await fake.auth();
    const token = await auth.token();
    const found = await Promise.all(Array.from({ length: 8 }, () => auth.refresh(token)));
    assert.deepEqual(new Set(found), new Set(['token-2']));
    assert.equal(fake.refreshed, 1);
});
test('a sign-out during a refresh stands', async () => {
    const fake = new FakeService();
    const auth = await fake.auth();
    const refreshing = auth.refresh('token-1');
    auth.signOut();
    await refreshing;
    await assert.rejects(auth.token(), NotSignedIn);
});
test("a refused sign-in tells Firebase's code", async () => {
    const fake = new FakeService();
    fake.signInAnswers.push(refused('WEAK_PASSWORD : Password should be longer'));
    await assert.rejects(fake.service().signUp('ada@example.org', 'x'), { code: 'WEAK_PASSWORD' });
});
test('a sign-up whose answer was lost signs in', async () => {
    const fake = new FakeService();
    fake.signInAnswers.push(LOST, refused('EMAIL_EXISTS'));
    assert.equal(await fake.service().signUp('ada@example.org', 'a passphrase'), 'ada');
});
test('a sign-up with an address that is taken fails', async () => {
    const fake = new FakeService();
    fake.signInAnswers.push(refused('EMAIL_EXISTS'));
    await assert.rejects(fake.service().signUp('ada@example.org', 'a passphrase'), SignInFailed);
});
test('a kept refresh token signs in', async () => {
    const auth = new FakeService().service();
    assert.equal(await auth.resume('kept'), 'ada');
    assert.equal(await auth.token(), 'token-1');
});
test('Firebase is where Google has it', () => {
    assert.deepEqual(firebase('https://api.example/api/v1/', 'key'), {
        apiUrl: 'https://api.example/api/v1',
        identityUrl: 'https://identitytoolkit.googleapis.com/v1',
        tokenUrl: 'https://securetoken.googleapis.com/v1',
        apiKey: 'key',
    });
});
