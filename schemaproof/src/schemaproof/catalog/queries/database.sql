-- The properties that a database gets when it is created, and its connection limit.
SELECT
    pg_encoding_to_char(d.encoding) AS encoding,
    d.datcollate AS lc_collate,
    d.datctype AS lc_ctype,
    d.datconnlimit::text AS connection_limit,
    format('ALTER DATABASE %I', d.datname) AS alter
FROM pg_catalog.pg_database AS d
WHERE d.datname = current_database();
