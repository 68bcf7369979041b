CREATE OR REPLACE FUNCTION schemaproof_audit.record()
 RETURNS event_trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
 SET lock_timeout TO '100ms'
 SET standard_conforming_strings TO 'on'
 SET quote_all_identifiers TO 'off'
 SET exit_on_error TO 'off'
AS $function$
-- Records one DDL command. Whatever goes wrong, the command goes on: an error is caught, and what is left of
-- the record is tried once more. A time-out of the statement fires once, so that the next attempt passes;
-- only who cancels the statement again and again cancels it here, too.
DECLARE
    longest CONSTANT integer := 65536;
    most_objects CONSTANT integer := 1000;
    is_full boolean := true;
    cancelled integer := 0;
    found jsonb;
    names text[];
    query text;
    kept text;
BEGIN
    IF TG_TAG = 'REFRESH MATERIALIZED VIEW' THEN
        RETURN; -- it changes rows alone
    END IF;
    LOOP
        BEGIN
            IF is_full AND TG_EVENT = 'sql_drop' THEN
                -- What only goes with something else (toast tables, types of rows) is not said.
                SELECT jsonb_agg(
                    jsonb_build_object(
                        'type', d.object_type, 'identity', d.object_identity, 'names', d.address_names,
                        'class', d.classid::regclass, 'oid', d.objid::bigint, 'part', d.objsubid
                    )
                ) INTO found
                FROM (
                    SELECT *
                    FROM pg_event_trigger_dropped_objects()
                    WHERE (original OR normal) AND NOT is_temporary
                    LIMIT most_objects
                ) AS d;
            ELSIF is_full THEN
                SELECT jsonb_agg(
                    jsonb_build_object(
                        'type', c.object_type, 'identity', c.object_identity, 'names', c.object_names,
                        'class', c.classid::regclass, 'oid', c.objid::bigint, 'part', c.objsubid
                    )
                ) INTO found
                FROM (
                    SELECT c.*, a.object_names
                    FROM pg_event_trigger_ddl_commands() AS c
                    LEFT JOIN LATERAL pg_identify_object_as_address(c.classid, c.objid, c.objsubid) AS a ON true
                    WHERE NOT c.in_extension
                        -- Nobody can call a schema so; a publication he can.
                        AND c.schema_name IS DISTINCT FROM 'pg_temp'
                        AND (cardinality(a.object_names) > 1 AND a.object_names[1] = 'pg_temp') IS NOT TRUE
                    LIMIT most_objects
                ) AS c;
            END IF;
            IF is_full AND found IS NULL THEN
                RETURN;
            END IF;
            SELECT array_agg(DISTINCT name) INTO names
            FROM jsonb_array_elements(found) AS one
            CROSS JOIN LATERAL (
                VALUES (one ->> 'identity'), ((one -> 'names' ->> 0) || '.' || (one -> 'names' ->> 1))
            ) AS said (name)
            WHERE name IS NOT NULL;
            query := left(current_query(), longest);
            kept := CASE
                WHEN query IS NULL THEN 'unknown'
                -- It may hold a password. Where there is no text literal, there is none.
                WHEN query ~ '[''$]' AND (
                    TG_TAG ~ '(USER MAPPING|SUBSCRIPTION|SERVER|FOREIGN)'
                    OR query ~* (
                        'passw|passphrase|pwd|secret|credential|token|(api|access|private)_?key|conninfo|'
                        'connection|user\s+mapping|subscription|server|options|dblink|crypt|://|'
                        'U&[''"]|\\[xu0-7]'
                    )
                ) THEN 'omitted'
                WHEN length(current_query()) > longest THEN 'cut'
                ELSE 'whole'
            END;
            INSERT INTO schemaproof_audit.command (
                transaction_id, event, tag, session_role, set_role, client_address, application_name,
                statement, kept, objects, names, migrators_lock
            )
            VALUES (
                pg_current_xact_id(),
                TG_EVENT,
                TG_TAG,
                session_user,
                NULLIF(current_setting('role'), 'none'),
                inet_client_addr(),
                current_setting('application_name'),
                CASE WHEN kept <> 'omitted' THEN query END,
                kept,
                coalesce(found, '[]'),
                coalesce(names, '{}'),
                -- The migrator names its session so; looking at all locks takes long where there are many.
                current_setting('application_name') LIKE '% migrator %' AND (
                    SELECT count(*) = 2
                    FROM pg_locks AS l
                    JOIN pg_database AS d ON d.oid = l.database
                    WHERE l.locktype = 'advisory'
                        AND l.granted
                        AND l.pid = pg_backend_pid()
                        AND d.datname = current_database()
                        AND l.classid = 1836019312
                        AND l.objid IN (1, 2)
                        AND l.objsubid = 2
                )
            );
            RETURN;
        EXCEPTION
            WHEN query_canceled THEN
                cancelled := cancelled + 1;
                IF cancelled > 3 THEN
                    RAISE;
                END IF;
            WHEN statement_too_complex THEN
                RAISE; -- a session that nests so deeply could hide what it does
            WHEN OTHERS OR assert_failure THEN
                IF NOT is_full THEN
                    RAISE LOG 'schemaproof_audit: % is not recorded (SQLSTATE %)', TG_TAG, SQLSTATE;
                    RETURN;
                END IF;
                is_full := false;
                found := NULL;
        END;
    END LOOP;
END
$function$
