"""Advice names the program that the user runs."""

from schemaproof import program
from schemaproof.findings.codes import CODES, code
from schemaproof.findings.findings import Finding, Kind, Report
from schemaproof.report import html, json, junit, markdown, sarif, text
from schemaproof.schema.paths import ObjectPath

MISSING = Finding(code("snapshot-missing"), Kind.MISSING_REVISION, ObjectPath("a1"))


def test_a_program_of_ones_own_is_named_within_it_and_the_engine_else() -> None:
    assert MISSING.recommendation.endswith(": schemaproof snapshot")
    with program.called("shop"):
        assert MISSING.recommendation.endswith(": shop snapshot")
        with program.called("other"):
            assert program.command_line("check") == "other check"
        assert program.program_name() == "shop"
    assert program.program_name() == "schemaproof"


def test_what_a_database_holds_is_no_place_for_a_name() -> None:
    finding = Finding(code("column-missing"), Kind.DRIFT, ObjectPath("t"), hint="{program}")
    assert finding.recommendation.endswith("({program})")


def test_every_format_names_the_program() -> None:
    report = Report((MISSING,), objects=1, attributes=1)
    with program.called("shop"):
        written = [one.render(report) for one in (html, json, junit, markdown, sarif, text)]
    for document in written:
        assert "shop" in document
        assert "schemaproof snapshot" not in document
        assert "{program}" not in document


def test_no_code_names_a_program_by_itself() -> None:
    assert not [code for code, facts in CODES.items() if "monps-db" in facts.recommendation]
