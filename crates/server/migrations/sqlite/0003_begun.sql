-- `begun_at`: when the first manifest of a revision arrived. A manifest that replaces it because a document was unfit
-- keeps it, so that a supplement begun in time stays in time; `received_at` is the arrival of the manifest that counts.
ALTER TABLE revisions ADD COLUMN begun_at BIGINT NOT NULL DEFAULT 0;
UPDATE revisions SET begun_at = received_at;
