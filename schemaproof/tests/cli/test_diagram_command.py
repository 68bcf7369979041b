"""``diagram`` of the models, the history or a database, as Mermaid, DOT, SVG or HTML."""

import re

import pytest

from schemaproof_testing.project import Outcome, Programs
from schemaproof_testing.servers import Database

START = {
    "mermaid": "erDiagram\n",
    "dot": "digraph schema {\n",
    "svg": "<?xml ",
    "html": "<!doctype",
}


def boxes(outcome: Outcome) -> set[str]:
    """Return the tables in a Mermaid diagram."""
    assert (outcome.code, outcome.err) == (0, "")
    return set(re.findall(r"^    t\d+\[\"([^\"]+)\"\]", outcome.out, re.MULTILINE))


@pytest.mark.slow
@pytest.mark.parametrize("format_", START)
def test_each_format_is_written(programs: Programs, format_: str) -> None:
    printed = programs.monps_db("diagram", "--format", format_)
    assert (printed.code, printed.err) == (0, "")
    assert printed.out.startswith(START[format_])
    assert programs.monps_db("diagram", "--format", format_, "--output", "x").text == ""
    assert (programs.folder / "x").read_text("utf-8") == printed.out
    assert "team_quantum_dna" in printed.out


def test_a_schema_or_what_is_around_a_table_is_drawn(programs: Programs) -> None:
    assert len(boxes(programs.monps_db("diagram"))) == 7
    assert len(boxes(programs.monps_db("diagram", "--schema", "quantum"))) == 5
    around = programs.monps_db("diagram", "--around", "quantum_strategies", "--depth", "1")
    assert boxes(around) == {"quantum.quantum_strategies", "quantum.team_quantum_dna"}
    wrong = programs.monps_db("diagram", "--around", "public.odd")
    assert (wrong.code, wrong.out, wrong.err.count("\n")) == (2, "", 1)
    assert "the nearest are public.odds" in wrong.err


@pytest.mark.slow
@pytest.mark.usefixtures("own_history")
def test_the_models_and_a_database_are_drawn_too(migrated: Database, programs: Programs) -> None:
    head = programs.monps_db("diagram").out.partition("t0")[2]
    for source in ("models", "live"):
        assert programs.monps_db("diagram", source).out.partition("t0")[2] == head
    migrated.execute('DROP TABLE public.odds; CREATE TABLE quantum."</svg>" ()')
    painted = programs.monps_db("diagram", "--compare", "live")
    assert re.search(r"class t0 missing\n", painted.out)
    assert re.search(r"class t\d unexpected(\n|$)", painted.out)
    page = programs.monps_db("diagram", "--compare", "live", "--format", "html")
    assert 'class="box table missing"' in page.out
    assert page.out.count("</svg>") == 1


@pytest.mark.slow
def test_the_page_of_a_check_has_a_picture_of_what_it_found(
    migrated: Database, programs: Programs
) -> None:
    assert "<svg" not in programs.monps_db("check", "--format", "html").out
    migrated.execute(
        "DROP TABLE public.odds; CREATE TABLE quantum.by_hand ();"
        " ALTER TABLE quantum.quantum_strategies DROP COLUMN roi, ADD roe text"
    )
    page = programs.monps_db("check", "--format", "html").out
    for drawn in ("box table missing", "box table unexpected", "row missing", "row unexpected"):
        assert f'class="{drawn}"' in page
    assert "goalscorer_profiles" not in page
