-- Takes a record back to schema 5, which had no checksums. The next hrm that opens it adds them to what it then holds.
BEGIN;
DROP TABLE sums;
ALTER TABLE meta DROP COLUMN sum;
UPDATE meta SET value = '5' WHERE key = 'schema';
PRAGMA user_version = 5;
COMMIT;
PRAGMA wal_checkpoint(TRUNCATE);
