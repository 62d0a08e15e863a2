-- Editions of the catalogue: what the office offered, and what applications here were started with.
-- The highest `sequence` is the newest. `offered`: the office offered it; the newest of those counts.
CREATE TABLE editions (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    sha256   TEXT NOT NULL UNIQUE,
    bundle   BLOB NOT NULL,
    offered  INTEGER NOT NULL,
    kept_at  TEXT NOT NULL
) STRICT;

CREATE TABLE edition_services (
    sha256  TEXT NOT NULL REFERENCES editions(sha256) ON DELETE CASCADE,
    service TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (sha256, service, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX edition_services_of ON edition_services(service, version);
