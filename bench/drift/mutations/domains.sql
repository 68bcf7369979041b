-- Changes to domains.

-- domain default | domain-definition | typ WHERE kind = 'd'
ALTER DOMAIN {ref} SET DEFAULT 42;

-- domain default dropped | domain-definition | typ WHERE kind = 'd' AND preset IS NOT NULL
ALTER DOMAIN {ref} DROP DEFAULT;

-- domain nullability | domain-definition | typ WHERE kind = 'd'
ALTER DOMAIN {ref} {CASE WHEN required THEN 'DROP' ELSE 'SET' END} NOT NULL;

-- domain check dropped | domain-definition check-missing | typ WHERE kind = 'd'
ALTER DOMAIN {ref} DROP CONSTRAINT {check_name};

-- domain check added | domain-definition check-unexpected | typ WHERE kind = 'd'
ALTER DOMAIN {ref} ADD CONSTRAINT bench_new CHECK (VALUE IS NOT NULL);

-- domain check renamed | domain-definition check-missing | typ WHERE kind = 'd'
ALTER DOMAIN {ref} RENAME CONSTRAINT {check_name} TO bench_new;

-- domain check changed | domain-definition check-changed | typ WHERE kind = 'd'
ALTER DOMAIN {ref} DROP CONSTRAINT {check_name};
ALTER DOMAIN {ref} ADD CONSTRAINT {check_name} CHECK (VALUE IS NOT NULL);

-- domain check not validated | domain-definition check-not-validated | typ WHERE kind = 'd'
ALTER DOMAIN {ref} DROP CONSTRAINT {check_name}; ALTER DOMAIN {ref} ADD CONSTRAINT {check_name} {check_def} NOT VALID;

-- domain check's comment | domain-comment check-comment domain-definition | typ WHERE kind = 'd'
COMMENT ON CONSTRAINT {check_name} ON DOMAIN {ref} IS 'new';

-- domain over another type | domain-definition | typ WHERE kind = 'd' AND NOT used
DROP DOMAIN {ref};
CREATE DOMAIN {ref} AS varchar(77) COLLATE "C" NOT NULL CONSTRAINT has_at CHECK (VALUE ~ '@') CONSTRAINT short CHECK
    (length(VALUE) < 100);

-- domain with another collation | domain-definition | typ WHERE kind = 'd' AND NOT used
DROP DOMAIN {ref};
CREATE DOMAIN {ref} AS text COLLATE "POSIX" NOT NULL CONSTRAINT has_at CHECK (VALUE ~ '@') CONSTRAINT short CHECK
    (length(VALUE) < 100);
