-- Changes to sequences.

-- sequence dropped | sequence-missing | seq WHERE owned IS DISTINCT FROM 'i'
DROP SEQUENCE {ref} CASCADE;

-- sequence renamed | sequence-missing sequence-renamed | seq
ALTER SEQUENCE {ref} RENAME TO bench_new;

-- sequence added | sequence-unexpected | mine WHERE managed | new: bench_new
--   | lost: what no model knows is never dropped
CREATE SEQUENCE {ref}.bench_new;

-- sequence type | sequence-type | seq WHERE owned IS DISTINCT FROM 'i' AND type <> 'smallint' AND maximum > 100000
ALTER SEQUENCE {ref} AS smallint;

-- sequence increment | sequence-increment | seq
ALTER SEQUENCE {ref} INCREMENT {increment + 1};

-- sequence start | sequence-start | seq
ALTER SEQUENCE {ref} START {start + 3};

-- sequence minimum | sequence-minimum | seq
ALTER SEQUENCE {ref} MINVALUE {minimum - 7};

-- sequence maximum | sequence-maximum | seq
ALTER SEQUENCE {ref} MAXVALUE {maximum - 7};

-- sequence cycle | sequence-cycle | seq
ALTER SEQUENCE {ref} {CASE WHEN cycle THEN 'NO CYCLE' ELSE 'CYCLE' END};

-- sequence cache | sequence-cache | seq
ALTER SEQUENCE {ref} CACHE {cache + 20};

-- sequence no longer owned | sequence-owner sequence-owned-by | seq WHERE owned = 'a'
ALTER SEQUENCE {ref} OWNED BY NONE;

-- sequence owned by a column | sequence-owner sequence-owned-by | seq WHERE owned IS NULL
ALTER SEQUENCE {ref} OWNED BY {(SELECT format('%s.%s', col.ref, col.quoted) FROM col JOIN relation AS r ON r.oid =
    col.relid WHERE col.schema = seq.schema AND col.kind = 'r' AND r.owner = seq.owner AND num = 1 ORDER BY col.ref
    LIMIT 1)};

-- sequence unlogged | sequence-persistence | seq WHERE owned IS DISTINCT FROM 'i'
ALTER SEQUENCE {ref} SET UNLOGGED;

-- sequence granted to another role | sequence-privileges | seq
GRANT UPDATE ON SEQUENCE {ref} TO bench_stranger;

-- sequence granted to PUBLIC | sequence-privileges | seq WHERE acl IS NULL
GRANT USAGE ON SEQUENCE {ref} TO PUBLIC;

-- sequence's owner | sequence-owner | seq WHERE owned IS NULL
ALTER SEQUENCE {ref} OWNER TO bench_stranger;

-- sequence behind its column | sequence-behind | seq WHERE owned IS NOT NULL AND key_row_fits
{key_row};

-- sequence set back behind its column | sequence-behind | seq WHERE owned IS NOT NULL AND key_row_fits
{key_row} SELECT setval({ref!L}, minimum + 1) FROM (SELECT {minimum} AS minimum) AS s;

-- sequence of a column exhausted | sequence-behind sequence-exhausted | seq WHERE owned IS NOT NULL AND NOT cycle
SELECT setval({ref!L}, {maximum});

-- sequence exhausted | sequence-exhausted | seq WHERE owned IS NULL AND NOT cycle
--   | lost: where a sequence that no column uses stood is nowhere to be read
SELECT setval({ref!L}, {maximum});
