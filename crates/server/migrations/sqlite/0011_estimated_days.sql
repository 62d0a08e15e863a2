-- Whether a day was counted by weekends alone (1), because the holidays of a year on the way to it were not published. Of
-- those counted before nobody knows.
ALTER TABLE revisions ADD COLUMN due_estimated BIGINT NOT NULL DEFAULT 0;
ALTER TABLE applications ADD COLUMN due_estimated BIGINT NOT NULL DEFAULT 0;
ALTER TABLE applications ADD COLUMN supplement_estimated BIGINT NOT NULL DEFAULT 0;
