from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from shared.application.create_session import NewSession, create_session
from shared.application.event_ticket import TICKETS, Access, issue_ticket, redeem_ticket
from shared.application.ports import Query
from shared.application.sweep import sweep
from shared.domain.errors import SessionNotFound, Unauthenticated
from tests.world import World


def create(world: World) -> str:
    session_id = world.new_id()
    create_session(world, "ada", NewSession(title="One"), session_id)
    return session_id


def test_ticket_opens_once(world: World) -> None:
    session_id = create(world)
    until = world.now() + timedelta(minutes=50)
    ticket = issue_ticket(world, "ada", session_id, until)
    assert redeem_ticket(world, session_id, ticket.secret) == Access("ada", until)
    with pytest.raises(Unauthenticated):
        redeem_ticket(world, session_id, ticket.secret)


def test_ticket_is_stored_only_as_a_hash(world: World) -> None:
    ticket = issue_ticket(world, "ada", create(world), None)
    (stored,) = world.documents.query(Query(TICKETS))
    assert ticket.secret not in repr(stored)


def test_ticket_expires_after_thirty_seconds(world: World) -> None:
    session_id = create(world)
    ticket = issue_ticket(world, "ada", session_id, None)
    assert ticket.expires_at - world.now() == timedelta(seconds=30)
    world.pass_time(seconds=30)
    with pytest.raises(Unauthenticated):
        redeem_ticket(world, session_id, ticket.secret)


def test_ticket_of_another_session_opens_nothing_and_is_used_up(world: World) -> None:
    session_id, other = create(world), create(world)
    ticket = issue_ticket(world, "ada", session_id, None)
    for wanted in (other, session_id):
        with pytest.raises(Unauthenticated):
            redeem_ticket(world, wanted, ticket.secret)


def test_ticket_is_refused_to_strangers(world: World) -> None:
    session_id = create(world)
    with pytest.raises(SessionNotFound):
        issue_ticket(world, "bob", session_id, None)
    assert world.documents.query(Query(TICKETS)) == []


def test_ticket_redeemed_by_many_at_once_opens_one(world: World) -> None:
    session_id = create(world)
    ticket = issue_ticket(world, "ada", session_id, None)
    opened = []

    def redeem() -> None:
        try:
            opened.append(redeem_ticket(world, session_id, ticket.secret))
        except Unauthenticated:
            return

    threads = [threading.Thread(target=redeem) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 1


def test_sweep_forgets_tickets_that_nobody_used(world: World) -> None:
    issue_ticket(world, "ada", create(world), None)
    world.pass_time(seconds=31)
    sweep(world, stalled_after_s=120)
    assert world.documents.query(Query(TICKETS)) == []
