-- Changes to enum, composite and range types, and collations; what all types share.

-- type dropped | {}-missing | typ
DROP {word} {ref} CASCADE;

-- type renamed | {}-missing {}-renamed | typ
ALTER {word} {ref} RENAME TO bench_new;

-- type owner | {}-owner | typ
ALTER {word} {ref} OWNER TO bench_stranger;

-- type granted to another role | {}-privileges | typ
GRANT USAGE ON TYPE {ref} TO bench_stranger;

-- type revoked from PUBLIC | {}-privileges | typ WHERE acl IS NULL
REVOKE USAGE ON TYPE {ref} FROM PUBLIC;

-- type comment set | {}-comment | typ WHERE comment IS NULL
COMMENT ON {word} {ref} IS 'it''s new';

-- type comment removed | {}-comment | typ WHERE comment IS NOT NULL
COMMENT ON {word} {ref} IS NULL;

-- enum added | enum-unexpected | mine WHERE managed | new: bench_new | lost: what no model knows is never dropped
CREATE TYPE {ref}.bench_new AS ENUM ('a');

-- composite type added | composite-type-unexpected | mine WHERE managed | new: bench_new
--   | lost: what no model knows is never dropped
CREATE TYPE {ref}.bench_new AS (a integer);

-- domain added | domain-unexpected | mine WHERE managed | new: bench_new | lost: what no model knows is never dropped
CREATE DOMAIN {ref}.bench_new AS integer;

-- range type added | range-type-unexpected | mine WHERE managed | new: bench_new
--   | lost: what no model knows is never dropped
CREATE TYPE {ref}.bench_new AS RANGE (subtype = float8);

-- collation added | collation-unexpected | mine WHERE managed | new: bench_new
--   | lost: what no model knows is never dropped
CREATE COLLATION {ref}.bench_new FROM "C";

-- enum value added at the end | enum-definition | typ WHERE kind = 'e'
--   | lost: PostgreSQL removes no value from an enum
ALTER TYPE {ref} ADD VALUE 'bench';

-- enum value added in the middle | enum-definition | typ WHERE kind = 'e'
--   | lost: PostgreSQL removes no value from an enum
ALTER TYPE {ref} ADD VALUE 'bench' AFTER {labels[1]!L};

-- enum value renamed | enum-definition | typ WHERE kind = 'e'
ALTER TYPE {ref} RENAME VALUE {labels[1]!L} TO 'bench';

-- enum values exchanged | enum-definition | typ WHERE kind = 'e'
ALTER TYPE {ref} RENAME VALUE {labels[1]!L} TO 'bench'; ALTER TYPE {ref} RENAME VALUE {labels[2]!L} TO {labels[1]!L};
ALTER TYPE {ref} RENAME VALUE 'bench' TO {labels[2]!L};

-- composite attribute added | {}-definition column-type column-missing column-unexpected | typ WHERE kind = 'c'
ALTER TYPE {ref} ADD ATTRIBUTE bench_new text CASCADE;

-- composite attribute dropped | {}-definition column-type column-missing column-unexpected | typ WHERE kind = 'c'
ALTER TYPE {ref} DROP ATTRIBUTE {attribute} CASCADE;

-- composite attribute renamed | {}-definition column-type column-missing column-unexpected | typ WHERE kind = 'c'
ALTER TYPE {ref} RENAME ATTRIBUTE {attribute} TO bench_new CASCADE;

-- composite attribute with another type | {}-definition column-type column-missing column-unexpected
--   | typ WHERE kind = 'c' AND NOT used
ALTER TYPE {ref} ALTER ATTRIBUTE {attribute} TYPE text CASCADE;

-- composite attribute's comment | {}-definition {}-comment column-comment | typ WHERE kind = 'c'
COMMENT ON COLUMN {ref}.{attribute} IS 'new';

-- range over another type | range-type-definition | typ WHERE kind = 'r'
DROP TYPE {ref} CASCADE; CREATE TYPE {ref} AS RANGE (subtype = integer);

-- range with another multirange | range-type-definition | typ WHERE kind = 'r'
ALTER TYPE {(SELECT rngmultitypid::regtype FROM pg_range WHERE rngtypid = typ.oid)} RENAME TO bench_new;

-- collation dropped | collation-missing | coll
DROP COLLATION {ref} CASCADE;

-- collation with another locale | collation-definition | coll WHERE NOT used
DROP COLLATION {ref}; CREATE COLLATION {ref} (provider = libc, locale = 'POSIX');

-- collation of another version | collation-version | coll
--   | lost: there is no version to record of a collation that has none
UPDATE pg_collation SET collversion = '0.bench' WHERE oid = {ref!L}::regcollation;

-- collation owner | collation-owner | coll
ALTER COLLATION {ref} OWNER TO bench_stranger;

-- collation comment removed | collation-comment | coll
COMMENT ON COLLATION {ref} IS NULL;
