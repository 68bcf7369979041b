"""Changes to extended statistics and publications."""

from __future__ import annotations

from typing import Final

from bench.drift.mutations.kinds import UNMODELLED, Kind

STATISTICS: Final = (
    "(SELECT e.oid, format('%I.%I', mine.schema, stxname) AS ref, ARRAY[mine.schema,"
    " stxname]::text[] AS names,"
    " 'statistics' AS code, pg_get_statisticsobjdef(e.oid) AS def, stxexprs IS NOT NULL AS"
    " computed,"
    " obj_description(e.oid, 'pg_statistic_ext') AS comment"
    " FROM pg_statistic_ext AS e JOIN mine ON mine.oid = stxnamespace) AS stat"
)
PUBLICATION: Final = (
    "(SELECT p.*, format('%I', pubname) AS ref, ARRAY[pubname]::text[] AS names, 'publication'"
    " AS code,"
    " (SELECT min(prrelid)::regclass FROM pg_publication_rel WHERE prpubid = p.oid) AS tab,"
    " EXISTS (SELECT FROM pg_publication_namespace WHERE pnpubid = p.oid) AS of_schemas"
    " FROM pg_publication AS p) AS pub"
)
TABLES: Final = "publication-definition publication-tables publication-changed"
OPTIONS: Final = "publication-definition publication-options publication-changed"
CHANGED: Final = "statistics-definition statistics-changed"

EXTENDED: Final = (
    Kind(
        "statistics dropped", STATISTICS, "format('DROP STATISTICS %s', ref)", "statistics-missing"
    ),
    Kind(
        "statistics renamed",
        STATISTICS,
        "format('ALTER STATISTICS %s RENAME TO bench_new', ref)",
        "statistics-missing statistics-renamed",
    ),
    Kind(
        "statistics added",
        "(SELECT col.*, lead(quoted) OVER (PARTITION BY relid ORDER BY num) AS next FROM col"
        " WHERE kind = 'r' AND managed AND base IN ('int4', 'text', 'varchar', 'float8')) AS two"
        " WHERE next IS NOT NULL",
        "format('CREATE STATISTICS %I.bench_new ON %s, %s FROM %s', schema, quoted, next, ref)",
        "statistics-unexpected",
        names="ARRAY[schema, 'bench_new']",
    ),
    Kind(
        "statistics of another kind",
        f"{STATISTICS} WHERE NOT computed",
        "format('DROP STATISTICS %s; %s', ref, regexp_replace(def, '\\([a-z, ]+\\)', '(mcv)'))",
        CHANGED,
    ),
    Kind(
        "statistics with one column more",
        STATISTICS,
        "format('DROP STATISTICS %s; %s', ref, replace(def, ' FROM', ', born FROM'))",
        CHANGED,
    ),
    Kind(
        "statistics over another expression",
        f"{STATISTICS} WHERE computed",
        "format('DROP STATISTICS %s; %s', ref, replace(def, 'lower(', 'upper('))",
        CHANGED,
    ),
    Kind(
        "statistics target",
        STATISTICS,
        "format('ALTER STATISTICS %s SET STATISTICS 777', ref)",
        f"{CHANGED} statistics-target",
    ),
    Kind(
        "statistics owner",
        STATISTICS,
        "format('ALTER STATISTICS %s OWNER TO bench_stranger', ref)",
        "statistics-owner",
    ),
    Kind(
        "statistics comment",
        STATISTICS,
        "format('COMMENT ON STATISTICS %s IS %L', ref, coalesce(comment || '.', 'new'))",
        "statistics-comment",
    ),
)

PUBLISHED: Final = (
    Kind(
        "publication dropped",
        PUBLICATION,
        "format('DROP PUBLICATION %s', ref)",
        "publication-missing",
    ),
    Kind(
        "publication renamed",
        PUBLICATION,
        "format('ALTER PUBLICATION %s RENAME TO bench_new', ref)",
        "publication-missing publication-renamed",
    ),
    Kind(
        "publication of our table added",
        "tab WHERE kind = 'r' AND persistence = 'p'",
        "format('CREATE PUBLICATION bench_new FOR TABLE %s', ref)",
        "publication-unexpected",
        names="ARRAY['bench_new']",
        lost=UNMODELLED,
    ),
    Kind(
        "publication with another table",
        f"{PUBLICATION} WHERE tab IS NOT NULL",
        "format('ALTER PUBLICATION %s ADD TABLE %s', ref, (SELECT tab.ref FROM tab WHERE kind = 'r'"
        " AND persistence = 'p' AND NOT EXISTS (SELECT FROM pg_publication_rel WHERE prrelid ="
        " tab.oid)"
        " ORDER BY tab.ref LIMIT 1))",
        TABLES,
    ),
    Kind(
        "publication without a table",
        f"{PUBLICATION} WHERE tab IS NOT NULL",
        "format('ALTER PUBLICATION %s DROP TABLE %s', ref, tab)",
        TABLES,
    ),
    Kind(
        "publication of all columns and rows",
        f"{PUBLICATION} WHERE tab IS NOT NULL",
        "format('ALTER PUBLICATION %s SET TABLE zoo.animal, zoo.feeding', ref)",
        TABLES,
    ),
    Kind(
        "publication with another filter",
        f"{PUBLICATION} WHERE tab IS NOT NULL",
        "format('ALTER PUBLICATION %s SET TABLE zoo.animal (id, name), zoo.feeding"
        " WHERE (kilograms > 2)', ref)",
        TABLES,
    ),
    Kind(
        "publication of a schema more",
        f"{PUBLICATION} WHERE of_schemas",
        "format('ALTER PUBLICATION %s ADD TABLES IN SCHEMA public', ref)",
        TABLES,
    ),
    Kind(
        "publication without a schema",
        f"{PUBLICATION} WHERE of_schemas",
        "format('ALTER PUBLICATION %s DROP TABLES IN SCHEMA zoo', ref)",
        TABLES,
    ),
    Kind(
        "publication of other commands",
        f"{PUBLICATION} WHERE NOT pubdelete OR NOT pubtruncate OR pubinsert",
        "format('ALTER PUBLICATION %s SET (publish = ''delete'')', ref)",
        OPTIONS,
    ),
    Kind(
        "publication via the root",
        PUBLICATION,
        "format('ALTER PUBLICATION %s SET (publish_via_partition_root = %s)', ref,"
        " CASE WHEN pubviaroot THEN 'false' ELSE 'true' END)",
        OPTIONS,
    ),
    Kind(
        "publication of generated columns",
        PUBLICATION,
        "format('ALTER PUBLICATION %s SET (publish_generated_columns = stored)', ref)",
        OPTIONS,
        since=18,
    ),
    Kind(
        "publication owner",
        f"{PUBLICATION} WHERE NOT of_schemas",
        "format('DO $do$ BEGIN EXECUTE format(''GRANT CREATE ON DATABASE %%I TO bench_stranger'',"
        " current_database()); END $do$; ALTER PUBLICATION %s OWNER TO bench_stranger', ref)",
        "publication-owner",
    ),
    Kind(
        "publication comment",
        PUBLICATION,
        "format('COMMENT ON PUBLICATION %s IS ''changed''', ref)",
        "publication-comment",
    ),
)

KINDS: Final = (*EXTENDED, *PUBLISHED)
