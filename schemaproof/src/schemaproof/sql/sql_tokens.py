"""SQL as PostgreSQL's own scanner reads it: words, operators, literals, comments."""

from typing import Final, NamedTuple

import postgast
from postgast import pg_query_pb2

LONGEST_DEEP: Final = 6_000  # The limit is in characters. Such a text has at most 3,000 operators.
"""The length above which a text may nest so deeply that reading its tree needs too much stack."""
# The parser writes its tree recursively, on the stack of the process. With the usual 8 MB that ends
# at about 25,000 levels.
_DEEPEST: Final = 10_000  # The limit is the number of words and operators within each other.
_OPENING: Final = frozenset("([")
_CLOSING: Final = frozenset(")]")
# The right side of these words contains everything to the left, even beyond commas.
_PAST_COMMAS: Final = frozenset({"UNION", "INTERSECT", "EXCEPT", "JOIN"})
# These functions without arguments are the same (PostgreSQL manual, 9.9.5 Current Date/Time).
_NOW: Final = frozenset({"now", "transaction_timestamp"})


# The text is in another language, or nested too deeply.
class NotAnalysed(Exception):  # noqa: N818 -- a text that is of another language, or too deep
    """The parser cannot read a text; the message says why, in one line."""


class Token(NamedTuple):
    """A word, operator, literal or comment.

    Attributes:
        text: The text of the token, as the statement has it.
        start: The position of its first character in the whole text.
        kind: The kind of ``pg_query_pb2.Token``.
    """

    text: str
    start: int
    kind: int


def tokens(sql: str) -> list[Token]:
    """Return the tokens of a text, which need not be a complete statement.

    Raises:
        NotAnalysed: The scanner cannot read the text, for example a string that does not end.
    """
    try:
        content = sql.encode("utf-8")
        found = postgast.scan(sql).tokens
    except (postgast.PgQueryError, UnicodeEncodeError) as error:
        raise NotAnalysed(" ".join(str(error).split())) from error
    made, start, before = [], 0, 0
    for one in found:
        start += len(content[before : one.start].decode("utf-8"))
        before = one.start
        made.append(Token(content[one.start : one.end].decode("utf-8"), start, one.token))
    return made


def refuse_too_deep(sql: str) -> None:
    """Refuse a text that is nested so deeply that the parser could crash the process.

    Between commas, brackets or semicolons, each word may add a level (``1 + 1 + 1``). A comma ends
    the levels before it.

    Raises:
        NotAnalysed: The text is nested too deeply, or the scanner cannot read it.
    """
    if len(sql) <= LONGEST_DEEP:
        return
    # These count levels: outside for each enclosing bracket, gap and kept for the innermost
    # bracket.
    outside, gap, kept = [], 0, 0
    depth = 0  # This is the number of levels in the enclosing brackets.
    for text in (token.text for token in tokens(sql)):
        if text in _OPENING:
            outside.append((gap, kept))
            depth, gap, kept = depth + gap + kept, 0, 0
        elif text in _CLOSING and outside:
            gap, kept = outside.pop()
            depth -= gap + kept
        elif text == ";":
            outside, depth, gap, kept = [], 0, 0, 0
        elif text == ",":
            gap = 0
        kept += text.upper() in _PAST_COMMAS
        gap += text != ","
        if depth + gap + kept > _DEEPEST:
            raise NotAnalysed(f"it is too deep to be read: over {_DEEPEST} operators in a row")


def with_one_name_for_now(sql: str) -> str:
    """Return a text printed by PostgreSQL with one spelling of ``now()``.

    PostgreSQL prints the name that the author has written. A text that the scanner cannot read is
    returned unchanged.
    """
    try:
        read = tokens(sql)
    except NotAnalysed:
        return sql
    pieces, end = [], 0
    for place, token in enumerate(read):
        before = read[place - 1].text if place else ""
        following = [one.text for one in read[place + 1 : place + 3]]
        is_call = token.text in _NOW and before != "." and following == ["(", ")"]
        is_word = token.kind == pg_query_pb2.Token.CURRENT_TIMESTAMP and following[:1] != ["("]
        if is_call or is_word:
            last = read[place + 2] if is_call else token
            pieces += [sql[end : token.start], "now()"]
            end = last.start + len(last.text)
    return "".join([*pieces, sql[end:]])
