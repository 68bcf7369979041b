"""Split a page into sentences and table rows, without examples and headings."""

import re
from collections.abc import Iterator

_CODE = re.compile(r"^```.*?^```$|^    [^ ].*?$", re.MULTILINE | re.DOTALL)
_RULE = re.compile(r"^\|[\s|-]+\|$")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z`\[(])|(?<=[.!?]\))\s+")


def page_promises(page: str) -> list[str]:
    """Return the sentences and the table rows of a page, in order."""
    return [each for block in _blocks(_CODE.sub("", page)) for each in _SENTENCE.split(block)]


def _blocks(text: str) -> Iterator[str]:
    block: list[str] = []
    lines = [*text.splitlines(), ""]
    for place, line in enumerate(lines):
        is_row = line.startswith("|")
        is_start = line.startswith(("- ", "#", "|")) or not line.strip()
        if is_start and block:
            yield " ".join(block)
            block = []
        if not line.strip() or line.startswith("#") or _RULE.match(line):
            continue
        if is_row and place + 1 < len(lines) and _RULE.match(lines[place + 1]):
            continue  # This row contains the names of the columns.
        block.append(line.removeprefix("- ").strip())
