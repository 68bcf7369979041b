-- The facts about a session that is about to take the migrators' lock.
SELECT
    pg_is_in_recovery() AS is_standby,
    current_setting('transaction_read_only')::boolean AS is_read_only,
    current_setting('application_name') AS application_name;
