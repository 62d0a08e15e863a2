CREATE INDEX revisions_unfinished ON revisions (account_id, received_at) WHERE receipt IS NULL;
