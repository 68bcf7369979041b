-- What happens to every database.

-- vacuum | - | one
VACUUM;

-- vacuum full | - | one
VACUUM FULL;

-- vacuum freeze | - | one
VACUUM (FREEZE);

-- analyze | - | one
ANALYZE;

-- checkpoint | - | one
CHECKPOINT;

-- reindex | - | tab
REINDEX TABLE {ref};

-- reindex concurrently | - | tab WHERE kind = 'r'
REINDEX TABLE CONCURRENTLY {ref};

-- materialised view refreshed | - | seen WHERE kind = 'm' AND filled
REFRESH MATERIALIZED VIEW {ref};

-- sequence moved on | - | seq
SELECT nextval({ref!L}), nextval({ref!L});

-- truncated | - | tab
TRUNCATE {ref} RESTART IDENTITY CASCADE;

-- rows inserted | -
--   | tab WHERE kind = 'r' AND NOT partition AND schema || name IN ('zoospare', 'zooaudit', 'zoofish')
{CASE name WHEN 'spare' THEN 'INSERT INTO zoo.spare (yes) SELECT true FROM generate_series(1, 99)' WHEN 'audit' THEN
    'INSERT INTO zoo.audit (what) SELECT ''x'' FROM generate_series(1, 99)' ELSE
    'INSERT INTO zoo.fish (name) SELECT ''x'' FROM generate_series(1, 99)' END};

-- rows inserted with their keys by the sequence | - | tab WHERE schema = 'quantum' AND name = 'team_quantum_dna'
INSERT INTO quantum.team_quantum_dna (team_name, league) SELECT n, 'x' FROM generate_series(1, 99) AS n;
