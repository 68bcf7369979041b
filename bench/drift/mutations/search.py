"""Changes to text search objects."""

from __future__ import annotations

from typing import Final

from bench.drift.mutations.kinds import UNMODELLED, Kind


def objects(word: str, catalog: str, prefix: str) -> str:
    """Return the query for text search objects of one catalog."""
    return (
        f"(SELECT c.*, format('%I.%I', mine.schema, {prefix}name) AS ref,"
        f" ARRAY[mine.schema, {prefix}name]::text[] AS names, 'text-search-{word}' AS code,"
        f" obj_description(c.oid, '{catalog}') AS comment"
        f" FROM {catalog} AS c JOIN mine ON mine.oid = {prefix}namespace) AS object"
    )


CONFIGURATION: Final = objects("configuration", "pg_ts_config", "cfg")
DICTIONARY: Final = objects("dictionary", "pg_ts_dict", "dict")
EACH: Final = (
    ("CONFIGURATION", CONFIGURATION),
    ("DICTIONARY", DICTIONARY),
    ("PARSER", objects("parser", "pg_ts_parser", "prs")),
    ("TEMPLATE", objects("template", "pg_ts_template", "tmpl")),
)
ALTER: Final = "format('ALTER TEXT SEARCH CONFIGURATION %s "
CHANGED: Final = "{}-definition {}-changed {}-mappings {}-mapping"

KINDS: Final = (
    *(
        Kind(
            f"text search {word.lower()} dropped",
            source,
            f"format('DROP TEXT SEARCH {word} %s CASCADE', ref)",
            "{}-missing",
        )
        for word, source in EACH
    ),
    *(
        Kind(
            f"text search {word.lower()} renamed",
            source,
            f"format('ALTER TEXT SEARCH {word} %s RENAME TO bench_new', ref)",
            "{}-missing {}-renamed",
        )
        for word, source in EACH
    ),
    *(
        Kind(
            f"text search {word.lower()} comment",
            f"{source} WHERE comment IS NOT NULL",
            f"format('COMMENT ON TEXT SEARCH {word} %s IS ''changed''', ref)",
            "{}-comment",
        )
        for word, source in EACH
    ),
    *(
        Kind(
            f"text search {word.lower()} owner",
            source,
            f"format('ALTER TEXT SEARCH {word} %s OWNER TO bench_stranger', ref)",
            "{}-owner",
        )
        for word, source in EACH[:2]
    ),
    *(
        Kind(
            f"text search {word.lower()} added",
            "mine WHERE managed",
            f"format('CREATE TEXT SEARCH {word} %s.bench_new ({options})', ref)",
            f"text-search-{word.lower()}-unexpected",
            names="names || 'bench_new'::text",
            lost=UNMODELLED,
        )
        for word, options in (
            ("CONFIGURATION", "COPY = pg_catalog.simple"),
            ("DICTIONARY", "TEMPLATE = pg_catalog.simple"),
            (
                "PARSER",
                (
                    "START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES ="
                    " prsd_lextype"
                ),
            ),
            ("TEMPLATE", "INIT = dsimple_init, LEXIZE = dsimple_lexize"),
        )
    ),
    Kind(
        "text search mapping changed",
        f"{CONFIGURATION} WHERE EXISTS (SELECT FROM pg_ts_config_map WHERE mapcfg = object.oid)",
        ALTER + "ALTER MAPPING FOR word WITH pg_catalog.simple', ref)",
        CHANGED,
    ),
    Kind(
        "text search mapping in another order",
        f"{CONFIGURATION} WHERE EXISTS (SELECT FROM pg_ts_config_map WHERE mapcfg = object.oid)",
        ALTER + "ALTER MAPPING FOR word WITH pg_catalog.english_stem, zoo.words', ref)",
        CHANGED,
    ),
    Kind(
        "text search mapping dropped",
        f"{CONFIGURATION} WHERE EXISTS (SELECT FROM pg_ts_config_map WHERE mapcfg = object.oid)",
        ALTER + "DROP MAPPING FOR word', ref)",
        CHANGED,
    ),
    Kind(
        "text search configuration with another parser",
        f"{CONFIGURATION} WHERE NOT EXISTS (SELECT FROM pg_ts_config_map WHERE mapcfg ="
        " object.oid)",
        "format('DROP TEXT SEARCH CONFIGURATION %s; CREATE TEXT SEARCH CONFIGURATION %s"
        " (PARSER = pg_catalog.default)', ref, ref)",
        "{}-definition {}-changed {}-parser",
    ),
    Kind(
        "text search dictionary options",
        f"{DICTIONARY} WHERE dictinitoption IS NOT NULL",
        "format('ALTER TEXT SEARCH DICTIONARY %s (ACCEPT = false)', ref)",
        "{}-definition {}-changed {}-options",
    ),
)
