-- Hypertables and their policies, for a comparison with what the project declares. TimescaleDB is
-- installed. Its views (timescaledb_information) are not used, because only PostgreSQL's own views
-- may be executed.
SELECT
    declared.schema,
    declared.name,
    dimensions.printed AS dimensions,
    coalesce(dimensions.has_column, false) AS has_column,
    coalesce(dimensions.has_interval, false) AS has_interval,
    policies.compressed_after::text AS compressed_after,
    policies.dropped_after::text AS dropped_after,
    policies.compressed_after IS NOT DISTINCT FROM CAST(declared.compressed_after AS interval)
        AS is_compressed_so,
    policies.dropped_after IS NOT DISTINCT FROM CAST(declared.dropped_after AS interval) AS is_dropped_so
FROM unnest(
    CAST(:schemas AS text[]), CAST(:names AS text[]), CAST(:columns AS text[]), CAST(:intervals AS text[]),
    CAST(:compressed_after AS text[]), CAST(:dropped_after AS text[])
) AS declared (schema, name, time_column, time_interval, compressed_after, dropped_after)
CROSS JOIN LATERAL (
    SELECT
        string_agg(
            d.column_name || ' by ' || coalesce(d.num_slices || ' partitions', length.of_chunk::text),
            ', ' ORDER BY d.id
        ) AS printed,
        bool_or(d.column_name = declared.time_column) AS has_column,
        bool_or(
            d.column_name = declared.time_column
            AND length.of_chunk = CAST(declared.time_interval AS interval)
        ) AS has_interval
    FROM _timescaledb_catalog.hypertable AS h
    JOIN _timescaledb_catalog.dimension AS d ON d.hypertable_id = h.id
    CROSS JOIN LATERAL (
        SELECT justify_hours(make_interval(secs => d.interval_length / 1e6)) AS of_chunk
    ) AS length
    WHERE h.schema_name = declared.schema AND h.table_name = declared.name
) AS dimensions
CROSS JOIN LATERAL (
    SELECT
        max(CAST(j.config ->> 'compress_after' AS interval)) AS compressed_after,
        max(CAST(j.config ->> 'drop_after' AS interval)) AS dropped_after
    FROM _timescaledb_catalog.hypertable AS h
    JOIN _timescaledb_config.bgw_job AS j ON j.hypertable_id = h.id
    WHERE h.schema_name = declared.schema AND h.table_name = declared.name AND j.scheduled
) AS policies
ORDER BY 1, 2;
