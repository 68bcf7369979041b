-- Sequences that have given a value, each with what lets it go on there.
SELECT
    format('%I.%I', s.schemaname, s.sequencename) AS name,
    format(
        'SELECT pg_catalog.setval(%L, %s)', format('%I.%I', s.schemaname, s.sequencename), s.last_value
    ) AS sql
FROM pg_sequences AS s
WHERE s.schemaname = ANY(CAST(:schemas AS text[])) AND s.last_value IS NOT NULL
ORDER BY s.schemaname, s.sequencename
