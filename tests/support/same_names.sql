-- Every function, aggregate, operator, type and table of pg_catalog once more in public, under its name
-- and with its types. Each says so in the server's log, and fails. What cannot be made (of internal
-- types, say) cannot be made by an attacker either.
SET search_path = pg_catalog, pg_temp;

CREATE FUNCTION public.monps_say(what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE LOG 'SHADOWED %', what;
    RAISE EXCEPTION 'SHADOWED %', what;
END
$$;

CREATE FUNCTION public.monps_is_said(what text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM public.monps_say(what);
    RETURN true;
END
$$;

CREATE FUNCTION pg_temp.body(what text) RETURNS text LANGUAGE sql AS $$
    SELECT format(
        ' LANGUAGE plpgsql AS %L',
        format('BEGIN PERFORM public.monps_say(%L); RETURN NULL; END', what)
    )
$$;

CREATE PROCEDURE pg_temp.make(statement text) LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE statement;
EXCEPTION WHEN OTHERS THEN
    NULL;
END
$$;

DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT p.oid, quote_ident(p.proname) AS name, pg_get_function_arguments(p.oid) AS arguments,
            pg_get_function_result(p.oid) AS result
        FROM pg_proc AS p
        WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f'
    LOOP
        CALL pg_temp.make(format('CREATE FUNCTION public.%s(%s) RETURNS %s', one.name, one.arguments, one.result)
            || replace(
                pg_temp.body(one.name), 'RETURN NULL;',
                CASE WHEN one.result ~ '^(SETOF|TABLE|record|void)' THEN '' ELSE 'RETURN NULL;' END
            ));
    END LOOP;

    FOR one IN
        SELECT p.oid, quote_ident(p.proname) AS name, pg_get_function_arguments(p.oid) AS arguments,
            pg_get_function_result(p.oid) AS result
        FROM pg_proc AS p
        WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'a'
    LOOP
        CALL pg_temp.make(format('CREATE FUNCTION public.monps_state_%s(text%s) RETURNS text', one.oid,
            CASE WHEN one.arguments = '' THEN '' ELSE ', ' || one.arguments END) || pg_temp.body(one.name));
        CALL pg_temp.make(format('CREATE FUNCTION public.monps_final_%s(text) RETURNS %s', one.oid, one.result)
            || pg_temp.body(one.name));
        CALL pg_temp.make(format(
            'CREATE AGGREGATE public.%s(%s) (SFUNC = public.monps_state_%s, STYPE = text, FINALFUNC = public.monps_final_%s)',
            one.name, CASE WHEN one.arguments = '' THEN '*' ELSE one.arguments END, one.oid, one.oid));
    END LOOP;

    FOR one IN
        SELECT o.oid, o.oprname AS name, nullif(o.oprleft, 0)::regtype AS l, o.oprright::regtype AS r,
            o.oprresult::regtype AS result
        FROM pg_operator AS o
        WHERE o.oprnamespace = 'pg_catalog'::regnamespace AND o.oprcode <> 0
    LOOP
        CALL pg_temp.make(format('CREATE FUNCTION public.monps_operator_%s(%s) RETURNS %s', one.oid,
            concat_ws(', ', one.l::text, one.r::text), one.result) || pg_temp.body(one.name));
        CALL pg_temp.make(format('CREATE OPERATOR public.%s (FUNCTION = public.monps_operator_%s%s, RIGHTARG = %s)',
            one.name, one.oid, coalesce(format(', LEFTARG = %s', one.l::text), ''), one.r::text));
    END LOOP;

    FOR one IN SELECT relname FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind IN ('r', 'v') LOOP
        CALL pg_temp.make(format('CREATE VIEW public.%I AS SELECT * FROM pg_catalog.%I WHERE public.monps_is_said(%L)',
            one.relname, one.relname, one.relname));
    END LOOP;
    FOR one IN
        SELECT t.typname FROM pg_type AS t
        WHERE t.typnamespace = 'pg_catalog'::regnamespace AND t.typtype = 'b' AND t.typcategory <> 'A'
    LOOP
        CALL pg_temp.make(format('CREATE DOMAIN public.%I AS pg_catalog.%I CHECK (public.monps_is_said(%L))',
            one.typname, one.typname, one.typname));
    END LOOP;
END
$$;
