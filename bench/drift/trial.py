"""One change on a copy of its own: is it found, named, told by its code, and taken back?"""

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
    """What every trial of one project on one server shares.

    Attributes:
        subject: The project.
        copies: Copies of its migrated database.
        before: What the check finds there before anything was changed; nothing, it is hoped.
        stock: What Alembic says there; None to leave Alembic out.
    """

    subject: Subject
    copies: Copies
    before: Verdict
    stock: alembic_check.Ordinary | None


@dataclass(frozen=True)
class Trial:
    """What came of one change.

    Attributes:
        kind: The kind of change.
        names: What it was done to.
        statement: How.
        impossible: Why the server refused the change; nothing else was tried then.
        detected: Whether the check failed because of it.
        named: Whether a finding's path mentions the object.
        coded: Whether a finding that names it has one of the right codes.
        repaired: Whether the script took it back; None where no script can.
        found: The findings, or what was said instead.
        trouble: Why the script did not take it back.
        lost: Why no script can.
        here: Why it is decided in each environment; then it does not count.
        alembic: What ``alembic check`` said of it; empty when it was not asked.
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
    """Change a copy, check it, repair it, check it again."""
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
    """Do something harmless to a copy; whatever is found then is a false alarm."""
    with bench.copies.copy() as database:
        try:
            database.execute_each(harmless.statement)
        except psycopg2.Error as error:
            start = Trial(harmless.kind.name, harmless.names, harmless.statement)
            return replace(start, impossible=str(error).strip())
        return alarm(bench, database, harmless.kind.name, harmless.names, harmless.statement)


def try_session(bench: Bench, name: str, options: str) -> Trial:
    """Check an untouched copy in a session with settings of its own."""
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
    """Tell what a check finds where nothing is to be found."""
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
    """Run the script of the check; return why that was not enough."""
    try:
        run_script(database, repair_script(database))
    except subprocess.CalledProcessError as error:
        return str(error.stderr).strip()
    except subprocess.TimeoutExpired:
        return "the script does not end"
    after = check(database)
    return "; ".join(_listed(after, still_wrong(after.findings - bench.before.findings, found)))


def still_wrong(findings: frozenset[Finding], found: frozenset[Finding]) -> frozenset[Finding]:
    """Leave out what stays by design, where it was not the change itself.

    What no model knows a script never drops; and of a column that it had to make anew the check
    goes on saying that what it held is gone.
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
    """Tell whether a path holds every name, whole, however it quotes and escapes them."""
    whole = (rf"(?<!\w){re.escape(_bare(name))}(?!\w)" for name in names)
    return all(re.search(name, _bare(path)) for name in whole)


def _bare(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\\n", " ").replace('"', "").replace("\\", ""))
