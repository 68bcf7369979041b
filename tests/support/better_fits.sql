-- After same_names.sql, in the same session: functions and operators in public for types for which
-- PostgreSQL has none of its own, so that they fit such arguments better: =(oid, integer),
-- =(varchar, varchar), ||(text, name), format(text, name, name).
DO $$
DECLARE
    one record;
    -- Of the arguments that our statements give.
    types text[] := ARRAY[
        'name', 'oid', 'text', 'varchar', 'int4', 'int8', 'int2', '"char"', 'bool', 'text[]', 'name[]', 'oid[]',
        'regclass', 'float8', 'numeric', 'interval', 'timestamptz', 'jsonb', 'xid', 'int2vector'
    ];
    left_type text;
    right_type text;
    sign text;
BEGIN
    -- What no operator of PostgreSQL takes as it is: =(oid, integer), =(varchar, varchar), ||(text, name).
    FOREACH left_type IN ARRAY types LOOP
        FOREACH right_type IN ARRAY types LOOP
            CALL pg_temp.make(format('CREATE FUNCTION public.monps_pair(%s, %s) RETURNS boolean', left_type, right_type)
                || pg_temp.body(format('operator(%s, %s)', left_type, right_type)));
            CALL pg_temp.make(format('CREATE FUNCTION public.monps_joined(%s, %s) RETURNS text', left_type, right_type)
                || pg_temp.body(format('||(%s, %s)', left_type, right_type)));
            FOREACH sign IN ARRAY ARRAY['=', '<>', '<', '>', '<=', '>=', '~~', '!~~', '~', '!~', '@>', '&&', '||'] LOOP
                CALL pg_temp.make(format('CREATE OPERATOR public.%s (FUNCTION = public.%s, LEFTARG = %s, RIGHTARG = %s)',
                    sign, CASE sign WHEN '||' THEN 'monps_joined' ELSE 'monps_pair' END, left_type, right_type));
            END LOOP;
        END LOOP;
        -- Functions of one argument, and those that take any number of anything.
        FOR one IN
            SELECT DISTINCT quote_ident(p.proname) AS name, pg_get_function_result(p.oid) AS result
            FROM pg_proc AS p
            WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f' AND p.pronargs = 1
                AND p.prorettype IN ('text'::regtype, 'int4'::regtype, 'int8'::regtype, 'bool'::regtype,
                    'oid'::regtype, 'regclass'::regtype, 'name'::regtype, 'anyelement'::regtype, 'jsonb'::regtype)
        LOOP
            CALL pg_temp.make(format('CREATE FUNCTION public.%s(%s) RETURNS %s', one.name, left_type,
                replace(one.result, 'anyelement', left_type)) || pg_temp.body(format('%s(%s)', one.name, left_type)));
        END LOOP;
    END LOOP;
    FOREACH left_type IN ARRAY ARRAY['text', 'name', 'oid', 'regclass', 'int4'] LOOP
        FOREACH right_type IN ARRAY ARRAY['text', 'name', 'oid', 'regclass', 'int4'] LOOP
            FOREACH sign IN ARRAY ARRAY['text, %s', 'text, %s, %s', 'text, %s, %s, text', 'text, %s, %s, name'] LOOP
                CALL pg_temp.make(format('CREATE FUNCTION public.format(' || sign || ') RETURNS text', left_type, right_type)
                    || pg_temp.body('format'));
                CALL pg_temp.make(format('CREATE FUNCTION public.concat_ws(' || sign || ') RETURNS text', left_type, right_type)
                    || pg_temp.body('concat_ws'));
                CALL pg_temp.make(format('CREATE FUNCTION public.jsonb_build_object(' || sign || ') RETURNS jsonb', left_type, right_type)
                    || pg_temp.body('jsonb_build_object'));
                CALL pg_temp.make(format('CREATE FUNCTION public.regexp_replace(' || sign || ') RETURNS text', left_type, right_type)
                    || pg_temp.body('regexp_replace'));
            END LOOP;
        END LOOP;
    END LOOP;
    FOREACH left_type IN ARRAY types LOOP
        CALL pg_temp.make(format('CREATE FUNCTION public.unnest(%s) RETURNS SETOF text', left_type)
            || replace(pg_temp.body('unnest'), 'RETURN NULL;', ''));
    END LOOP;
END
$$;
