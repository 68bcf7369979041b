CREATE FUNCTION zoo.full_name(one zoo.animal) RETURNS text LANGUAGE sql IMMUTABLE STRICT
    PARALLEL SAFE COST 50 AS $$ SELECT one.name || ' ' || one.species $$;
CREATE FUNCTION zoo.add(a integer, b integer DEFAULT 1) RETURNS integer LANGUAGE sql IMMUTABLE
    RETURN a + b;
CREATE FUNCTION zoo.add(a numeric, b numeric) RETURNS numeric LANGUAGE sql AS 'SELECT a + b';
CREATE FUNCTION zoo.hungry() RETURNS SETOF zoo.animal LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path = zoo, pg_temp ROWS 10
    AS $$ BEGIN RETURN QUERY SELECT * FROM zoo.animal WHERE mood = 'hungry'; END $$;
CREATE FUNCTION zoo.split(INOUT whole text, OUT rest text, VARIADIC parts text[]) LANGUAGE plpgsql
    LEAKPROOF AS $$ BEGIN rest := parts[1]; END $$;
CREATE FUNCTION zoo.cages() RETURNS TABLE (id integer, cage box) LANGUAGE sql
    AS 'SELECT id, cage FROM zoo.animal';
CREATE PROCEDURE zoo.feed(who integer, INOUT kilograms double precision DEFAULT 1.0)
    LANGUAGE plpgsql AS $$ BEGIN INSERT INTO zoo.feeding VALUES (who, now(), kilograms); END $$;
CREATE AGGREGATE zoo.total(integer) (sfunc = int4pl, stype = integer, initcond = '0', parallel = safe);
CREATE FUNCTION "a ""wild"" 50% schéma"."do $$ 50%"("in" text DEFAULT '50% $x$ ''') RETURNS text
    LANGUAGE sql AS $f$ SELECT '100% "x" $$ \ ' || "in" $f$;
