"""Whose carets are shown, and what is passed on about them."""

from collab import presence as presence_module
from collab.presence import Presence
from collab.protocol import Awareness, AwarenessState

MAYA = {"id": "1", "name": "Maya"}


def say(*states: tuple) -> Awareness:
    return Awareness(tuple(AwarenessState(*state) for state in states))


def shown(presence: Presence) -> dict:
    return {state.client_id: state.state for state in presence.everybody()}


def test_a_client_is_shown_under_the_sessions_name():
    presence = Presence()
    presence.show(say((7, 1, {"cursor": 3, "user": {"name": "Somebody else"}})), "socket", MAYA)
    assert shown(presence) == {7: {"cursor": 3, "user": MAYA}}
    assert presence.take_changes() == [AwarenessState(7, 1, {"cursor": 3, "user": MAYA})]
    assert not presence.has_changes


def test_what_others_repeat_about_a_client_is_ignored():
    presence = Presence()
    presence.show(say((7, 1, {"cursor": 3})), "socket", MAYA)
    presence.take_changes()
    presence.show(say((7, 5, {"cursor": 9}), (7, 6, None)), "another", {"name": "Tomás"})
    assert not presence.has_changes
    assert shown(presence) == {7: {"cursor": 3, "user": MAYA}}


def test_what_is_older_is_ignored():
    presence = Presence()
    presence.show(say((7, 5, {"cursor": 5})), "socket", MAYA)
    presence.show(say((7, 4, {"cursor": 4})), "socket", MAYA)
    assert shown(presence)[7]["cursor"] == 5


def test_a_client_that_leaves_is_gone_with_a_later_clock():
    presence = Presence()
    presence.show(say((7, 5, {})), "socket", MAYA)
    presence.show(say((8, 1, {})), "another", MAYA)
    presence.take_changes()
    presence.leave("socket")
    assert presence.take_changes() == [AwarenessState(7, 6, None)]
    assert list(shown(presence)) == [8]
    presence.show(say((7, 7, {})), "socket again", MAYA)
    assert list(shown(presence)) == [8, 7]


def test_a_socket_shows_a_few_clients_at_most():
    presence = Presence()
    presence.show(say(*((client_id, 1, {}) for client_id in range(100))), "socket", MAYA)
    assert list(shown(presence)) == [0, 1, 2, 3]


def test_another_workers_clients_keep_their_names():
    presence = Presence()
    told = {"cursor": 1, "user": {"name": "Tomás"}}
    presence.show_foreign(say((7, 1, told)), "worker")
    presence.show(say((7, 9, {"cursor": 2})), "socket", MAYA)
    presence.show_foreign(say((7, 9, None)), "another worker")
    assert shown(presence) == {7: told}
    presence.show_foreign(say((7, 2, None)), "worker")
    assert shown(presence) == {}


def test_clients_not_heard_of_for_long_are_forgotten(monkeypatch):
    presence = Presence()
    presence.show_foreign(say((7, 1, {})), "a worker that was killed")
    monkeypatch.setattr(presence_module, "FORGOTTEN_AFTER_SECONDS", -1.0)
    assert shown(presence) == {}
