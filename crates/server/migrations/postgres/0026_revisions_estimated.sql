-- Whether the day was counted by weekends alone (1), because the holidays of a year on the way to it were not published.
ALTER TABLE revisions ADD COLUMN due_estimated BIGINT NOT NULL DEFAULT 0;
