-- The values of sequences, in the order of the arrays, and whether the table that uses the sequence
-- is empty. pg_sequence_last_value() is null if the sequence was not used since it was created or
-- set. It keeps a lock on the sequence until the transaction ends.
SELECT
    pg_sequence_last_value(u.sequence) AS last_value,
    coalesce(pg_relation_size(u.relation) = 0, u.relation IS NULL) AS empty
FROM unnest(CAST(:sequences AS oid[]), CAST(:relations AS oid[]))
    WITH ORDINALITY AS u (sequence, relation, number)
ORDER BY u.number;
