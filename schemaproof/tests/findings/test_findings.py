"""Every code is registered, with a severity and one sentence of advice; kinds are counted."""

import ast
import inspect
import re
from itertools import product

import pytest

from schemaproof.audit import state as audit_state
from schemaproof.catalog.queries import SQL
from schemaproof.check import (
    column_order,
    database_state,
    history_findings,
    history_tables_diff,
    live_findings,
    model_findings,
)
from schemaproof.check.live import (
    database_settings,
    foreign_keys,
    hypertables,
    partition_rows,
    partitions,
    sequence_values,
    surroundings,
)
from schemaproof.compare import Difference, compare
from schemaproof.findings import baseline
from schemaproof.findings.codes import CODES, Code, Severity
from schemaproof.findings.findings import Kind, Report, drift, missing_revision
from schemaproof.history import broken_history
from schemaproof_testing.comparison_cases import CASES
from schemaproof_testing.findings import make_difference, make_finding
from schemaproof_testing.snapshots import EXAMPLE, OBJECT_OF, Q, changed, renamed, without

CODE = r"[a-z]+(-[a-z]+)+"
FINDING = (
    *(database_state, model_findings, live_findings, column_order, history_findings, baseline),
    *(sequence_values, database_settings, surroundings, foreign_keys, audit_state),
    *(broken_history, history_tables_diff, hypertables, partitions, partition_rows),
)
SAYING = ("collation_versions", "surroundings")


def codes_of_comparison() -> set[str]:
    """Return every code that comparisons can produce, by comparing."""
    pairs = [(EXAMPLE, changed(EXAMPLE, case.address, **case.change)) for case in CASES]
    pairs += [(EXAMPLE, without(EXAMPLE, address)) for address in (*OBJECT_OF.values(), Q)]
    pairs += [(actual, expected) for expected, actual in pairs]
    pairs += [(EXAMPLE, renamed(EXAMPLE, address)) for address in OBJECT_OF.values()]
    return {found.code for pair in pairs for found in compare(*pair).differences}


def words_in(argument: ast.expr) -> list[str]:
    nodes = (node for node in ast.walk(argument) if isinstance(node, ast.Constant))
    return [str(node.value) for node in nodes]


def codes_written() -> set[str]:
    """Return every code that the Python and SQL files contain."""
    in_python = (
        "-".join(parts)
        for module in FINDING
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) == "Code"
        for parts in product(*map(words_in, node.args))
    )
    queries = (SQL.for_driver(name) for name in SAYING)
    in_sql = (text for query in queries for text in re.findall(r"'([a-z-]+)'", query))
    return {text for text in (*in_python, *in_sql) if re.fullmatch(CODE, text)}


def test_codes_registered_are_the_codes_that_findings_have() -> None:
    assert codes_of_comparison() | codes_written() == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_code_has_one_sentence_of_advice(code: Code) -> None:
    advice = CODES[code].recommendation
    assert re.fullmatch(r"[A-Z](?!.*[.!?] )[^\n]+", advice.replace(" ... ", " "))


@pytest.mark.parametrize("code", CODES)
def test_code_is_lower_case_words(code: str) -> None:
    assert re.fullmatch(CODE, code)


@pytest.mark.parametrize(
    ("code", "severity"),
    [
        ("column-missing", Severity.BREAKING),
        ("column-type", Severity.BREAKING),
        ("column-unexpected", Severity.OPERATIONAL),
        ("column-nullability", Severity.INTEGRITY),
        ("foreign-key-missing", Severity.INTEGRITY),
        ("unique-missing", Severity.INTEGRITY),
        ("unique-index-invalid", Severity.INTEGRITY),
        ("index-missing", Severity.OPERATIONAL),
        ("table-comment", Severity.COSMETIC),
        ("table-persistence", Severity.INTEGRITY),
        ("table-row-security", Severity.INTEGRITY),
        ("table-privileges", Severity.OPERATIONAL),
        ("view-definition", Severity.BREAKING),
        ("materialized-view-not-populated", Severity.BREAKING),
        ("foreign-key-not-validated", Severity.INTEGRITY),
        ("foreign-key-disabled", Severity.INTEGRITY),
        ("trigger-missing", Severity.INTEGRITY),
        ("trigger-enabled", Severity.INTEGRITY),
        ("policy-unexpected", Severity.INTEGRITY),
        ("function-definition", Severity.BREAKING),
        ("statistics-missing", Severity.OPERATIONAL),
        ("default-privileges-definition", Severity.OPERATIONAL),
    ],
)
def test_severity_says_what_is_at_stake(code: str, severity: Severity) -> None:
    assert make_finding(code, Kind.DRIFT, "q.t").severity is severity


