-- One row for each stored file. The unique key also answers questions about all paths with a prefix.
CREATE TABLE entry (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    repository VARCHAR NOT NULL,
    upstream VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    variant VARCHAR NOT NULL,
    format VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    place VARCHAR NOT NULL,
    sha256 VARBINARY(32) NOT NULL,
    size BIGINT NOT NULL,
    content_type VARCHAR NOT NULL,
    etag VARCHAR,
    last_modified VARCHAR,
    url VARCHAR NOT NULL,
    digests VARCHAR NOT NULL,
    verified BOOLEAN NOT NULL,
    package_name VARCHAR,
    package_version VARCHAR,
    stored_at TIMESTAMP(9) WITH TIME ZONE NOT NULL,
    validated_at TIMESTAMP(9) WITH TIME ZONE NOT NULL,
    CONSTRAINT entry_key UNIQUE (repository, upstream, path, variant)
);

-- What changes with every use, kept narrow: a flush of hits must not rewrite the wide rows above.
CREATE TABLE entry_use (
    id BIGINT PRIMARY KEY,
    item BIGINT,
    last_used BIGINT NOT NULL
);
CREATE INDEX entry_use_last_used ON entry_use (last_used);

-- Stored bytes with the number of entries that hold them.
CREATE TABLE blob (
    sha256 VARBINARY(32) PRIMARY KEY,
    size BIGINT NOT NULL,
    refs BIGINT NOT NULL
);

-- What people count: a version of a package with all its files, or a path that belongs to no package.
CREATE TABLE item (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    format VARCHAR NOT NULL,
    named BOOLEAN NOT NULL,
    name VARCHAR NOT NULL,
    version VARCHAR NOT NULL,
    artifacts BIGINT NOT NULL,
    size BIGINT NOT NULL,
    hits BIGINT NOT NULL,
    cached_at TIMESTAMP(9) WITH TIME ZONE NOT NULL,
    CONSTRAINT item_key UNIQUE (format, named, name, version)
);
CREATE INDEX item_hits ON item (hits);
CREATE INDEX item_cached_at ON item (cached_at);

-- Totals of each format, kept in the transaction that changes them.
CREATE TABLE total (
    format VARCHAR PRIMARY KEY,
    packages BIGINT NOT NULL,
    versions BIGINT NOT NULL,
    artifacts BIGINT NOT NULL,
    size BIGINT NOT NULL,
    hits BIGINT NOT NULL,
    misses BIGINT NOT NULL
);

-- Single numbers: the size of all blobs, whether the store was read into this file, the probe of check().
CREATE TABLE state (
    name VARCHAR PRIMARY KEY,
    number BIGINT NOT NULL
);
INSERT INTO state (name, number) VALUES ('size', 0), ('rebuilt', 0), ('probe', 0);
