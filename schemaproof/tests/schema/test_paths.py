"""Paths are quoted as quote_ident() does, on every major version."""

from schemaproof.schema.paths import path
from schemaproof.scratch.embedded.server import LocalServer
from schemaproof_testing.servers import administration


def test_keywords_are_quoted_as_the_server_quotes_them(any_server: LocalServer) -> None:
    with administration(any_server) as cursor:
        cursor.execute("SELECT word, quote_ident(word) FROM pg_get_keywords()")
        quoted = {word: quotes for word, quotes in cursor.fetchall() if quotes != word}
    assert {word: path(word) for word in quoted} == quoted


def test_words_that_the_newest_major_does_not_reserve_stay_as_they_are(server: LocalServer) -> None:
    with administration(server) as cursor:
        cursor.execute("SELECT word FROM pg_get_keywords() WHERE catcode = 'U'")
        assert [word for (word,) in cursor.fetchall() if path(word) != word] == []
