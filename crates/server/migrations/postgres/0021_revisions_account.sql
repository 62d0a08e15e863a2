-- Whose a revision is stands beside one that is not finished, so that what an account began is counted without walking
-- through everything that it ever handed in. Nobody asks it of those that were finished before.
ALTER TABLE revisions ADD COLUMN account_id TEXT NOT NULL DEFAULT '';
