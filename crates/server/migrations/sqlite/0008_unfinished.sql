-- Whose a revision is stands beside it, so that what an account began and did not finish is counted without walking
-- through everything that it ever handed in.
ALTER TABLE revisions ADD COLUMN account_id TEXT NOT NULL DEFAULT '';
UPDATE revisions SET account_id = (SELECT a.account_id FROM applications a WHERE a.id = revisions.application_id);
CREATE INDEX revisions_unfinished ON revisions (account_id, received_at) WHERE receipt IS NULL;
