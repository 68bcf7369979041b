-- Whether a read-only session may use this server.
--
-- Lag is the age of the last transaction that was replayed. That age also grows while the primary
-- has nothing to say: as long as the receiver runs and all that it received is replayed, there is no
-- lag. Of pg_stat_wal_receiver a plain role sees that there is a row, and nothing else.
SELECT
    pg_is_in_recovery() AS is_standby,
    CAST(:position AS text) IS NULL
        OR COALESCE(
            pg_last_wal_replay_lsn() >= CAST(CAST(:position AS text) AS pg_lsn), false
        ) AS has_position,
    CAST(:max_lag AS double precision) IS NULL
        OR (
            pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
            AND EXISTS (SELECT FROM pg_stat_wal_receiver)
        )
        OR COALESCE(
            EXTRACT(EPOCH FROM clock_timestamp() - pg_last_xact_replay_timestamp())
            <= CAST(:max_lag AS double precision),
            false
        ) AS is_fresh
