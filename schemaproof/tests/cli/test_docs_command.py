"""``docs`` writes a folder of pages about a revision, or about a database with its sizes."""

from pathlib import Path

import pytest

from schemaproof_testing.project import Programs


@pytest.mark.slow
@pytest.mark.usefixtures("migrated")
def test_a_folder_of_pages_is_written(programs: Programs) -> None:
    outcome = programs.monps_db("docs", "live", "--output", "made/here")
    assert (outcome.code, outcome.err, outcome.out) == (0, "", "8 pages in made/here\n")
    folder = programs.folder / "made" / "here"
    assert "Decimal odds, above 1.0" in (folder / "public.odds.html").read_text("utf-8")
    assert "About 0 rows" in (folder / "public.odds.html").read_text("utf-8")
    own = folder / "own.html"
    own.write_text('<p>As in <meta name="generator" content="schemaproof docs"></p>', "utf-8")
    again = programs.monps_db("docs", "--schema", "quantum", "--output", "made/here")
    assert again.out == "6 pages in made/here; 2 old pages removed\n"
    assert not (folder / "public.odds.html").exists()
    assert own.exists()
    assert "About " not in (folder / "quantum.quantum_strategies.html").read_text("utf-8")


@pytest.mark.slow
def test_a_folder_that_cannot_be_made_is_one_line(programs: Programs, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    outcome = programs.monps_db("docs", "--output", str(tmp_path / "file" / "x"))
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (6, "", 1)
    assert "cannot be created: Not a directory" in outcome.err
