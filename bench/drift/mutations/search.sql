-- Changes to text search objects.

-- text search configuration dropped | {}-missing | ts_configuration
DROP TEXT SEARCH CONFIGURATION {ref} CASCADE;

-- text search dictionary dropped | {}-missing | ts_dictionary
DROP TEXT SEARCH DICTIONARY {ref} CASCADE;

-- text search parser dropped | {}-missing | ts_parser
DROP TEXT SEARCH PARSER {ref} CASCADE;

-- text search template dropped | {}-missing | ts_template
DROP TEXT SEARCH TEMPLATE {ref} CASCADE;

-- text search configuration renamed | {}-missing {}-renamed | ts_configuration
ALTER TEXT SEARCH CONFIGURATION {ref} RENAME TO bench_new;

-- text search dictionary renamed | {}-missing {}-renamed | ts_dictionary
ALTER TEXT SEARCH DICTIONARY {ref} RENAME TO bench_new;

-- text search parser renamed | {}-missing {}-renamed | ts_parser
ALTER TEXT SEARCH PARSER {ref} RENAME TO bench_new;

-- text search template renamed | {}-missing {}-renamed | ts_template
ALTER TEXT SEARCH TEMPLATE {ref} RENAME TO bench_new;

-- text search configuration comment | {}-comment | ts_configuration WHERE comment IS NOT NULL
COMMENT ON TEXT SEARCH CONFIGURATION {ref} IS 'changed';

-- text search dictionary comment | {}-comment | ts_dictionary WHERE comment IS NOT NULL
COMMENT ON TEXT SEARCH DICTIONARY {ref} IS 'changed';

-- text search parser comment | {}-comment | ts_parser WHERE comment IS NOT NULL
COMMENT ON TEXT SEARCH PARSER {ref} IS 'changed';

-- text search template comment | {}-comment | ts_template WHERE comment IS NOT NULL
COMMENT ON TEXT SEARCH TEMPLATE {ref} IS 'changed';

-- text search configuration owner | {}-owner | ts_configuration
ALTER TEXT SEARCH CONFIGURATION {ref} OWNER TO bench_stranger;

-- text search dictionary owner | {}-owner | ts_dictionary
ALTER TEXT SEARCH DICTIONARY {ref} OWNER TO bench_stranger;

-- text search configuration added | text-search-configuration-unexpected | mine WHERE managed | new: bench_new
--   | lost: what no model knows is never dropped
CREATE TEXT SEARCH CONFIGURATION {ref}.bench_new (COPY = pg_catalog.simple);

-- text search dictionary added | text-search-dictionary-unexpected | mine WHERE managed | new: bench_new
--   | lost: what no model knows is never dropped
CREATE TEXT SEARCH DICTIONARY {ref}.bench_new (TEMPLATE = pg_catalog.simple);

-- text search parser added | text-search-parser-unexpected | mine WHERE managed | new: bench_new
--   | lost: what no model knows is never dropped
CREATE TEXT SEARCH PARSER {ref}.bench_new (START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES =
    prsd_lextype);

-- text search template added | text-search-template-unexpected | mine WHERE managed | new: bench_new
--   | lost: what no model knows is never dropped
CREATE TEXT SEARCH TEMPLATE {ref}.bench_new (INIT = dsimple_init, LEXIZE = dsimple_lexize);

-- text search mapping changed | {}-definition
--   | ts_configuration WHERE EXISTS (SELECT FROM pg_ts_config_map WHERE mapcfg = ts_configuration.oid)
ALTER TEXT SEARCH CONFIGURATION {ref} ALTER MAPPING FOR word WITH pg_catalog.simple;

-- text search mapping in another order | {}-definition
--   | ts_configuration WHERE EXISTS (SELECT FROM pg_ts_config_map WHERE mapcfg = ts_configuration.oid)
ALTER TEXT SEARCH CONFIGURATION {ref} ALTER MAPPING FOR word WITH pg_catalog.english_stem, zoo.words;

-- text search mapping dropped | {}-definition
--   | ts_configuration WHERE EXISTS (SELECT FROM pg_ts_config_map WHERE mapcfg = ts_configuration.oid)
ALTER TEXT SEARCH CONFIGURATION {ref} DROP MAPPING FOR word;

-- text search configuration with another parser | {}-definition
--   | ts_configuration WHERE NOT EXISTS (SELECT FROM pg_ts_config_map WHERE mapcfg = ts_configuration.oid)
DROP TEXT SEARCH CONFIGURATION {ref}; CREATE TEXT SEARCH CONFIGURATION {ref} (PARSER = pg_catalog.default);

-- text search dictionary options | {}-definition | ts_dictionary WHERE dictinitoption IS NOT NULL
ALTER TEXT SEARCH DICTIONARY {ref} (ACCEPT = false);
