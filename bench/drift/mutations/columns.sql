-- Changes to columns: what they hold.

-- column dropped | column-missing | plain_col
ALTER TABLE {ref} DROP COLUMN {quoted} CASCADE;

-- column added | column-unexpected | tab WHERE NOT typed AND NOT partition | new: bench_new
ALTER TABLE {ref} ADD COLUMN bench_new text;

-- column added not null | column-unexpected | tab WHERE NOT typed AND NOT partition | new: bench_new
ALTER TABLE {ref} ADD COLUMN bench_new integer NOT NULL DEFAULT 0;

-- column renamed | column-missing column-renamed | col WHERE own
ALTER TABLE {ref} RENAME COLUMN {quoted} TO bench_new;

-- column dropped and made anew | column-order
--   | col WHERE own AND bare AND comment IS NULL AND acl IS NULL AND expression IS NULL AND NOT pinned AND NOT child
--     AND identity = '' AND NOT required AND collated IN (0, 100) AND storage <> 'e' AND compression = '' AND target
--     < 0 | lost: what it held comes from a backup alone
ALTER TABLE {ref} DROP COLUMN {quoted}, ADD COLUMN {quoted} {type};

-- columns renamed crosswise | column-order | pair
ALTER TABLE {ref} RENAME {quoted} TO bench_new; ALTER TABLE {ref} RENAME {other} TO {quoted};
ALTER TABLE {ref} RENAME bench_new TO {other};

-- column type: longer varchar | column-type-modifier column-type | plain_col WHERE base = 'varchar' AND modifier > 0
ALTER TABLE {ref} ALTER {quoted} TYPE varchar({modifier + 6});

-- column type: shorter varchar | column-type-modifier column-type
--   | plain_col WHERE base = 'varchar' AND modifier > 14
ALTER TABLE {ref} ALTER {quoted} TYPE varchar({modifier - 14});

-- column type: varchar without length | column-type-modifier column-type
--   | plain_col WHERE base = 'varchar' AND modifier > 0
ALTER TABLE {ref} ALTER {quoted} TYPE varchar;

-- column type: varchar to text | column-type | plain_col WHERE base = 'varchar' AND collated = 100
ALTER TABLE {ref} ALTER {quoted} TYPE text;

-- column type: text to varchar | column-type | plain_col WHERE base = 'text' AND collated = 100
ALTER TABLE {ref} ALTER {quoted} TYPE varchar(500);

-- column type: text to char | column-type | plain_col WHERE base = 'text' AND bare
ALTER TABLE {ref} ALTER {quoted} TYPE char(9);

-- column type: numeric precision and scale | column-type-modifier column-type | plain_col WHERE base = 'numeric'
ALTER TABLE {ref} ALTER {quoted} TYPE numeric(20, 7);

-- column type: numeric without precision | column-type-modifier column-type
--   | plain_col WHERE base = 'numeric' AND modifier > 0
ALTER TABLE {ref} ALTER {quoted} TYPE numeric;

-- column type: timestamp precision | column-type-modifier column-type | plain_col WHERE base = 'timestamptz'
ALTER TABLE {ref} ALTER {quoted} TYPE timestamptz(0);

-- column type: timestamptz to timestamp | column-type | plain_col WHERE base = 'timestamptz' AND expression IS NULL
ALTER TABLE {ref} ALTER {quoted} TYPE timestamp;

-- column type: integer to bigint | column-type | plain_col WHERE base = 'int4' AND bare
ALTER TABLE {ref} ALTER {quoted} TYPE bigint;

-- column type: bigint to integer | column-type | plain_col WHERE base = 'int8'
ALTER TABLE {ref} ALTER {quoted} TYPE integer;

-- column type: integer to smallint | column-type | plain_col WHERE base = 'int4' AND bare AND identity = ''
ALTER TABLE {ref} ALTER {quoted} TYPE smallint;

-- column type: double precision to real | column-type | plain_col WHERE base = 'float8' AND bare
ALTER TABLE {ref} ALTER {quoted} TYPE real;

-- column type: double precision to numeric | column-type | plain_col WHERE base = 'float8'
ALTER TABLE {ref} ALTER {quoted} TYPE numeric;

-- column type: jsonb to json | column-type | plain_col WHERE base = 'jsonb' AND bare
ALTER TABLE {ref} ALTER {quoted} TYPE json;

-- column type: jsonb to text | column-type | plain_col WHERE base = 'jsonb' AND bare AND expression IS NULL
ALTER TABLE {ref} ALTER {quoted} TYPE text;

-- column type: boolean to text | column-type | plain_col WHERE base = 'bool' AND NOT keyed AND expression IS NULL
ALTER TABLE {ref} ALTER {quoted} TYPE text;

-- column type: to an array | column-type | plain_col WHERE base = 'text' AND bare AND expression IS NULL
ALTER TABLE {ref} ALTER {quoted} TYPE text[] USING ARRAY[{quoted}];

-- column type: array to its element | column-type | plain_col WHERE base = '_text' AND NOT keyed
--   | lost: what it held comes from a backup alone
ALTER TABLE {ref} DROP COLUMN {quoted} CASCADE, ADD COLUMN {quoted} text;

-- column type: enum to text | column-type | plain_col WHERE typtype = 'e' AND NOT keyed
ALTER TABLE {ref} ALTER {quoted} DROP DEFAULT, ALTER {quoted} TYPE text;

-- column type: domain to what it is made of | column-type | plain_col WHERE typtype = 'd'
ALTER TABLE {ref} ALTER {quoted} TYPE numeric;

-- column type: composite to text | column-type | plain_col WHERE typtype = 'c'
ALTER TABLE {ref} ALTER {quoted} TYPE text USING {quoted}::text;

-- column collation | column-collation | plain_col WHERE base IN ('text', 'varchar')
ALTER TABLE {ref} ALTER {quoted} TYPE {type} COLLATE "POSIX";

-- column collation: a type's own to C | column-collation
--   | plain_col WHERE base IN ('text', 'varchar') AND collated = 100
ALTER TABLE {ref} ALTER {quoted} TYPE {type} COLLATE "C";
