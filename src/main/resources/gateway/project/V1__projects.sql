-- Projects, and who may do what in them. A number is never given twice, hence the counter beside the rows.
CREATE TABLE project (
    id BIGINT PRIMARY KEY,
    path VARCHAR NOT NULL,
    path_key VARCHAR NOT NULL,
    visibility VARCHAR NOT NULL,
    packages BOOLEAN NOT NULL,
    go_proxy BOOLEAN NOT NULL,
    entitled BOOLEAN NOT NULL,
    proxy_enabled BOOLEAN NOT NULL,
    declared BOOLEAN NOT NULL,
    created_at TIMESTAMP(9) WITH TIME ZONE NOT NULL,
    CONSTRAINT project_path UNIQUE (path_key)
);
CREATE TABLE counter (
    name VARCHAR PRIMARY KEY,
    number BIGINT NOT NULL
);
INSERT INTO counter (name, number) VALUES ('project', 0);

CREATE TABLE person (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name VARCHAR NOT NULL,
    CONSTRAINT person_name UNIQUE (name)
);

CREATE TABLE member (
    project BIGINT NOT NULL,
    person BIGINT NOT NULL,
    role VARCHAR NOT NULL,
    declared BOOLEAN NOT NULL,
    PRIMARY KEY (project, person)
);
CREATE INDEX member_person ON member (person);

-- Of a token only its SHA-256 is kept. It belongs to a person, to a project or to a group.
CREATE TABLE token (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    person BIGINT,
    project BIGINT,
    group_path VARCHAR,
    scopes VARCHAR NOT NULL,
    expires_at TIMESTAMP(9) WITH TIME ZONE,
    revoked BOOLEAN NOT NULL,
    last_used_at TIMESTAMP(9) WITH TIME ZONE,
    declared BOOLEAN NOT NULL,
    created_at TIMESTAMP(9) WITH TIME ZONE NOT NULL,
    CONSTRAINT token_digest UNIQUE (digest)
);

-- What a project pulls from: by format, and its git repository under the name git, which alone has a module.
-- The user and the password are sealed: the number of a key, a dot, and what that key encrypted.
CREATE TABLE remote (
    project BIGINT NOT NULL,
    name VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    module VARCHAR,
    username VARCHAR,
    password VARCHAR,
    declared BOOLEAN NOT NULL,
    PRIMARY KEY (project, name)
);

-- Acts of administration, and requests that were refused, of which many alike are one row.
CREATE TABLE audit (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    refused BOOLEAN NOT NULL,
    at TIMESTAMP(9) WITH TIME ZONE NOT NULL,
    who VARCHAR NOT NULL,
    act VARCHAR NOT NULL,
    project VARCHAR NOT NULL,
    address VARCHAR NOT NULL,
    outcome VARCHAR NOT NULL,
    times BIGINT NOT NULL
);
CREATE INDEX audit_refused ON audit (refused, id);
