-- What may have left this desk can no longer be taken back: noted before the first byte of a hand-in goes.
ALTER TABLE outbox ADD COLUMN left_desk INTEGER NOT NULL DEFAULT 0;
-- Of what was owed before nobody knows.
UPDATE outbox SET left_desk = 1;
