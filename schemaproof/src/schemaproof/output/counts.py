"""Numbers with nouns in the singular or the plural."""


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with a noun: ``1 row``, ``2 rows``.

    >>> counted(1, "row"), counted(0, "row"), counted(2, "match", "matches")
    ('1 row', '0 rows', '2 matches')
    """
    return f"{number} {one if number == 1 else many or f'{one}s'}"
