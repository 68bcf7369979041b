-- Changes to partitions, inheritance, typed and foreign tables.

-- partition detached | table-partition table-missing | tab WHERE partition
ALTER TABLE {parent_ref} DETACH PARTITION {ref};

-- partition dropped | table-missing | tab WHERE partition
DROP TABLE {ref};

-- partition with other bounds | table-partition | tab WHERE partition AND bound ~ 'FROM'
ALTER TABLE {parent_ref} DETACH PARTITION {ref};
ALTER TABLE {parent_ref} ATTACH PARTITION {ref} {regexp_replace(bound, '-01-01', '-03-01')};

-- partition of a list with another value | table-partition | tab WHERE partition AND bound ~ ' IN '
ALTER TABLE {parent_ref} DETACH PARTITION {ref};
ALTER TABLE {parent_ref} ATTACH PARTITION {ref} {regexp_replace(bound, '\)$', ', ''bench'')')};

-- default partition made a range | table-partition | tab WHERE partition AND bound = 'DEFAULT' AND kind = 'p'
--   | until: 16
ALTER TABLE {parent_ref} DETACH PARTITION {ref};
ALTER TABLE {parent_ref} ATTACH PARTITION {ref} {'FOR VALUES FROM (''2090-01-01'') TO (''2091-01-01'')'};

-- default partition made a range, its partitions without identity | table-partition
--   | tab WHERE partition AND bound = 'DEFAULT' AND kind = 'p'
--   | lost: to detach takes the identity of partitions of the partition, to attach gives it not | since: 17
ALTER TABLE {parent_ref} DETACH PARTITION {ref};
ALTER TABLE {parent_ref} ATTACH PARTITION {ref} {'FOR VALUES FROM (''2090-01-01'') TO (''2091-01-01'')'};

-- partition added | table-unexpected table-partition
--   | tab WHERE kind = 'p' AND EXISTS (SELECT FROM pg_partitioned_table WHERE partrelid = tab.oid AND partstrat =
--     'r') | names: ARRAY[schema, 'bench_new'] | lost: what no model knows is never dropped
CREATE TABLE {schema_ref}.bench_new PARTITION OF {ref} FOR VALUES FROM ('2080-01-01') TO ('2081-01-01');

-- partition key | table-partition-key | tab WHERE kind = 'p' AND NOT partition
CREATE TABLE public.bench_new (LIKE {ref} INCLUDING DEFAULTS INCLUDING GENERATED) PARTITION BY HASH ({(SELECT
    format('%I', attname) FROM pg_attribute WHERE attrelid = tab.oid AND attnum = (SELECT count(*) FROM pg_attribute
    AS a WHERE a.attrelid = tab.oid AND a.attnum > 0))}); DROP TABLE {ref} CASCADE; ALTER TABLE public.bench_new
    RENAME TO {quoted}; ALTER TABLE public.{quoted} SET SCHEMA {schema_ref};

-- partitioned table made a plain one | table-partition-key table-kind | tab WHERE kind = 'p' AND NOT partition
CREATE TABLE public.bench_new (LIKE {ref} INCLUDING ALL); DROP TABLE {ref} CASCADE;
ALTER TABLE public.bench_new RENAME TO {quoted}; ALTER TABLE public.{quoted} SET SCHEMA {schema_ref};

-- inheritance ended | table-inherits | tab WHERE child AND NOT partition
ALTER TABLE {ref} NO INHERIT {parent_ref};

-- inheritance begun | table-inherits | lone_tab
CREATE TABLE public.bench_parent (); ALTER TABLE {ref} INHERIT public.bench_parent;

-- heir added | table-unexpected table-inherits | tab WHERE kind = 'r' AND NOT typed AND NOT partition AND managed
--   | names: ARRAY[schema, 'bench_heir'] | lost: what no model knows is never dropped
CREATE TABLE {schema_ref}.bench_heir () INHERITS ({ref});

-- typed table made a plain one | table-of-type | tab WHERE typed
ALTER TABLE {ref} NOT OF;

-- foreign table dropped | foreign-table-missing table-missing | relation WHERE kind = 'f'
DROP FOREIGN TABLE {ref};

-- foreign table options | foreign-table-definition | relation WHERE kind = 'f'
ALTER FOREIGN TABLE {ref} OPTIONS (ADD bench '1');

-- foreign table on another server | foreign-table-definition | relation WHERE kind = 'f'
DROP FOREIGN TABLE {ref}; CREATE SERVER bench_server FOREIGN DATA WRAPPER zoo_wrapper;
CREATE FOREIGN TABLE {ref} (id integer OPTIONS (key 'true') NOT NULL, name text DEFAULT 'x', CONSTRAINT
    ck_other_zoo_id CHECK (id > 0)) SERVER bench_server OPTIONS (table_name 'animals');
