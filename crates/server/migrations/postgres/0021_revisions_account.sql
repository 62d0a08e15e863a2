-- Whose a revision is stands beside it, so that what an account began and did not finish is counted without walking
-- through everything that it ever handed in.
ALTER TABLE revisions ADD COLUMN account_id TEXT NOT NULL DEFAULT '';