def difference(code: str, path: str = "q.t") -> Difference:
    return make_difference(code, path, "as it should be", "as it is")


def test_finding_says_what_its_difference_says() -> None:
    (found,) = drift([difference("column-type")], managed=["q"])
    assert found == make_finding("column-type", Kind.DRIFT, "q.t", "as it should be", "as it is")


@pytest.mark.parametrize(
    ("code", "path", "kind"),
    [
        ("table-unexpected", "q.t", Kind.UNMODELLED),
        ("sequence-unexpected", "q.s", Kind.UNMODELLED),
        ("table-unexpected", '"Our Schema".t', Kind.UNMODELLED),
        ("table-unexpected", "public.t", Kind.DRIFT),
        ("table-unexpected", "q2.t", Kind.DRIFT),
        ("table-missing", "q.t", Kind.DRIFT),
        ("column-unexpected", "q.t.c", Kind.DRIFT),
        ("index-unexpected", "q.t.ix", Kind.DRIFT),
    ],
)
def test_whole_object_in_a_managed_schema_is_unmodelled(code: str, path: str, kind: Kind) -> None:
    (found,) = drift([difference(code, path)], managed=["q", "Our Schema"])
    assert found.kind is kind


def test_models_ahead_of_history_need_a_revision() -> None:
    (found,) = missing_revision([difference("column-missing")])
    assert found.kind is Kind.MISSING_REVISION
    assert "schemaproof revision -m" in found.recommendation


@pytest.mark.parametrize(
    ("code", "start", "end"),
    [
        ("table-unexpected", "Add it to the models, or", "schemaproof revision -m '...'"),
        ("index-unexpected", "Add it to the models, or", "schemaproof revision -m '...'"),
        ("sequence-unexpected", "Add it to the models, or", "schemaproof revision -m '...'"),
        ("view-unexpected", "Declare it with the models, or", "revision --empty -m '...'"),
        ("trigger-unexpected", "Declare it with the models, or", "revision --empty -m '...'"),
        ("index-missing", "Write a revision for it:", "schemaproof revision -m '...'"),
        ("trigger-missing", "Write a revision for it, by hand:", "revision --empty -m '...'"),
    ],
)
def test_what_models_lack_is_added_to_them_or_dropped(code: str, start: str, end: str) -> None:
    (found,) = missing_revision([difference(code)])
    assert found.recommendation.startswith(start)
    assert found.recommendation.endswith(end)


def test_revision_without_snapshot_needs_a_snapshot_and_no_revision() -> None:
    found = make_finding("snapshot-missing", Kind.MISSING_REVISION, "0123456789ab")
    assert "schemaproof snapshot" in found.recommendation


REPORT = Report(
    (
        make_finding("column-type", Kind.DRIFT, "q.t.a"),
        make_finding("column-type", Kind.DRIFT, "q.t.b"),
        make_finding("table-unexpected", Kind.UNMODELLED, "q.u"),
        make_finding("revision-pending", Kind.PENDING, "0123456789ab"),
    ),
    objects=3,
    attributes=14,
)


def test_findings_are_counted_by_kind() -> None:
    assert REPORT.kinds() == {"drift": 2, "unmodelled": 1, "pending": 1}


def test_findings_are_counted_by_code() -> None:
    assert REPORT.codes() == {"column-type": 2, "table-unexpected": 1, "revision-pending": 1}


def test_headline_counts_the_kinds_that_there_are() -> None:
    assert REPORT.headline() == "drift: 2, pending: 1, unmodelled: 1"


def test_headline_of_nothing_says_how_much_was_compared() -> None:
    assert Report((), objects=3, attributes=14).headline() == "in sync: 3 objects, 14 attributes"


def test_every_kind_appears_in_a_headline() -> None:
    report = Report(tuple(make_finding("column-type", kind, "q.t") for kind in Kind), 1, 1)
    assert report.headline() == ", ".join(f"{kind.value}: 1" for kind in Kind)
