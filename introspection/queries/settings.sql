-- What PostgreSQL prints depends on these; local to the transaction or savepoint.
-- An empty search_path makes every name outside pg_catalog qualified.
SELECT
    set_config('search_path', '', true),
    set_config('quote_all_identifiers', 'off', true),
    set_config('DateStyle', 'ISO, YMD', true),
    set_config('IntervalStyle', 'postgres', true),
    set_config('lc_monetary', 'C', true),
    set_config('extra_float_digits', '1', true),
    set_config('TimeZone', 'UTC', true),
    set_config('bytea_output', 'hex', true),
    set_config('xmloption', 'content', true),
    set_config('standard_conforming_strings', 'on', true),
    -- Not for the print: a session that prepares the queries plans each of them once.
    set_config('plan_cache_mode', 'force_generic_plan', true),
    -- Compiling a catalog query takes longer than running it.
    set_config('jit', 'off', true);
