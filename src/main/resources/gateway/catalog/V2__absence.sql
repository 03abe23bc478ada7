-- What an upstream said does not exist, for the time when it cannot be asked again. Times are milliseconds since the epoch.
CREATE TABLE absence (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    repository VARCHAR NOT NULL,
    upstream VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    variant VARCHAR NOT NULL,
    status BIGINT NOT NULL,
    message VARCHAR NOT NULL,
    seen BIGINT NOT NULL,
    CONSTRAINT absence_key UNIQUE (repository, upstream, path, variant)
);
CREATE INDEX absence_seen ON absence (seen);
