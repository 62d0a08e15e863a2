-- What a copy of the version before begins after this is not counted against its account: for the week in which it would
-- be, or until its manifest comes again.
UPDATE revisions SET account_id = (SELECT a.account_id FROM applications a WHERE a.id = revisions.application_id)
WHERE receipt IS NULL;
