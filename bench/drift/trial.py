"""Try one change on a copy: does the check find it, with the right name and code, and repair it?"""

import re
import subprocess
from dataclasses import dataclass, replace

import psycopg2

from bench.drift import alembic_check
from bench.drift.checks import Finding, Verdict, check, repair_script
from bench.drift.copies import Copies
from bench.drift.mutations.kinds import Mutation
from bench.drift.projects import Subject
from schemaproof_testing.psql import run_script
from schemaproof_testing.servers import Database

FAILED_CHECKS = (1, 4)
UNMODELLED, ANEW = "unmodelled", "column-order"


@dataclass(frozen=True)
class Bench:
    """The common parts of all trials of one project on one server.

    Attributes:
        subject: The project.
        copies: The source of copies of its migrated database.
        before: The result of the check before a change; it should have no findings.
        stock: The report of Alembic before a change; None to leave Alembic out.
    """

    subject: Subject
    copies: Copies
    before: Verdict
    stock: alembic_check.Ordinary | None


@dataclass(frozen=True)
class Trial:
    """The result of one change.

    Attributes:
        kind: The kind of change.
        names: The names of the changed object.
        statement: The SQL of the change.
        impossible: The error with which the server refused the change, which ends the trial.
        detected: Whether the check failed because of it.
        named: Whether a finding's path mentions the object.
        coded: Whether a finding that names it has one of the correct codes.
        repaired: Whether the repair script undid it; None where no script can.
        found: The findings, or the error message.
        trouble: The reason why the script did not undo it.
        lost: The reason why no script can undo it.
        here: The reason why environments may differ in it; then the trial does not count.
        alembic: The result of ``alembic check``; empty when it was not run.
    """

    kind: str
    names: tuple[str, ...]
    statement: str
    impossible: str = ""
    detected: bool = False
    named: bool = False
    coded: bool = False
    repaired: bool | None = None
    found: tuple[str, ...] = ()
    trouble: str = ""
    lost: str = ""
    here: str = ""
    alembic: str = ""


def try_mutation(bench: Bench, mutation: Mutation) -> Trial:
    """Change a copy, check it, repair it, and check it again."""
    kind = mutation.kind
    start = Trial(kind.name, mutation.names, mutation.statement, lost=kind.lost, here=kind.here)
    with bench.copies.copy() as database:
        try:
            database.execute_each(mutation.statement)
        except psycopg2.Error as error:
            return replace(start, impossible=str(error).strip())
        verdict = check(database)
        new = verdict.findings - bench.before.findings
        naming = {one for one in new if mentions(one[2], mutation.names)}
        stock = _ask_alembic(bench, database)
        repaired, trouble = None, ""
        if not kind.lost and not kind.here:
            trouble = _repair(bench, database, new) if new else "not detected"
            repaired = not trouble
        return replace(
            start,
            detected=verdict.code in FAILED_CHECKS and bool(new),
            named=bool(naming),
            coded=any(code in mutation.codes for _, code, _ in naming),
            repaired=repaired,
            found=_listed(verdict, new),
            trouble=trouble,
            alembic=stock,
        )


def try_harmless(bench: Bench, harmless: Mutation) -> Trial:
    """Make a harmless change in a copy, and check it; a finding is a false alarm."""
    with bench.copies.copy() as database:
        try:
            database.execute_each(harmless.statement)
        except psycopg2.Error as error:
            start = Trial(harmless.kind.name, harmless.names, harmless.statement)
            return replace(start, impossible=str(error).strip())
        return alarm(bench, database, harmless.kind.name, harmless.names, harmless.statement)


def try_session(bench: Bench, name: str, options: str) -> Trial:
    """Check an unchanged copy in a session with other settings."""
    with bench.copies.copy() as database:
        return alarm(bench, database, name, (), options, PGOPTIONS=options)


def alarm(
    bench: Bench,
    database: Database,
    name: str,
    names: tuple[str, ...],
    statement: str,
    **environ: str,
) -> Trial:
    """Check a database in which nothing should be found."""
    verdict = check(database, **environ)
    new = verdict.findings - bench.before.findings
    return Trial(
        name,
        names,
        statement,
        detected=bool(new) or verdict.code != bench.before.code,
        found=_listed(verdict, new),
        alembic=_ask_alembic(bench, database),
    )


def _ask_alembic(bench: Bench, database: Database) -> str:
    if bench.stock is None:
        return ""
    return alembic_check.alembic_check(database, bench.subject, bench.stock)


def _repair(bench: Bench, database: Database, found: frozenset[Finding]) -> str:
    """Run the repair script; return the reason why it was not sufficient."""
    try:
        run_script(database, repair_script(database))
    except subprocess.CalledProcessError as error:
        return str(error.stderr).strip()
    except subprocess.TimeoutExpired:
        return "the script does not end"
    after = check(database)
    return "; ".join(_listed(after, still_wrong(after.findings - bench.before.findings, found)))


def still_wrong(findings: frozenset[Finding], found: frozenset[Finding]) -> frozenset[Finding]:
    """Return the findings that remain after a repair and are not intended to remain.

    A script never drops an object that no model knows; and for a column that it dropped and added
    again, the check still reports that the values are lost.
    """
    return frozenset(
        one for one in findings if one[0] != UNMODELLED and (one[1] != ANEW or one in found)
    )


def _listed(verdict: Verdict, findings: frozenset[Finding]) -> tuple[str, ...]:
    return (
        *((verdict.error,) if verdict.error else ()),
        *sorted(" ".join(one) for one in findings),
    )


def mentions(path: str, names: tuple[str, ...]) -> bool:
    """Whether a path contains every name as a whole, with any quoting and escaping."""
    whole = (rf"(?<!\w){re.escape(_bare(name))}(?!\w)" for name in names)
    return all(re.search(name, _bare(path)) for name in whole)


def _bare(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\\n", " ").replace('"', "").replace("\\", ""))
