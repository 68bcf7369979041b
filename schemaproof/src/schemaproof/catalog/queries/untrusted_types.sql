-- Types whose owner may have made a cast of them that runs his code whenever a value is compared or
-- printed, whatever the search_path: those of nobody but superusers, the owner of the database and
-- whoever asks are left out.
SELECT t.oid
FROM pg_catalog.pg_type AS t
JOIN pg_catalog.pg_database AS d ON d.datname = current_database()
WHERE NOT pg_has_role(t.typowner, d.datdba, 'MEMBER')
    AND pg_get_userbyid(t.typowner) NOT IN (current_user, session_user)
