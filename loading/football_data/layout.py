"""Find the header of a season file, its delimiter and the meaning of its columns.

football-data.co.uk publishes two layouts. Copies that people saved may have another separator, a
line ``sep=;`` or a title above the header, or names in another case.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from loading.football_data import columns
from loading.football_data.names import Names

SEPARATORS: Final = (",", ";", "\t", "|")
HEAD_LINES: Final = 10
"""The number of first lines in which the header is looked for; titles may stand above it."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout of football-data.co.uk.

    Attributes:
        name: The name of the layout in messages.
        required: The columns that every match needs.
        renamed: The other names of columns, by the name in this package.
        marks: The marks in column names that distinguish opening from closing prices.
    """

    name: str
    required: tuple[str, ...]
    renamed: Mapping[str, str]
    marks: columns.Marks


MAIN: Final = Layout(
    "season file",
    ("Div", "Date", "HomeTeam", "AwayTeam"),
    {"HT": "HomeTeam", "AT": "AwayTeam"},
    columns.OPENING_AND_CLOSING,
)
# According to https://www.football-data.co.uk/all_new_data.php these are closing odds; only newer
# files mark them as such.
EXTRA: Final = Layout(
    "file of the extra leagues",
    ("Country", "League", "Date", "HomeTeam", "AwayTeam"),
    {"Home": "HomeTeam", "Away": "AwayTeam"},
    (("closing", "C"), ("closing", "")),
)
LAYOUTS: Final = (MAIN, EXTRA)


@dataclass(frozen=True, slots=True)
class Head:
    """The header of a file.

    Attributes:
        layout: The layout that is most similar to the header.
        separator: The character between the columns.
        columns: The names of the columns, in the case of notes.txt; blank for a column without a
            name.
    """

    layout: Layout
    separator: str
    columns: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The required columns of the layout that the file lacks."""
        return tuple(name for name in self.layout.required if name not in self.columns)


def find(lines: Sequence[str], names: Names) -> tuple[int, Head] | None:
    """Find the header among the first lines.

    Returns:
        The header that lacks the fewest columns of a layout, after the index of its line; None when
        no line names two columns of a layout.
    """
    found = [
        (len(head.missing), place, head)
        for place, line in enumerate(lines)
        for head in _readings(line, names)
    ]
    if not found:
        return None
    _, place, head = min(found, key=lambda reading: reading[:2])
    return place, head


def _readings(line: str, names: Names) -> Iterator[Head]:
    for separator in SEPARATORS:
        try:
            fields = next(csv.reader([line], delimiter=separator, strict=True), [])
        except csv.Error:
            continue
        for layout in LAYOUTS:
            head = Head(layout, separator, _canonical(fields, layout, names))
            if len(head.missing) <= len(layout.required) - 2:
                yield head


def _canonical(fields: Sequence[str], layout: Layout, names: Names) -> tuple[str, ...]:
    """Return the names of columns in the case of notes.txt, for names in any case."""
    by_lower = {name.lower(): name for name in columns.known(names)}
    given = [by_lower.get(name.strip().lower(), name.strip()) for name in fields]
    if not any(name != name.lower() for name in map(str.strip, fields)):
        given = [name.upper() if name == name.lower() else name for name in given]
    other_names = {name.lower(): new for name, new in layout.renamed.items() if new not in given}
    return tuple(other_names.get(name.lower(), name) for name in given)
