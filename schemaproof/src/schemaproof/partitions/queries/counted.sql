SELECT
    count(*) AS rows,
    coalesce(sum(hashtextextended(one::text, 0)), 0)::text AS checksum
FROM @{table} AS one
