CREATE FOREIGN DATA WRAPPER zoo_wrapper NO HANDLER OPTIONS (depth '1');
CREATE SERVER zoo_server TYPE 'zoo' VERSION '1' FOREIGN DATA WRAPPER zoo_wrapper
    OPTIONS (host 'elsewhere');
CREATE USER MAPPING FOR PUBLIC SERVER zoo_server OPTIONS ("user" 'anybody');
CREATE FOREIGN TABLE zoo.other_zoo (
    id integer OPTIONS (key 'true') NOT NULL,
    name text DEFAULT 'x',
    CONSTRAINT ck_other_zoo_id CHECK (id > 0)
) SERVER zoo_server OPTIONS (table_name 'animals');
CREATE ACCESS METHOD zoo_heap TYPE TABLE HANDLER heap_tableam_handler;
-- Handlers of pg_catalog would make pg_dump take it for an extension.
CREATE FUNCTION zoo.call() RETURNS language_handler LANGUAGE c
    AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE FUNCTION zoo.inline(internal) RETURNS void LANGUAGE c STRICT
    AS '$libdir/plpgsql', 'plpgsql_inline_handler';
CREATE FUNCTION zoo.validate(oid) RETURNS void LANGUAGE c STRICT
    AS '$libdir/plpgsql', 'plpgsql_validator';
CREATE LANGUAGE zoo_language HANDLER zoo.call INLINE zoo.inline VALIDATOR zoo.validate;
