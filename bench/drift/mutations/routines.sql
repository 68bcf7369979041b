-- Changes to functions, procedures and aggregates.

-- routine dropped | {}-missing | routine
DROP {word} {ref} CASCADE;

-- routine renamed | {}-missing {}-renamed | routine
ALTER {word} {ref} RENAME TO bench_new;

-- function added | function-unexpected | mine WHERE managed | new: bench_new
--   | lost: what no model knows is never dropped
CREATE FUNCTION {ref}.bench_new() RETURNS integer LANGUAGE sql AS 'SELECT 1';

-- procedure added | function-unexpected | mine WHERE managed | new: bench_new
--   | lost: what no model knows is never dropped
CREATE PROCEDURE {ref}.bench_new() LANGUAGE sql AS 'SELECT 1';

-- aggregate added | function-unexpected | mine WHERE managed | new: bench_new
--   | lost: what no model knows is never dropped
CREATE AGGREGATE {ref}.bench_new(integer) (sfunc = int4larger, stype = integer);

-- function overloaded | function-unexpected
--   | routine WHERE kind = 'f' AND managed AND result <> 'trigger' AND result <> 'event_trigger'
--   | lost: what no model knows is never dropped
CREATE FUNCTION {schema_ref}.{quoted}(a1 point, a2 point, a3 point) RETURNS integer LANGUAGE sql AS 'SELECT 1';

-- routine with another body | {}-definition | sql_routine WHERE body <> '' AND result <> 'void'
{CASE language WHEN 'sql' THEN replace(def, body, 'SELECT NULL::' || result || ' -- bench') ELSE replace(def, body,
    replace(body, 'BEGIN', 'BEGIN PERFORM 1;')) END};

-- routine with another space in its body | {}-definition | sql_routine WHERE body <> ''
{replace(def, body, body || ' ')};

-- function's body of SQL standard changed | {}-definition
--   | routine WHERE kind = 'f' AND language = 'sql' AND body = ''
{replace(def, ' + ', ' - ')};

-- function volatility | {}-definition | routine WHERE kind = 'f'
ALTER FUNCTION {ref} {CASE volatility WHEN 'v' THEN 'STABLE' ELSE 'VOLATILE' END};

-- function strictness | {}-definition | routine WHERE kind = 'f'
ALTER FUNCTION {ref} {CASE WHEN strict THEN 'CALLED ON NULL INPUT' ELSE 'STRICT' END};

-- routine security | {}-definition | sql_routine
ALTER {word} {ref} SECURITY {CASE WHEN definer THEN 'INVOKER' ELSE 'DEFINER' END};

-- function leakproof | {}-definition | routine WHERE kind = 'f'
ALTER FUNCTION {ref} {CASE WHEN leakproof THEN 'NOT LEAKPROOF' ELSE 'LEAKPROOF' END};

-- function parallel safety | {}-definition | routine WHERE kind = 'f'
ALTER FUNCTION {ref} PARALLEL {CASE parallel WHEN 'u' THEN 'SAFE' ELSE 'UNSAFE' END};

-- function cost | {}-definition | routine WHERE kind = 'f'
ALTER FUNCTION {ref} COST 4242;

-- function rows | {}-definition | routine WHERE kind = 'f' AND setof
ALTER FUNCTION {ref} ROWS 4242;

-- routine setting added | {}-definition | sql_routine
ALTER {word} {ref} SET work_mem = '9MB';

-- routine setting removed | {}-definition | routine WHERE config IS NOT NULL
ALTER {word} {ref} RESET ALL;

-- routine's default of an argument | {}-definition | routine WHERE defaults > 0 AND def ~ 'DEFAULT [0-9.]+'
{regexp_replace(def, 'DEFAULT [0-9.]+', 'DEFAULT 4')};

-- function returns something else | {}-definition {}-missing
--   | routine WHERE kind = 'f' AND result IN ('text', 'numeric') AND NOT setof AND language = 'sql'
DROP FUNCTION {ref} CASCADE;
{regexp_replace(def, 'RETURNS \w+', 'RETURNS ' || CASE result WHEN 'text' THEN 'varchar' ELSE 'float8' END)};

-- function with other names of arguments | {}-definition {}-missing
--   | routine WHERE kind = 'f' AND arguments IS NOT NULL AND ref ~ '\(a '
DROP FUNCTION {ref} CASCADE; {regexp_replace(replace(def, '(a ', '(first '), 'a \+', 'first +')};

-- function in another language | {}-definition
--   | routine WHERE kind = 'f' AND language = 'plpgsql' AND result NOT IN ('event_trigger')
{replace(def, 'LANGUAGE plpgsql', 'LANGUAGE zoo_language')};

-- aggregate changed | {}-definition | routine WHERE kind = 'a'
DROP AGGREGATE {ref}; CREATE AGGREGATE {ref} (sfunc = int4pl, stype = integer, initcond = '7', parallel = safe);

-- routine owner | {}-owner | routine
ALTER {word} {ref} OWNER TO bench_stranger;

-- routine granted to another role | {}-privileges | routine
GRANT EXECUTE ON ROUTINE {ref} TO bench_stranger;

-- routine revoked from PUBLIC | {}-privileges | routine WHERE acl IS NULL
REVOKE EXECUTE ON ROUTINE {ref} FROM PUBLIC;

-- routine granted to PUBLIC again | {}-privileges
--   | routine WHERE acl IS NOT NULL AND NOT EXISTS (SELECT FROM aclexplode(acl) WHERE grantee = 0)
GRANT EXECUTE ON ROUTINE {ref} TO PUBLIC;

-- routine comment set | {}-comment | routine WHERE comment IS NULL
COMMENT ON {word} {ref} IS 'it''s new';

-- routine comment removed | {}-comment | routine WHERE comment IS NOT NULL
COMMENT ON {word} {ref} IS NULL;
