-- Removes the audit with its record. If other roles have added objects to its schema, or objects
-- that depend on it, the script fails and nothing is removed.
DROP EVENT TRIGGER IF EXISTS schemaproof_audit_command;
DROP EVENT TRIGGER IF EXISTS schemaproof_audit_drop;
DROP FUNCTION IF EXISTS schemaproof_audit.record();
DROP TABLE IF EXISTS schemaproof_audit.command;
DROP SCHEMA IF EXISTS schemaproof_audit;
