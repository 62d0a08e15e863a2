-- Whose a revision is stands beside one that is not finished, so that what an account began is counted without walking
-- through everything that it ever handed in. Nobody asks it of those that were finished before.
ALTER TABLE revisions ADD COLUMN account_id TEXT NOT NULL DEFAULT '';
UPDATE revisions SET account_id = (SELECT a.account_id FROM applications a WHERE a.id = revisions.application_id)
WHERE receipt IS NULL;
CREATE INDEX revisions_unfinished ON revisions (account_id, received_at) WHERE receipt IS NULL;
