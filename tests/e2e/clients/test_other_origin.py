"""A browser's page of another origin than the service's: one that is configured, and one not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from infra.demo.client import Client
from infra.demo.service import Service
from tests.e2e.clients.chromium import page
from tests.e2e.conftest import PAGES_ORIGIN

# Nothing but what a browser has: a page that knows no SDK.
_PAGE = """
async function call(url, token, body, headers = {}) {
    const form = body instanceof FormData;
    const answer = await fetch(url, {
        method: body === undefined ? 'GET' : 'POST',
        headers: {
            ...(token ? { Authorization: `Bearer ${token}` } : {}),
            ...(body === undefined || form ? {} : { 'Content-Type': 'application/json' }),
            ...headers,
        },
        body: body === undefined || form ? body : JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return answer.json();
}

function events(url, isLast) {
    return new Promise((resolve) => {
        const told = [];
        const socket = new WebSocket(url.replace('http', 'ws'));
        socket.onmessage = ({ data }) => {
            told.push(JSON.parse(data));
            if (isLast(told.at(-1))) resolve(told);
        };
        socket.onclose = ({ code }) => resolve(code);
    });
}

async function fails(attempt) {
    try {
        await attempt;
        return null;
    } catch (error) {
        return error.name;
    }
}
"""

_LOADED = """
new Promise((done) => document.readyState === 'complete' ? done() : addEventListener('load', done))
"""

_ALLOWED = """
(async (service, email, text) => {
    const api = `${service}/api/v1`;
    const accounts = `${service}/identitytoolkit.googleapis.com/v1/accounts`;
    const { idToken: token } = await call(
        `${accounts}:signUp?key=k`, null,
        { email, password: 'a long passphrase', returnSecureToken: true },
        { 'X-Client-Version': 'Chrome/JsCore/12.0.0/FirebaseCore-web' },
    );
    const made = await call(`${api}/sessions`, token, { title: 'From elsewhere' },
        { 'Idempotency-Key': 'one' });
    const session = `${api}/sessions/${made.session_id}`;
    const { data: { ticket } } = await call(`${session}/events/ticket`, token, {});
    const live = events(`${session}/events?ticket=${ticket}`,
        ({ data }) => ['completed', 'failed'].includes(data.status));
    const form = new FormData();
    form.append('file', new File([text], 'session.txt', { type: 'text/plain' }));
    form.append('type', 'text');
    await call(`${session}/content`, token, form);
    const told = await live;
    const { data } = await call(`${session}/events?after=0&limit=500`, token);
    return { origin: location.origin, told, polled: data.events };
})
"""

_REFUSED = """
(async (service, token, sessionId) => {
    const api = `${service}/api/v1`;
    const accounts = `${service}/identitytoolkit.googleapis.com/v1/accounts`;
    const account = { email: 'eve@example.org', password: 'a long passphrase' };
    return {
        origin: location.origin,
        signUp: await fails(call(`${accounts}:signUp?key=k`, null, account)),
        read: await fails(call(`${api}/sessions`, token)),
        create: await fails(call(`${api}/sessions`, token, { title: 'Unwanted' })),
        socket: await events(`${api}/sessions/${sessionId}/events`, () => true),
    };
})
"""


def on_page(profile: Path, origin: str, function: str, *given: str) -> Any:
    """What a function of a page of `origin` gives; the page itself comes from here."""
    content = f"<!doctype html><title>elsewhere</title><script>{_PAGE}</script>".encode()
    with page(profile, f"{origin}/", lambda _: ("text/html", content)) as opened:
        opened.open("page.html")
        opened.evaluate(_LOADED)
        arguments = ", ".join(map(json.dumps, given))
        return opened.evaluate(f"{function}({arguments})")


def test_page_of_a_configured_origin_does_the_whole_journey(
    service: Service, transcript: Path, tmp_path: Path
) -> None:
    text = transcript.read_text(encoding="utf-8")
    email = f"{tmp_path.name}@example.org"
    told = on_page(tmp_path, PAGES_ORIGIN, _ALLOWED, service.origin, email, text)
    assert told["origin"] == PAGES_ORIGIN != service.origin
    assert told["told"][-1]["data"]["status"] == "completed"
    polled = [{k: e[k] for k in ("id", "session_id", "type", "data")} for e in told["polled"]]
    assert told["told"] == polled


def test_page_of_another_origin_is_refused(
    client: Client, service: Service, tmp_path: Path
) -> None:
    origin, session_id = "http://elsewhere.example", client.create_session(title="Mine")
    told = on_page(tmp_path, origin, _REFUSED, service.origin, str(client.token), session_id)
    refused = {"signUp": "TypeError", "read": "TypeError", "create": "TypeError", "socket": 1006}
    assert told == {"origin": origin, **refused}
    sessions = client.call("GET", "/api/v1/sessions")["data"]["sessions"]
    assert [session["title"] for session in sessions] == ["Mine"]
