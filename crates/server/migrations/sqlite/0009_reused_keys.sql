-- When an idempotency key came again with other content, for the first time: that is written into the audit log once.
ALTER TABLE submissions ADD COLUMN reused_at INTEGER;
