-- Whether a read-only session may use this server. All names are qualified, because the application
-- then continues in the same transaction with its own search_path.
--
-- The lag is the age of the last transaction that was replayed. That age also grows while the
-- primary writes nothing, which is not counted as lag as long as the receiver runs and everything
-- that it received is replayed. An ordinary role only sees that pg_stat_wal_receiver has a row.
SELECT
    state.is_standby,
    CAST(:position AS pg_catalog.text) IS NULL
        OR COALESCE(
            pg_catalog.pg_last_wal_replay_lsn() OPERATOR(pg_catalog.>=)
                CAST(CAST(:position AS pg_catalog.text) AS pg_catalog.pg_lsn),
            false
        ) AS has_position,
    CAST(:max_lag AS double precision) IS NULL
        OR COALESCE(
            state.lag OPERATOR(pg_catalog.<=) CAST(:max_lag AS double precision), false
        ) AS is_fresh,
    state.lag
FROM (
    SELECT
        pg_catalog.pg_is_in_recovery() AS is_standby,
        CASE
            WHEN pg_catalog.pg_last_wal_receive_lsn() OPERATOR(pg_catalog.=)
                pg_catalog.pg_last_wal_replay_lsn()
                AND EXISTS (SELECT FROM pg_catalog.pg_stat_wal_receiver)
                THEN 0
            ELSE CAST(
                EXTRACT(
                    EPOCH FROM pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-)
                        pg_catalog.pg_last_xact_replay_timestamp()
                ) AS double precision
            )
        END AS lag
) AS state
