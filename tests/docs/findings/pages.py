"""Generate docs/findings/<family>.md, which explains the codes of a kind of object.

The prose in these pages is written by hand. The other parts are written by

    python -m tests.docs.findings

and compared by a test: title and introduction of a page, severity and advice of each code, and
between two comments an example: a change of the corpus that has the code, with the finding and the
repair script. docs/findings.md, the table of all codes, is generated completely.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from core.setting_variables import PROGRAM, VARIABLES
from schemaproof.findings.codes import CODES, Code
from schemaproof.program import called, with_program

TABLE: Final = Path(__file__).resolve().parents[3] / "docs" / "findings.md"
FOLDER: Final = TABLE.with_suffix("")
# A page with the name "index" would be the first page of its folder.
_FAMILIES: Final = {
    **dict.fromkeys(("index", "unique-index"), "indexes"),
    **dict.fromkeys(("branches", "ledger", "models", "revision"), "history"),
    **dict.fromkeys(("several", "snapshot", "version"), "history"),
    **dict.fromkeys(("encoding", "role"), "database"),
    "baseline-entry": "baseline",
}
_INTRODUCTION: Final = """# Findings: {family}

`monps-db check --sql` prints the statements that repair your database, where it knows them: see
[repairing](../checking.md#repairing). The examples are about a schema of the tests, `zoo`, and a
table `quantum.pick`. [One table](../findings.md) lists all codes.
"""
_TABLE: Final = """# Findings: all codes

A finding has one of these {count} codes. Each links to its section: why it matters, how it
happens and how to repair it.

| code | severity | what it means | what to do |
| --- | --- | --- | --- |
"""
_EXAMPLE: Final = re.compile(r"(<!-- example -->\n).*?(<!-- end of example -->)", re.DOTALL)


def family(code: Code) -> str:
    """Return the name of the page that contains a code."""
    return _FAMILIES.get(code.kind, code.kind)


def pages() -> dict[Path, list[Code]]:
    """Return every page with its codes."""
    found: dict[Path, list[Code]] = {}
    for code in sorted(CODES):
        found.setdefault(FOLDER / f"{family(code)}.md", []).append(code)
    return found


def sections(text: str) -> dict[str, str]:
    """Return the sections of a page, by their codes."""
    _, *parts = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    return {part.partition("\n")[0].removeprefix("## "): part.rstrip() for part in parts}


def whole_page(path: Path, text: str, shown: Mapping[Code, str] | None = None) -> str:
    """Return a page with its generated parts replaced; examples only where they are given."""
    written = sections(text)
    parts = [_section(code, written.get(code, ""), shown) for code in pages()[path]]
    return "\n\n".join([_INTRODUCTION.format(family=path.stem).rstrip(), *parts]) + "\n"


def _section(code: Code, text: str, shown: Mapping[Code, str] | None) -> str:
    text = text or f"## {code}"
    facts = CODES[code]
    extra = f" ({facts.extra} where nothing should be set)" if facts.extra else ""
    what = f"**{facts.severity.capitalize()}{extra}.** {_advice(code)}"
    text = re.sub(r"^\*\*[\w ()]+\.\*\* .*$", lambda _: what, text, count=1, flags=re.MULTILINE)
    if shown is not None:
        text = _EXAMPLE.sub(lambda found: f"{found[1]}{shown.get(code, '')}\n{found[2]}", text)
    return text


def has_example(text: str) -> bool:
    """Return whether a section contains an example."""
    return _EXAMPLE.search(text) is not None


def table() -> str:
    """Return the expected text of docs/findings.md."""
    lines = [
        " | ".join(
            (
                f"| [{code}](findings/{path.name}#{code})",
                CODES[code].severity,
                _meaning(text),
                f"{_advice(code)} |\n",
            )
        )
        for path in pages()
        for code, text in _page_sections(path)
    ]
    return _TABLE.format(count=len(CODES)) + "".join(lines)


def _page_sections(path: Path) -> list[tuple[Code, str]]:
    written = sections(path.read_text("utf-8"))
    return [(code, written[code]) for code in pages()[path]]


def _meaning(section: str) -> str:
    """Return the first sentence of a section."""
    paragraph = section.split("\n\n")[1]
    return re.split(r"(?<=\.) (?=[A-Z`])", paragraph)[0].replace("|", r"\|")


def _advice(code: Code) -> str:
    with called(PROGRAM, VARIABLES):
        return with_program(CODES[code].recommendation)
