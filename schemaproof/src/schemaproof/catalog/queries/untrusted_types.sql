-- Types whose owner may have created a cast, which then runs his code whenever a value is compared
-- or printed, whatever the search_path is. Types of superusers, of the owner of the database and of
-- the current role are left out.
SELECT t.oid
FROM pg_catalog.pg_type AS t
JOIN pg_catalog.pg_database AS d ON d.datname = current_database()
WHERE NOT pg_has_role(t.typowner, d.datdba, 'MEMBER')
    AND pg_get_userbyid(t.typowner) NOT IN (current_user, session_user)
