-- Takes the audit away with all that it has recorded. What others have put beside it, or built on it, is in
-- the way, and stays.
DROP EVENT TRIGGER IF EXISTS schemaproof_audit_command;
DROP EVENT TRIGGER IF EXISTS schemaproof_audit_drop;
DROP FUNCTION IF EXISTS schemaproof_audit.record();
DROP TABLE IF EXISTS schemaproof_audit.command;
DROP SCHEMA IF EXISTS schemaproof_audit;
