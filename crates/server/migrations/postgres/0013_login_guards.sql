-- By the name that was typed, whether or not such a reviewer exists.
CREATE TABLE login_guards (
    name         TEXT   NOT NULL PRIMARY KEY,
    failures     BIGINT NOT NULL,
    last_at      BIGINT NOT NULL,
    locked_until BIGINT
);
