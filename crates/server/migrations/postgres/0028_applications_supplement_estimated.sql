ALTER TABLE applications ADD COLUMN supplement_estimated BIGINT NOT NULL DEFAULT 0;
