-- This is executed before and after a step. Otherwise a script for another revision than that of the
-- database would apply the wrong statements without an error.
DO $version$
DECLARE
    found text[];
BEGIN
    EXECUTE pg_catalog.concat(
        'SELECT pg_catalog.array_agg(CAST(version_num AS text)) FROM ', CAST(:table AS text)
    ) INTO found;
    IF EXISTS (
        SELECT FROM pg_catalog.jsonb_array_elements_text(CAST(:heads AS jsonb)) AS head (name)
        WHERE head.name = ANY (found) IS NOT true
    ) OR EXISTS (
        SELECT FROM pg_catalog.jsonb_array_elements_text(CAST(:left AS jsonb)) AS former (name)
        WHERE former.name = ANY (found)
    ) THEN
        RAISE EXCEPTION '% holds % where % should stand: nothing of this step is done',
            CAST(:table AS text), coalesce(CAST(found AS text), 'no row'), CAST(:heads AS text)
            USING HINT = 'run a script that begins at the revision that the database is at';
    END IF;
END
$version$;
