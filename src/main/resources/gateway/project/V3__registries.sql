-- What a format's documents say of a file, and tags that stand for versions of a package.
ALTER TABLE package_file ADD COLUMN metadata VARCHAR;

CREATE TABLE package_tag (
    project BIGINT NOT NULL,
    format VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    tag VARCHAR NOT NULL,
    version VARCHAR NOT NULL,
    PRIMARY KEY (project, format, name, tag)
);
