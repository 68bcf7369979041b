"""Judgements of the drift benchmark: which findings name an object, and what the report shows."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.drift import report
from bench.drift.__main__ import main
from bench.drift.mutations.kinds import Kind
from bench.drift.runs import Options, Run
from bench.drift.trial import Trial, mentions, still_wrong

GOOD = Trial("a", ("s", "t"), "", detected=True, named=True, coded=True, repaired=True)


def run(*trials: Trial, harmless: tuple[Trial, ...] = ()) -> Run:
    return Run("own", 18, (), trials, harmless)


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("quantum.teams.tier", ("quantum", "teams", "tier")),
        ('"a b"."c""d"', ("a b", 'c"d')),
        ("zoo.line\\nbreak", ("zoo", "line\nbreak")),
        ("anything", ()),
    ],
)
def test_a_path_mentions_names_however_it_quotes_them(path: str, names: tuple[str, ...]) -> None:
    assert mentions(path, names)


@pytest.mark.parametrize("names", [("quantum", "odds"), ("quantum.team",), ("public", "teams")])
def test_a_path_of_something_else_mentions_nothing(names: tuple[str, ...]) -> None:
    assert not mentions("quantum.teams.tier", names)


def test_what_no_model_knows_may_stay_after_a_repair() -> None:
    drift = ("drift", "table-missing", "quantum.teams")
    unmodelled = ("unmodelled", "table-unexpected", "quantum.x")
    assert still_wrong(frozenset({drift, unmodelled}), frozenset()) == {drift}


def test_that_data_are_gone_may_stay_after_a_repair_unless_it_was_the_change_itself() -> None:
    gone = frozenset({("drift", "column-order", "quantum.teams.tier")})
    assert still_wrong(gone, frozenset()) == frozenset()
    assert still_wrong(gone, gone) == gone


def test_codes_of_a_kind_are_told_for_the_target() -> None:
    kind = Kind("a", "idx", "''", "{}-changed {}-definition index-missing")
    assert kind.codes_for("unique-index") == {
        "unique-index-changed",
        "unique-index-definition",
        "index-missing",
    }


@pytest.mark.parametrize(
    ("trial", "title"),
    [
        (replace(GOOD, detected=False, named=False, repaired=False), "not detected: 1"),
        (replace(GOOD, named=False, coded=False), "detected, not named: 1"),
        (replace(GOOD, coded=False), "named, another code: 1"),
        (replace(GOOD, repaired=False), "detected, not repaired: 1"),
        (replace(GOOD, impossible="no"), "refused by the server: 1"),
    ],
)
def test_what_went_wrong_is_listed_by_kind(trial: Trial, title: str) -> None:
    assert title in report.misses([run(trial)])


def test_a_finding_about_something_harmless_is_a_false_alarm() -> None:
    assert "false alarms: 1\n  a: 1 (own 18)" in report.misses([run(harmless=(GOOD,))])


def test_nothing_went_wrong() -> None:
    assert report.misses([run(GOOD, harmless=(replace(GOOD, detected=False),))]) == ""


def test_the_table_counts_what_could_be_tried() -> None:
    trials = (GOOD, replace(GOOD, detected=False), replace(GOOD, impossible="no", detected=False))
    row = report.table([run(*trials)]).splitlines()[-1]
    assert [cell.strip() for cell in row.split("|")[1:6]] == ["own", "18", "1", "2", "1"]


def test_only_chooses_kinds_by_pattern() -> None:
    options = Options(only=("index*", "table dropped"))
    assert [options.wants(name) for name in ("index: descending", "table dropped", "view")] == [
        True,
        True,
        False,
    ]


def test_a_folder_without_a_project_is_one_clear_line(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["--project", str(tmp_path)])
    assert done.exit_code == 2
    assert f"{tmp_path}: there is no alembic.ini in that folder" in done.output
