-- Changes to casts, operators, operator classes and families, conversions, languages.

-- cast dropped | cast-missing | cast_
DROP CAST {ref};

-- cast made implicit | cast-definition | cast_
DROP CAST {ref};
CREATE CAST {ref} {CASE castmethod WHEN 'i' THEN 'WITH INOUT' ELSE 'WITH FUNCTION ' || called END} AS IMPLICIT;

-- cast by another way | cast-definition | cast_ WHERE castmethod = 'f'
CREATE FUNCTION public.bench_cast({castsource::regtype}) RETURNS {casttarget::regtype} LANGUAGE sql AS 'SELECT 7';
DROP CAST {ref}; CREATE CAST {ref} WITH FUNCTION public.bench_cast({castsource::regtype}) AS ASSIGNMENT;

-- cast added between our types | cast-unexpected | typ WHERE kind = 'e' | names: ARRAY[name]
CREATE CAST ({ref} AS json) WITH INOUT;

-- cast comment | cast-comment | cast_
COMMENT ON CAST {ref} IS 'changed';

-- operator dropped | operator-missing | op
DROP OPERATOR {ref};

-- operator's estimators | operator-definition | op
ALTER OPERATOR {ref} SET (RESTRICT = NONE, JOIN = NONE);

-- operator calls another function | operator-definition | op
DROP OPERATOR {ref};
CREATE OPERATOR {plain} (FUNCTION = pg_catalog.box_eq, LEFTARG = {left_}, RIGHTARG = {right_}, RESTRICT = eqsel, JOIN
    = eqjoinsel);

-- operator owner | operator-owner | op
ALTER OPERATOR {ref} OWNER TO bench_stranger;

-- operator added | operator-unexpected | mine WHERE managed | new: <~~~> | lost: what no model knows is never dropped
CREATE OPERATOR {ref}.<~~~> (FUNCTION = pg_catalog.int4eq, LEFTARG = int4, RIGHTARG = int4);

-- operator comment | operator-comment | op
COMMENT ON OPERATOR {ref} IS NULL;

-- operator class dropped | operator-class-missing | class
DROP OPERATOR CLASS {ref} CASCADE;

-- operator class renamed | operator-class-missing operator-class-renamed | class
ALTER OPERATOR CLASS {ref} RENAME TO bench_new;

-- operator class added | operator-class-unexpected operator-family-unexpected | mine WHERE managed | new: bench_new
--   | lost: what no model knows is never dropped
CREATE OPERATOR CLASS {ref}.bench_new FOR TYPE int8 USING hash AS OPERATOR 1 =, FUNCTION 1 hashint8(int8);

-- operator class owner | operator-class-owner | class
ALTER OPERATOR CLASS {ref} OWNER TO bench_stranger;

-- operator class comment | operator-class-comment | class
COMMENT ON OPERATOR CLASS {ref} IS NULL;

-- operator family dropped | operator-family-missing | family
DROP OPERATOR FAMILY {ref} CASCADE;

-- operator family with another operator | operator-family-definition | family
ALTER OPERATOR FAMILY {ref} ADD OPERATOR 1 > (int4, int8);

-- operator family owner | operator-family-owner | family
ALTER OPERATOR FAMILY {ref} OWNER TO bench_stranger;

-- operator family comment | operator-family-comment | family
COMMENT ON OPERATOR FAMILY {ref} IS NULL;

-- conversion dropped | conversion-missing | conversion
DROP CONVERSION {ref};

-- conversion made a default | conversion-definition | conversion
DROP CONVERSION {ref}; CREATE DEFAULT CONVERSION {ref} FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;

-- conversion owner | conversion-owner | conversion
ALTER CONVERSION {ref} OWNER TO bench_stranger;

-- language dropped | language-missing | language
DROP LANGUAGE {ref} CASCADE;

-- language made trusted | language-definition | language WHERE NOT lanpltrusted
CREATE OR REPLACE TRUSTED LANGUAGE {ref} HANDLER {lanplcallfoid::regproc} INLINE {laninline::regproc} VALIDATOR
    {lanvalidator::regproc};

-- language owner | language-owner | language
ALTER LANGUAGE {ref} OWNER TO bench_stranger;
