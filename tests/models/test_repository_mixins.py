"""Time stamps, audit columns, to_dict and repr."""

from datetime import timedelta

import pytest
from sqlalchemy import inspect

from models import TeamQuantumDNA
from tests.support.repository_rows import Store, odds, team


def stamps(store: Store) -> tuple[object, ...]:
    return store.ask("SELECT created_at, updated_at FROM quantum.team_quantum_dna")[0]


def test_a_new_row_has_both_time_stamps_from_the_database(store: Store) -> None:
    before = store.ask("SELECT clock_timestamp()")[0][0]
    with store.unit_of_work() as uow:
        row = uow.teams.create(team())
        uow.commit()
    after = store.ask("SELECT clock_timestamp()")[0][0]
    assert before <= row.created_at == row.updated_at <= after
    assert stamps(store) == (row.created_at, row.updated_at)


def test_updated_at_moves_on_every_update_also_within_one_transaction(store: Store) -> None:
    with store.unit_of_work() as uow:
        row = uow.teams.create(team())
        seen = [row.updated_at]
        for tier in ("A", "B", "C"):
            row.tier = tier
            assert uow.teams.update(row) is row
            seen.append(row.updated_at)
        uow.commit()
    assert seen == sorted(set(seen))
    assert stamps(store) == (row.created_at, seen[-1])
    assert row.created_at == seen[0]


def test_an_update_of_nothing_moves_nothing(store: Store) -> None:
    store.add(row := team())
    with store.unit_of_work() as uow:
        found = uow.teams.get_by_id(row.team_id)
        assert found is not None
        found.tier = found.tier
        uow.teams.update(found)
        uow.commit()
    assert stamps(store) == (row.created_at, row.updated_at)


def test_an_old_row_of_another_session_brings_its_changes_and_nothing_else(store: Store) -> None:
    store.add(odds(id=1))
    with store.unit_of_work() as uow:
        old = uow.odds.get_by_id(1)
    with store.unit_of_work() as uow:
        fresh = uow.odds.get_by_id(1)
        assert fresh is not None
        fresh.home_odds = 7.0
        uow.odds.update(fresh)
        uow.commit()
    assert old is not None
    old.away_odds = 1.2
    with store.unit_of_work() as uow:
        merged = uow.odds.update(old)
        uow.commit()
    assert (merged.home_odds, merged.away_odds) == (7.0, 1.2)
    assert merged.updated_at > fresh.updated_at
    assert store.ask("SELECT created_at, updated_at FROM odds") == [
        (old.created_at, merged.updated_at)
    ]


def test_a_time_stamp_can_be_given(store: Store) -> None:
    store.add(row := team())
    earlier = row.created_at - timedelta(days=3)
    with store.unit_of_work() as uow:
        found = uow.teams.get_by_id(row.team_id)
        assert found is not None
        found.created_at = found.updated_at = earlier
        uow.teams.update(found)
        uow.commit()
    assert stamps(store) == (earlier, earlier)


def test_who_and_why_are_written_and_read_back(store: Store) -> None:
    with store.unit_of_work() as uow:
        row = uow.teams.create(team(created_by="import"))
        row.updated_by, row.change_reason = "Zoë", "line 1\nline 2"
        uow.teams.update(row)
        uow.commit()
    with store.unit_of_work() as uow:
        found = uow.teams.get_by_id(row.team_id)
        assert found is not None
        who = (found.created_by, found.updated_by, found.change_reason)
        assert who == ("import", "Zoë", "line 1\nline 2")


def test_to_dict_has_every_column_also_of_an_updated_row_after_the_session(store: Store) -> None:
    with store.unit_of_work() as uow:
        row = uow.odds.create(odds(home_odds=1.5))
        row.draw_odds = 3.25
        uow.odds.update(row)
        uow.commit()
    stored = row.to_dict()
    columns = store.ask(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'odds'"
    )
    assert set(stored) == {name for (name,) in columns}
    assert (stored["home_odds"], stored["draw_odds"], stored["line"]) == (1.5, 3.25, None)
    assert stored["price_type"] == "current"


def test_the_representation_is_the_primary_key_and_never_a_query(store: Store) -> None:
    row = team("Secret")
    assert repr(row) == "<TeamQuantumDNA (not persisted)>"
    with store.sessions() as session:
        session.add(row)
        assert repr(row) == "<TeamQuantumDNA (not persisted)>"
        session.commit()
        id_ = row.team_id
        name = f"<TeamQuantumDNA team_id={row.team_id}>"
        session.expire_all()
        with store.statements() as sent:
            assert repr(row) == name
        session.expunge(row)
        assert inspect(row).detached
        with store.statements() as more:
            assert repr(row) == name
        found = session.get(TeamQuantumDNA, id_)
        assert found is not None
        session.delete(found)
        session.flush()
        assert inspect(found).deleted
        with store.statements() as last:
            assert repr(found) == name
    assert sent == more == last == []


@pytest.mark.parametrize("vector", ["market_dna", "luck_dna", "legacy_facts"])
def test_none_in_json_is_null_and_not_the_json_null(store: Store, vector: str) -> None:
    row = team()
    setattr(row, vector, None)
    store.add(row)
    assert store.ask(f"SELECT {vector} IS NULL FROM quantum.team_quantum_dna") == [(True,)]
