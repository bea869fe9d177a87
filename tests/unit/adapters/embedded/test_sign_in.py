"""The local sign-in over HTTP, call by call as Firebase documents them."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

import flask
import jwt
import pytest
from flask.testing import FlaskClient

from shared.adapters.embedded import accounts, id_tokens, throttle
from shared.adapters.embedded.identity import LocalIdentity
from shared.adapters.embedded.sign_in import SignIn
from shared.adapters.embedded.sign_in_routes import sign_in_blueprint

PROJECT = "insight-test"
EMAIL, PASSWORD = "ada@example.org", "correct horse"


@pytest.fixture
def identity(tmp_path: Path) -> LocalIdentity:
    return LocalIdentity(tmp_path, PROJECT)


@pytest.fixture
def client(tmp_path: Path, identity: LocalIdentity) -> FlaskClient:
    app = flask.Flask(__name__)
    app.register_blueprint(sign_in_blueprint(SignIn(identity, tmp_path, PROJECT)))
    return app.test_client()


def call(client: FlaskClient, name: str, **fields: Any) -> dict[str, Any]:
    response = client.post(f"/identitytoolkit.googleapis.com/v1/accounts:{name}?key=k", json=fields)
    answer: dict[str, Any] = response.get_json()
    assert response.status_code == (400 if "error" in answer else 200)
    return answer


def refresh(client: FlaskClient, token: str) -> dict[str, Any]:
    fields = {"grant_type": "refresh_token", "refresh_token": token}
    response = client.post("/securetoken.googleapis.com/v1/token?key=k", data=fields)
    answer: dict[str, Any] = response.get_json()
    return answer


def sign_up(client: FlaskClient, **fields: Any) -> dict[str, Any]:
    given = {"email": EMAIL, "password": PASSWORD, "returnSecureToken": True, **fields}
    return call(client, "signUp", **given)


def sign_in(client: FlaskClient, **fields: Any) -> dict[str, Any]:
    given = {"email": EMAIL, "password": PASSWORD, "returnSecureToken": True, **fields}
    return call(client, "signInWithPassword", **given)


def error(answer: dict[str, Any]) -> str:
    message: str = answer["error"]["message"]
    details = [{"message": message, "domain": "global", "reason": "invalid"}]
    assert answer["error"]["errors"] == details
    assert answer["error"]["code"] == 400
    return message


class TestSignUp:
    def test_answers_with_tokens_of_the_new_user(
        self, client: FlaskClient, identity: LocalIdentity
    ) -> None:
        answer = sign_up(client, email="Ada@Example.org", displayName="Ada")
        assert answer["email"] == EMAIL
        assert answer["displayName"] == "Ada"
        assert answer["expiresIn"] == "3600"
        assert answer["refreshToken"]
        assert identity.verify(answer["idToken"]).user_id == answer["localId"]

    def test_the_token_has_the_claims_of_firebase(self, client: FlaskClient) -> None:
        answer = sign_up(client)
        claims = jwt.decode(answer["idToken"], options={"verify_signature": False})
        assert claims == {
            "iss": f"https://securetoken.google.com/{PROJECT}",
            "aud": PROJECT,
            "auth_time": claims["auth_time"],
            "user_id": answer["localId"],
            "sub": answer["localId"],
            "iat": claims["iat"],
            "exp": claims["iat"] + 3600,
            "email": EMAIL,
            "email_verified": False,
            "firebase": {"identities": {"email": [EMAIL]}, "sign_in_provider": "password"},
        }
        assert abs(claims["iat"] - time.time()) < 5
        header = jwt.get_unverified_header(answer["idToken"])
        assert (header["alg"], header["typ"]) == ("RS256", "JWT")

    def test_an_address_has_one_account(self, client: FlaskClient) -> None:
        sign_up(client)
        assert error(sign_up(client, email="ADA@example.org")) == "EMAIL_EXISTS"

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({"email": ""}, "MISSING_EMAIL"),
            ({"email": None}, "MISSING_EMAIL"),
            ({"email": "ada"}, "INVALID_EMAIL"),
            ({"email": "ada@example"}, "INVALID_EMAIL"),
            ({"email": "a da@example.org"}, "INVALID_EMAIL"),
            ({"email": "ada@exam\x00ple.org"}, "INVALID_EMAIL"),
            ({"email": f"ada@{'x' * 300}.org"}, "INVALID_ARGUMENT"),
            ({"email": "\ud800@example.org"}, "INVALID_ARGUMENT"),
            ({"email": ["ada@example.org"]}, "INVALID_ARGUMENT"),
            ({"password": ""}, "MISSING_PASSWORD"),
            ({"password": None}, "MISSING_PASSWORD"),
            ({"password": "short"}, "WEAK_PASSWORD"),
            ({"password": 123456}, "INVALID_ARGUMENT"),
            ({"password": "x" * 5000}, "INVALID_ARGUMENT"),
            ({"password": "\ud800" * 6}, "INVALID_ARGUMENT"),
            ({"displayName": 1}, "INVALID_ARGUMENT"),
        ],
    )
    def test_bad_fields_are_refused(
        self, client: FlaskClient, fields: dict[str, Any], code: str
    ) -> None:
        assert error(sign_up(client, **fields)).split(" : ")[0] == code

    def test_the_weak_password_message_is_that_of_firebase(self, client: FlaskClient) -> None:
        expected = "WEAK_PASSWORD : Password should be at least 6 characters"
        assert error(sign_up(client, password="12345")) == expected

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff", b"x" * 70_000])
    def test_other_bodies_are_refused(self, client: FlaskClient, body: bytes) -> None:
        path = "/identitytoolkit.googleapis.com/v1/accounts:signUp"
        response = client.post(path, data=body, content_type="application/json")
        assert response.status_code == 400
        assert error(response.get_json()).startswith("INVALID_ARGUMENT")


class TestSignIn:
    def test_answers_with_tokens_of_the_user(
        self, client: FlaskClient, identity: LocalIdentity
    ) -> None:
        user_id = sign_up(client)["localId"]
        answer = sign_in(client, email="ADA@example.org")
        assert answer["registered"] is True
        assert answer["localId"] == user_id
        assert identity.verify(answer["idToken"]).user_id == user_id

    def test_wrong_password_and_unknown_address_answer_alike(self, client: FlaskClient) -> None:
        sign_up(client)
        wrong = sign_in(client, password="wrong horse")
        unknown = sign_in(client, email="nobody@example.org")
        assert error(wrong) == "INVALID_LOGIN_CREDENTIALS"
        assert wrong == unknown

    def test_an_unknown_address_takes_as_long_as_a_wrong_password(
        self, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sign_up(client)
        hashed: list[str] = []
        from shared.adapters.embedded import sign_in as module

        def counting(password_hash: str, password: str) -> bool:
            hashed.append(password_hash.rsplit("$", 2)[0])
            return False

        monkeypatch.setattr(module, "_matches", counting)
        sign_in(client, password="wrong horse")
        sign_in(client, email="nobody@example.org")
        assert len(hashed) == 2
        assert hashed[0] == hashed[1]

    def test_a_disabled_user_is_told_so_only_with_the_password(
        self, client: FlaskClient, identity: LocalIdentity
    ) -> None:
        identity.accounts.disable(sign_up(client)["localId"])
        assert error(sign_in(client)) == "USER_DISABLED"
        assert error(sign_in(client, password="wrong horse")) == "INVALID_LOGIN_CREDENTIALS"

    def test_guessing_is_slowed_down_and_not_for_ever(
        self, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sign_up(client)
        for _ in range(5):
            assert error(sign_in(client, password="wrong horse")) == "INVALID_LOGIN_CREDENTIALS"
        assert error(sign_in(client)) == "TOO_MANY_ATTEMPTS_TRY_LATER"
        now = time.time()
        monkeypatch.setattr(throttle.time, "time", lambda: now + 2)
        assert "idToken" in sign_in(client)
        monkeypatch.undo()
        assert error(sign_in(client, password="wrong horse")) == "INVALID_LOGIN_CREDENTIALS"

    def test_a_clock_set_back_locks_nobody_out(
        self, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sign_up(client)
        for _ in range(6):
            sign_in(client, password="wrong horse")
        now = time.time()
        monkeypatch.setattr(throttle.time, "time", lambda: now - 3600)
        assert error(sign_in(client, password="wrong horse")) == "INVALID_LOGIN_CREDENTIALS"

    def test_guessing_one_address_does_not_lock_another(self, client: FlaskClient) -> None:
        sign_up(client)
        for _ in range(7):
            sign_in(client, email="other@example.org")
        assert "idToken" in sign_in(client)

    def test_no_password_and_no_refresh_token_is_stored(
        self, client: FlaskClient, tmp_path: Path
    ) -> None:
        token = sign_up(client)["refreshToken"]
        stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
        assert EMAIL.encode() in stored
        assert PASSWORD.encode() not in stored
        assert token.encode() not in stored
        assert b"$argon2id$" in stored


class TestRefresh:
    def test_answers_with_a_new_token(self, client: FlaskClient, identity: LocalIdentity) -> None:
        first = sign_up(client)
        answer = refresh(client, first["refreshToken"])
        assert answer["user_id"] == first["localId"]
        assert answer["project_id"] == PROJECT
        assert (answer["token_type"], answer["expires_in"]) == ("Bearer", "3600")
        assert answer["access_token"] == answer["id_token"]
        assert identity.verify(answer["id_token"]).user_id == first["localId"]
        again = refresh(client, answer["refresh_token"])
        assert "id_token" in again

    def test_takes_json_too(self, client: FlaskClient) -> None:
        fields = {"grant_type": "refresh_token", "refresh_token": sign_up(client)["refreshToken"]}
        response = client.post("/securetoken.googleapis.com/v1/token", json=fields)
        assert response.status_code == 200

    def test_the_time_of_the_sign_in_stays(
        self, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = sign_up(client)
        now = time.time()
        monkeypatch.setattr(id_tokens.time, "time", lambda: now + 1000)
        token = refresh(client, first["refreshToken"])["id_token"]
        old, new = (
            jwt.decode(each, options={"verify_signature": False})
            for each in (first["idToken"], token)
        )
        assert new["auth_time"] == old["auth_time"]
        assert new["iat"] - old["iat"] >= 999

    @pytest.mark.parametrize(
        ("fields", "code"),
        [
            ({}, "MISSING_GRANT_TYPE"),
            ({"grant_type": "password"}, "INVALID_GRANT_TYPE"),
            ({"grant_type": "refresh_token"}, "MISSING_REFRESH_TOKEN"),
            ({"grant_type": "refresh_token", "refresh_token": "x"}, "INVALID_REFRESH_TOKEN"),
        ],
    )
    def test_bad_fields_are_refused(
        self, client: FlaskClient, fields: dict[str, str], code: str
    ) -> None:
        form = "application/x-www-form-urlencoded"
        path = "/securetoken.googleapis.com/v1/token"
        response = client.post(path, data=fields, content_type=form)
        assert response.status_code == 400
        assert error(response.get_json()) == code

    def test_a_revoked_token_is_refused(self, client: FlaskClient, identity: LocalIdentity) -> None:
        answer = sign_up(client)
        identity.accounts.revoke(answer["localId"])
        assert error(refresh(client, answer["refreshToken"])) == "TOKEN_EXPIRED"
        assert "id_token" in refresh(client, sign_in(client)["refreshToken"])

    def test_a_disabled_user_is_refused(self, client: FlaskClient, identity: LocalIdentity) -> None:
        answer = sign_up(client)
        identity.accounts.disable(answer["localId"])
        assert error(refresh(client, answer["refreshToken"])) == "USER_DISABLED"
        identity.accounts.disable(answer["localId"], disabled=False)
        assert "id_token" in refresh(client, answer["refreshToken"])

    def test_only_so_many_are_kept(
        self, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(accounts, "_MAX_REFRESH_TOKENS", 3)
        tokens = [sign_up(client)["refreshToken"]]
        tokens += [sign_in(client)["refreshToken"] for _ in range(3)]
        assert error(refresh(client, tokens[0])) == "INVALID_REFRESH_TOKEN"
        assert "id_token" in refresh(client, tokens[1])
        with sqlite3.connect(tmp_path / "accounts.db") as connection:
            assert connection.execute("SELECT count(*) FROM refresh_token").fetchone() == (3,)


class TestLookup:
    def test_tells_what_is_known(self, client: FlaskClient) -> None:
        answer = sign_up(client, displayName="Ada")
        (user,) = call(client, "lookup", idToken=answer["idToken"])["users"]
        assert user["localId"] == answer["localId"]
        assert (user["email"], user["emailVerified"]) == (EMAIL, False)
        assert (user["displayName"], user["disabled"]) == ("Ada", False)
        assert user["providerUserInfo"][0]["providerId"] == "password"
        assert abs(int(user["createdAt"]) / 1000 - time.time()) < 10
        assert "passwordHash" not in user

    @pytest.mark.parametrize("token", ["", "x", "a.b.c", "\ud800"])
    def test_other_tokens_are_refused(self, client: FlaskClient, token: str) -> None:
        expected = "INVALID_ARGUMENT" if token == "\ud800" else "INVALID_ID_TOKEN"
        assert error(call(client, "lookup", idToken=token)).startswith(expected)

    def test_a_revoked_token_is_refused(self, client: FlaskClient, identity: LocalIdentity) -> None:
        answer = sign_up(client)
        identity.accounts.revoke(answer["localId"])
        assert error(call(client, "lookup", idToken=answer["idToken"])) == "TOKEN_EXPIRED"


class TestUpdate:
    def test_a_new_password_ends_all_other_sign_ins(
        self, client: FlaskClient, identity: LocalIdentity
    ) -> None:
        before = sign_up(client)
        answer = call(client, "update", idToken=before["idToken"], password="another horse")
        assert identity.verify(answer["idToken"]).user_id == before["localId"]
        assert error(call(client, "lookup", idToken=before["idToken"])) == "TOKEN_EXPIRED"
        assert error(refresh(client, before["refreshToken"])) == "TOKEN_EXPIRED"
        assert error(sign_in(client)) == "INVALID_LOGIN_CREDENTIALS"
        assert "idToken" in sign_in(client, password="another horse")

    def test_a_new_address_is_taken_if_it_is_free(self, client: FlaskClient) -> None:
        sign_up(client, email="taken@example.org")
        token = sign_up(client)["idToken"]
        taken = call(client, "update", idToken=token, email="taken@example.org")
        assert error(taken) == "EMAIL_EXISTS"
        assert call(client, "update", idToken=token, email="New@example.org")["email"] == (
            "new@example.org"
        )
        assert "idToken" in sign_in(client, email="new@example.org")
        assert error(sign_in(client)) == "INVALID_LOGIN_CREDENTIALS"

    def test_a_new_name_revokes_nothing(self, client: FlaskClient) -> None:
        token = sign_up(client)["idToken"]
        answer = call(client, "update", idToken=token, displayName="Ada L.")
        assert answer["displayName"] == "Ada L."
        assert "idToken" not in answer
        assert "users" in call(client, "lookup", idToken=token)

    def test_nothing_changes_when_the_address_is_taken(self, client: FlaskClient) -> None:
        sign_up(client, email="taken@example.org")
        token = sign_up(client)["idToken"]
        fields = {"email": "taken@example.org", "password": "another horse", "displayName": "X"}
        assert error(call(client, "update", idToken=token, **fields)) == "EMAIL_EXISTS"
        assert call(client, "lookup", idToken=token)["users"][0]["displayName"] == ""
        assert "idToken" in sign_in(client)

    def test_nothing_changes_when_one_field_is_bad(self, client: FlaskClient) -> None:
        token = sign_up(client)["idToken"]
        answer = call(client, "update", idToken=token, displayName="X", password="short")
        assert error(answer).startswith("WEAK_PASSWORD")
        assert call(client, "lookup", idToken=token)["users"][0]["displayName"] == ""

    @pytest.mark.parametrize(
        ("name", "fields"), [("update", {"password": "another horse"}), ("delete", {})]
    )
    def test_an_old_sign_in_cannot_take_the_account_over(
        self, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, name: str, fields: Any
    ) -> None:
        token = sign_up(client)["idToken"]
        now = time.time()
        monkeypatch.setattr(time, "time", lambda: now + 301)
        answer = call(client, name, idToken=token, **fields)
        assert error(answer) == "CREDENTIAL_TOO_OLD_LOGIN_AGAIN"


class TestDelete:
    def test_the_account_is_gone(
        self, client: FlaskClient, identity: LocalIdentity, tmp_path: Path
    ) -> None:
        answer = sign_up(client)
        call(client, "delete", idToken=answer["idToken"])
        assert error(call(client, "lookup", idToken=answer["idToken"])) == "USER_NOT_FOUND"
        assert error(refresh(client, answer["refreshToken"])) == "INVALID_REFRESH_TOKEN"
        assert error(sign_in(client)) == "INVALID_LOGIN_CREDENTIALS"
        assert identity.accounts.by_id(answer["localId"]) is None
        stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
        assert EMAIL.encode() not in stored
        assert sign_up(client)["localId"] != answer["localId"]


def test_the_key_is_kept_for_its_owner_only(tmp_path: Path, client: FlaskClient) -> None:
    token = sign_up(client)["idToken"]
    assert (tmp_path / "signing-key.pem").stat().st_mode & 0o777 == 0o600
    assert LocalIdentity(tmp_path, PROJECT).verify(token)


class Gone:
    """A body whose client has gone, as a server tells it that has an exception of its own."""

    def read(self, size: int = -1) -> bytes:
        raise LookupError


@pytest.mark.parametrize(
    "given",
    [
        {"data": b"[" * 30_000},
        {"data": b'{"email":' * 30_000},
        {"data": b"{"},
        {"data": b'{"email": "\\ud800", "password": "correct horse"}'},
        {"data": b'{"email": "ada@example.org", "password": "\\ud800\\ud800\\ud800"}'},
        {"environ_overrides": {"wsgi.input": Gone(), "wsgi.input_terminated": True}},
    ],
)
@pytest.mark.parametrize("name", ["signUp", "signInWithPassword", "lookup"])
def test_what_cannot_be_read_is_refused_as_firebase_does(
    client: FlaskClient, name: str, given: dict[str, Any]
) -> None:
    path = f"/identitytoolkit.googleapis.com/v1/accounts:{name}?key=k"
    response = client.post(path, content_type="application/json", **given)
    assert response.status_code == 400
    assert response.get_json()["error"]["status"] == "INVALID_ARGUMENT"
