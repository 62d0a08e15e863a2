-- Of which days before a supplement's last one the person was told already, so that nobody is told twice.
CREATE TABLE reminders (
    application   TEXT NOT NULL REFERENCES applications(id) ON DELETE CASCADE,
    supplement_by TEXT NOT NULL,
    days_left     INTEGER NOT NULL,
    PRIMARY KEY (application, supplement_by, days_left)
) STRICT, WITHOUT ROWID;
