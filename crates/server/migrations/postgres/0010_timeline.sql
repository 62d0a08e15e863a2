CREATE TABLE timeline (
    application_id TEXT   NOT NULL REFERENCES applications (id),
    position       BIGINT NOT NULL,
    at             BIGINT NOT NULL,
    status         TEXT   NOT NULL,
    note           TEXT,
    PRIMARY KEY (application_id, position)
);
