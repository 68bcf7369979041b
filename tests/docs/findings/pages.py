"""docs/findings/<code>.md: a page for each code.

Their prose is written there. What the registry and the corpus say is written by

    python -m tests.docs.findings

and a test compares: the title, the severity and what to do, and between two comments an example,
a change of the corpus that has the code, with what a check finds then and what its script says.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from core.setting_variables import PROGRAM, VARIABLES
from schemaproof.findings.codes import CODES, Code
from schemaproof.program import called, with_program
from schemaproof.schema.kinds import KINDS
from schemaproof_testing.corpus import Outcome
from schemaproof_testing.project import ROOT

FOLDER: Final = ROOT / "docs" / "findings"
LIST: Final = ROOT / "docs" / "checking.md"
_HEADING: Final = "## Codes\n"
_INTRODUCTION: Final = (
    "Each code has a page: what it means, why it matters, how it happens, how to repair it.\n"
)
_EXAMPLE: Final = re.compile(r"(<!-- example -->\n).*?(<!-- end of example -->)", re.DOTALL)
# Numbers that PostgreSQL gives anew each time.
_NUMBERED: Final = re.compile(r"_\d{5}|pg_temp|drift_[0-9a-f]+")


def examples(outcomes: Iterable[Outcome]) -> dict[Code, str]:
    """What the pages show of the corpus: for each code the change that says least beside it."""
    chosen: dict[Code, Outcome] = {}
    for outcome in outcomes:
        change = outcome.mutation
        if outcome.error or outcome.left or change.kind.here or _NUMBERED.search(change.statement):
            continue
        for code in {one.code for one in outcome.report.findings}:
            if code not in chosen or _size(outcome) < _size(chosen[code]):
                chosen[code] = outcome
    return {code: _example(outcome) for code, outcome in chosen.items()}


def _size(outcome: Outcome) -> tuple[int, int]:
    return len(outcome.report.findings), len(outcome.report.repairs)


def _example(outcome: Outcome) -> str:
    found = "\n".join(f"- `{one.code}` of ``{one.path}``" for one in outcome.report.findings)
    steps = ";\n".join(step.sql for step in outcome.report.repairs)
    parts = [_sql(outcome.mutation.statement), f"A check finds:\n\n{found}"]
    if steps:
        parts.append(f"`monps-db check --sql` prints, and this takes it back:\n\n{_sql(steps)}")
    return "\n\n".join(parts)


def _sql(text: str) -> str:
    return f"```sql\n{text.rstrip().rstrip(';')};\n```"


def whole_page(code: Code, text: str, shown: Mapping[Code, str] | None = None) -> str:
    """Return a page with what is not its own prose written again; examples where they are given."""
    text = re.sub(r"\A# .*", f"# {code}", text)
    facts = CODES[code]
    extra = f" ({facts.extra} where nothing should be set)" if facts.extra else ""
    what = f"**{facts.severity.capitalize()}{extra}.** {_advice(code)}"
    text = re.sub(r"^\*\*[\w ()]+\.\*\* .*$", lambda _: what, text, count=1, flags=re.MULTILINE)
    if shown is not None:
        text = _EXAMPLE.sub(lambda found: f"{found[1]}{shown.get(code, '')}\n{found[2]}", text)
    return text


def _advice(code: Code) -> str:
    with called(PROGRAM, VARIABLES):
        return with_program(CODES[code].recommendation)


def has_example(text: str) -> bool:
    return _EXAMPLE.search(text) is not None


def with_table(page: str) -> str:
    """Return docs/checking.md with the codes as they are now; they are its last section."""
    before, heading, _ = page.partition(_HEADING)
    return f"{before}{heading or _HEADING}\n{_INTRODUCTION}\n{''.join(_table())}"


def _table() -> Iterator[str]:
    yield "| about | codes |\n| --- | --- |\n"
    for kind in KINDS:
        links = ", ".join(_link(code, code.aspect) for code in sorted(CODES) if code.kind == kind)
        yield f"| {kind} | {links} |\n"
    yield "\n| about no object | severity | what to do |\n| --- | --- | --- |\n"
    for code in sorted(code for code in CODES if code.kind not in KINDS):
        yield f"| {_link(code, code)} | {CODES[code].severity} | {_advice(code)} |\n"


def _link(code: Code, text: str) -> str:
    return f"[{text}](findings/{code}.md)"
