-- Changes to domains.

-- domain default | domain-definition domain-default | typ WHERE kind = 'd'
ALTER DOMAIN {ref} SET DEFAULT 42;

-- domain default dropped | domain-definition domain-default | typ WHERE kind = 'd' AND preset IS NOT NULL
ALTER DOMAIN {ref} DROP DEFAULT;

-- domain nullability | domain-definition domain-nullability domain-not-null | typ WHERE kind = 'd'
ALTER DOMAIN {ref} {CASE WHEN required THEN 'DROP' ELSE 'SET' END} NOT NULL;

-- domain check dropped | domain-definition domain-checks check-missing domain-check-missing | typ WHERE kind = 'd'
ALTER DOMAIN {ref} DROP CONSTRAINT {check_name};

-- domain check added | domain-definition domain-checks check-unexpected domain-check-unexpected
--   | typ WHERE kind = 'd'
ALTER DOMAIN {ref} ADD CONSTRAINT bench_new CHECK (VALUE IS NOT NULL);

-- domain check renamed | domain-definition domain-checks check-missing domain-check-missing | typ WHERE kind = 'd'
ALTER DOMAIN {ref} RENAME CONSTRAINT {check_name} TO bench_new;

-- domain check changed | domain-definition domain-checks check-changed domain-check-changed | typ WHERE kind = 'd'
ALTER DOMAIN {ref} DROP CONSTRAINT {check_name};
ALTER DOMAIN {ref} ADD CONSTRAINT {check_name} CHECK (VALUE IS NOT NULL);

-- domain check not validated
--   | domain-definition domain-checks domain-not-validated check-not-validated domain-check-changed
--   | typ WHERE kind = 'd'
ALTER DOMAIN {ref} DROP CONSTRAINT {check_name}; ALTER DOMAIN {ref} ADD CONSTRAINT {check_name} {check_def} NOT VALID;

-- domain check's comment | domain-comment check-comment domain-definition domain-checks domain-check-comment
--   | typ WHERE kind = 'd'
COMMENT ON CONSTRAINT {check_name} ON DOMAIN {ref} IS 'new';

-- domain over another type | domain-definition domain-type domain-checks | typ WHERE kind = 'd' AND NOT used
DROP DOMAIN {ref};
CREATE DOMAIN {ref} AS varchar(77) COLLATE "C" NOT NULL CONSTRAINT has_at CHECK (VALUE ~ '@') CONSTRAINT short CHECK
    (length(VALUE) < 100);

-- domain with another collation | domain-definition domain-collation domain-checks
--   | typ WHERE kind = 'd' AND NOT used
DROP DOMAIN {ref};
CREATE DOMAIN {ref} AS text COLLATE "POSIX" NOT NULL CONSTRAINT has_at CHECK (VALUE ~ '@') CONSTRAINT short CHECK
    (length(VALUE) < 100);
