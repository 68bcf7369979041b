-- Changes to extensions.

-- extension dropped | extension-missing | extension
DROP EXTENSION {ref} CASCADE;

-- extension of another version | extension-version | extension
--   | here: the version comes with the packages of the server
UPDATE pg_extension SET extversion = '0.bench' WHERE extname = {extname!L};

-- extension comment | extension-comment | extension
COMMENT ON EXTENSION {ref} IS 'changed';
