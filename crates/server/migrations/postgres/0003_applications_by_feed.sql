CREATE INDEX applications_by_feed ON applications (account_id, feed_seq);
