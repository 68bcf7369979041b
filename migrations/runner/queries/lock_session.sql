-- The facts of the session that holds the migrator's lock, and settings without which it would be
-- ended: it is idle for as long as a revision runs. The application's name says who holds the lock.
SELECT
    pg_backend_pid() AS pid,
    pg_is_in_recovery() AS is_standby,
    current_setting('transaction_read_only')::boolean AS is_read_only,
    set_config('idle_session_timeout', '0', false),
    set_config('statement_timeout', '0', false),
    set_config('application_name', :application_name, false);
