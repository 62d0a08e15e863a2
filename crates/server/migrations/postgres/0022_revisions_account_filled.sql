UPDATE revisions SET account_id = (SELECT a.account_id FROM applications a WHERE a.id = revisions.application_id);
