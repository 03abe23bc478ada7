-- What the package registries of all projects list. Their bytes lie in the store. An empty version stands for none.
CREATE TABLE package (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    project BIGINT NOT NULL,
    format VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    version VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    created_at TIMESTAMP(9) WITH TIME ZONE NOT NULL,
    last_downloaded_at TIMESTAMP(9) WITH TIME ZONE,
    CONSTRAINT package_key UNIQUE (project, format, name, version)
);

CREATE TABLE package_file (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    package BIGINT NOT NULL,
    project BIGINT NOT NULL,
    format VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    file_name VARCHAR NOT NULL,
    size BIGINT NOT NULL,
    sha256 VARCHAR NOT NULL,
    sha1 VARCHAR NOT NULL,
    md5 VARCHAR NOT NULL,
    content_type VARCHAR NOT NULL,
    origin VARCHAR NOT NULL,
    etag VARCHAR,
    last_modified VARCHAR,
    created_at TIMESTAMP(9) WITH TIME ZONE NOT NULL,
    CONSTRAINT package_file_path UNIQUE (project, format, path)
);
CREATE INDEX package_file_package ON package_file (package);
