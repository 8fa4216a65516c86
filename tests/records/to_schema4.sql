-- Takes a record back to schema 4, in which an episode's row held what roles spent and the moments as text.
BEGIN;
DROP VIEW results;
DROP VIEW spent;
DROP INDEX IF EXISTS tool_runs_disputed;
ALTER TABLE episodes ADD COLUMN roles TEXT NOT NULL DEFAULT '';
ALTER TABLE episodes ADD COLUMN curve TEXT NOT NULL DEFAULT '';
UPDATE episodes SET roles = (SELECT json_group_object(r.name, json_object('calls', s.calls, 'tool_runs', s.tool_runs,
    'prompt_tokens', s.prompt_tokens, 'generated_tokens', s.generated_tokens, 'model_seconds', s.model_seconds,
    'tool_seconds', s.tool_seconds)) FROM (SELECT * FROM shares ORDER BY seq) s JOIN roles r ON r.id = s.role
    WHERE s.episode = episodes.id) WHERE id IN (SELECT episode FROM shares);
UPDATE episodes SET curve = (SELECT group_concat(printf('%d:%d:%d:%.6g:%d', generated_tokens, calls, tool_runs, seconds,
    passed), ';') FROM (SELECT * FROM moments ORDER BY seq) m WHERE m.episode = episodes.id)
    WHERE id IN (SELECT episode FROM moments);
DROP TABLE shares;
DROP TABLE moments;
DROP TABLE roles;
CREATE VIEW results AS SELECT e.*, e.task AS task_no, e.arm AS arm_no FROM episodes e;
UPDATE meta SET value = '4' WHERE key = 'schema';
PRAGMA user_version = 4;
COMMIT;
PRAGMA wal_checkpoint(TRUNCATE);
VACUUM;
