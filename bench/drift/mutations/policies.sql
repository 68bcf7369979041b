-- Changes to policies of row security.

-- policy dropped | policy-missing | pol
DROP POLICY {quoted} ON {ref};

-- policy renamed | policy-missing policy-renamed | pol
ALTER POLICY {quoted} ON {ref} RENAME TO bench_new;

-- policy added | policy-unexpected | tab | new: bench_new
CREATE POLICY bench_new ON {ref} USING (true);

-- policy lets everything through | policy-definition | pol WHERE qual IS NOT NULL
ALTER POLICY {quoted} ON {ref} USING (true);

-- policy checks nothing | policy-definition | pol WHERE checked IS NOT NULL
ALTER POLICY {quoted} ON {ref} WITH CHECK (true);

-- policy for another command | policy-definition | pol WHERE checked IS NULL
DROP POLICY {quoted} ON {ref}; CREATE POLICY {quoted} ON {ref} FOR DELETE USING ({qual});

-- policy made the other kind | policy-definition | pol WHERE command = '*'
DROP POLICY {quoted} ON {ref};
CREATE POLICY {quoted} ON {ref} AS {CASE WHEN permissive THEN 'RESTRICTIVE' ELSE 'PERMISSIVE' END} USING ({qual});

-- policy for another role | policy-definition | pol
ALTER POLICY {quoted} ON {ref} TO bench_stranger;

-- policy comment | policy-comment | pol
COMMENT ON POLICY {quoted} ON {ref} IS {coalesce(comment || '.', 'new')!L};
