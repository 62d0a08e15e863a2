-- Append-only: a change is a new file. Times are RFC 3339 text, ids hyphenated UUID text,
-- lists and states JSON text; answers stand one row a field so that an autosave writes one row.

CREATE TABLE applications (
    id              TEXT PRIMARY KEY,
    service         TEXT NOT NULL,
    service_version INTEGER NOT NULL,
    status          TEXT NOT NULL,
    place           TEXT NOT NULL DEFAULT '',
    revision        INTEGER NOT NULL DEFAULT 0,
    number          TEXT,
    created_at      TEXT NOT NULL,
    saved_at        TEXT NOT NULL,
    discarded       INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE answers (
    application TEXT NOT NULL REFERENCES applications(id) ON DELETE CASCADE,
    field       TEXT NOT NULL,
    value       TEXT NOT NULL,
    PRIMARY KEY (application, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE consents (
    application    TEXT NOT NULL REFERENCES applications(id) ON DELETE CASCADE,
    consent        TEXT NOT NULL,
    notice_version INTEGER NOT NULL,
    notice_hash    TEXT NOT NULL,
    given_at       TEXT NOT NULL,
    PRIMARY KEY (application, consent)
) STRICT, WITHOUT ROWID;

-- Fit bytes by content: a document, its copy in another slot and every revision share one row.
CREATE TABLE blobs (
    sha256 TEXT PRIMARY KEY,
    bytes  BLOB NOT NULL
) STRICT;

CREATE TABLE documents (
    id                INTEGER PRIMARY KEY,
    application       TEXT NOT NULL REFERENCES applications(id) ON DELETE CASCADE,
    slot              TEXT NOT NULL,
    position          INTEGER NOT NULL,
    source_name       TEXT NOT NULL,
    source_size_bytes INTEGER NOT NULL,
    source_width      INTEGER NOT NULL,
    source_height     INTEGER NOT NULL,
    quarter_turns     INTEGER NOT NULL,
    kind              TEXT NOT NULL,
    pages             INTEGER NOT NULL,
    width             INTEGER NOT NULL,
    height            INTEGER NOT NULL,
    sha256            TEXT NOT NULL REFERENCES blobs(sha256),
    size_bytes        INTEGER NOT NULL,
    change            TEXT NOT NULL,
    findings          TEXT NOT NULL,
    accepted          INTEGER NOT NULL,
    removed           TEXT,
    thumbnail         BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX documents_place ON documents(application, slot, position) WHERE removed IS NULL;
CREATE UNIQUE INDEX documents_removed ON documents(removed) WHERE removed IS NOT NULL;
CREATE INDEX documents_blob ON documents(sha256);

-- What the person handed over, so that turning starts from the best; dropped with the receipt.
CREATE TABLE originals (
    document INTEGER PRIMARY KEY REFERENCES documents(id) ON DELETE CASCADE,
    bytes    BLOB NOT NULL
) STRICT;

CREATE TABLE revisions (
    application     TEXT NOT NULL REFERENCES applications(id) ON DELETE CASCADE,
    revision        INTEGER NOT NULL,
    manifest        TEXT NOT NULL,
    manifest_hash   TEXT NOT NULL,
    idempotency_key TEXT NOT NULL UNIQUE,
    handed_in_at    TEXT NOT NULL,
    receipt         TEXT,
    PRIMARY KEY (application, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE revision_documents (
    application TEXT NOT NULL,
    revision    INTEGER NOT NULL,
    slot        TEXT NOT NULL,
    position    INTEGER NOT NULL,
    sha256      TEXT NOT NULL REFERENCES blobs(sha256),
    PRIMARY KEY (application, revision, slot, position),
    FOREIGN KEY (application, revision) REFERENCES revisions(application, revision) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX revision_documents_blob ON revision_documents(sha256);

-- What this desk still owes the office. A row goes only with a verified receipt.
CREATE TABLE outbox (
    sequence    INTEGER PRIMARY KEY AUTOINCREMENT,
    application TEXT NOT NULL UNIQUE,
    revision    INTEGER NOT NULL,
    started     INTEGER NOT NULL DEFAULT 0,
    quarantine  TEXT,
    FOREIGN KEY (application, revision) REFERENCES revisions(application, revision)
) STRICT;

-- The office's word on each application of this account, as last heard.
CREATE TABLE cases (
    application TEXT PRIMARY KEY,
    state       TEXT NOT NULL
) STRICT;

CREATE TABLE office (
    only_row    INTEGER PRIMARY KEY CHECK (only_row = 1),
    account     TEXT NOT NULL,
    secret      TEXT NOT NULL,
    receipt_key TEXT,
    cursor      TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
