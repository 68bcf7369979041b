"""Changes to partitions, inheritance, typed and foreign tables."""

from __future__ import annotations

from typing import Final

from bench.drift.mutations.kinds import UNMODELLED, Kind

BOUND: Final = "(SELECT pg_get_expr(relpartbound, oid) FROM pg_class WHERE oid = tab.oid)"
PARENT: Final = "(SELECT inhparent::regclass FROM pg_inherits WHERE inhrelid = tab.oid LIMIT 1)"
MOVED: Final = (
    "format('ALTER TABLE %s DETACH PARTITION %s; ALTER TABLE %s ATTACH PARTITION"
    f" %s %s', {PARENT}, ref, {PARENT}, ref, "
)

KINDS: Final = (
    Kind(
        "partition detached",
        "tab WHERE partition",
        f"format('ALTER TABLE %s DETACH PARTITION %s', {PARENT}, ref)",
        "table-partition table-partition-bound table-missing",
    ),
    Kind(
        "partition dropped",
        "tab WHERE partition",
        "format('DROP TABLE %s', ref)",
        "table-missing",
    ),
    Kind(
        "partition with other bounds",
        f"tab WHERE partition AND {BOUND} ~ 'FROM'",
        MOVED + f"regexp_replace({BOUND}, '-01-01', '-03-01'))",
        "table-partition table-partition-bound",
    ),
    Kind(
        "partition of a list with another value",
        f"tab WHERE partition AND {BOUND} ~ ' IN '",
        MOVED + f"regexp_replace({BOUND}, '\\)$', ', ''bench'')'))",
        "table-partition table-partition-bound",
    ),
    Kind(
        "default partition made a range",
        f"tab WHERE partition AND {BOUND} = 'DEFAULT' AND kind = 'p'",
        MOVED + "'FOR VALUES FROM (''2090-01-01'') TO (''2091-01-01'')')",
        "table-partition table-partition-bound",
        until=16,
    ),
    Kind(
        "default partition made a range, its partitions without identity",
        f"tab WHERE partition AND {BOUND} = 'DEFAULT' AND kind = 'p'",
        MOVED + "'FOR VALUES FROM (''2090-01-01'') TO (''2091-01-01'')')",
        "table-partition table-partition-bound",
        lost="to detach takes the identity of partitions of the partition, to attach gives it not",
        since=17,
    ),
    Kind(
        "partition added",
        "tab WHERE kind = 'p' AND EXISTS (SELECT FROM pg_partitioned_table"
        " WHERE partrelid = tab.oid AND partstrat = 'r')",
        "format('CREATE TABLE %s.bench_new PARTITION OF %s"
        " FOR VALUES FROM (''2080-01-01'') TO (''2081-01-01'')', schema_ref, ref)",
        "table-unexpected table-partition",
        names="ARRAY[schema, 'bench_new']",
        lost=UNMODELLED,
    ),
    Kind(
        "partition key",
        "tab WHERE kind = 'p' AND NOT partition",
        "format('CREATE TABLE public.bench_new (LIKE %s INCLUDING DEFAULTS INCLUDING GENERATED)"
        " PARTITION BY HASH (%s); DROP TABLE %s CASCADE; ALTER TABLE public.bench_new RENAME TO %s;"
        " ALTER TABLE public.%s SET SCHEMA %s', ref, (SELECT format('%I', attname) FROM"
        " pg_attribute"
        " WHERE attrelid = tab.oid AND attnum = (SELECT count(*) FROM pg_attribute AS a"
        " WHERE a.attrelid = tab.oid AND a.attnum > 0)), ref, quoted, quoted, schema_ref)",
        "table-partition-key",
    ),
    Kind(
        "partitioned table made a plain one",
        "tab WHERE kind = 'p' AND NOT partition",
        "format('CREATE TABLE public.bench_new (LIKE %s INCLUDING ALL); DROP TABLE %s CASCADE;"
        " ALTER TABLE public.bench_new RENAME TO %s; ALTER TABLE public.%s SET SCHEMA %s',"
        " ref, ref,"
        " quoted, quoted, schema_ref)",
        "table-partition-key table-kind",
    ),
    Kind(
        "inheritance ended",
        "tab WHERE child AND NOT partition",
        f"format('ALTER TABLE %s NO INHERIT %s', ref, {PARENT})",
        "table-inherits",
    ),
    Kind(
        "inheritance begun",
        "tab WHERE kind = 'r' AND NOT child AND NOT parent AND NOT typed",
        "format('CREATE TABLE public.bench_parent (); ALTER TABLE %s INHERIT"
        " public.bench_parent', ref)",
        "table-inherits",
    ),
    Kind(
        "heir added",
        "tab WHERE kind = 'r' AND NOT typed AND NOT partition AND managed",
        "format('CREATE TABLE %s.bench_heir () INHERITS (%s)', schema_ref, ref)",
        "table-unexpected table-inherits",
        names="ARRAY[schema, 'bench_heir']",
        lost=UNMODELLED,
    ),
    Kind(
        "typed table made a plain one",
        "tab WHERE typed",
        "format('ALTER TABLE %s NOT OF', ref)",
        "table-of-type",
    ),
    Kind(
        "foreign table dropped",
        "relation WHERE kind = 'f'",
        "format('DROP FOREIGN TABLE %s', ref)",
        "foreign-table-missing table-missing",
    ),
    Kind(
        "foreign table options",
        "relation WHERE kind = 'f'",
        "format('ALTER FOREIGN TABLE %s OPTIONS (ADD bench ''1'')', ref)",
        "foreign-table-definition",
    ),
    Kind(
        "foreign table on another server",
        "relation WHERE kind = 'f'",
        "format('DROP FOREIGN TABLE %s; CREATE SERVER bench_server FOREIGN DATA WRAPPER"
        " zoo_wrapper;"
        " CREATE FOREIGN TABLE %s (id integer OPTIONS (key ''true'') NOT NULL, name text"
        " DEFAULT ''x'',"
        " CONSTRAINT ck_other_zoo_id CHECK (id > 0)) SERVER bench_server OPTIONS"
        " (table_name ''animals'')', ref, ref)",
        "foreign-table-definition",
    ),
)
