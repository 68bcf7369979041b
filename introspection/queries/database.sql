-- What a database gets when it is created.
SELECT
    pg_encoding_to_char(d.encoding) AS encoding,
    d.datcollate AS lc_collate,
    d.datctype AS lc_ctype
FROM pg_catalog.pg_database AS d
WHERE d.datname = current_database();
