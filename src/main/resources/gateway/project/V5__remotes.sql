-- Several remotes for one format, asked in the order of their positions, and which of them a file was pulled from.
ALTER TABLE remote ADD COLUMN position BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE remote DROP PRIMARY KEY;
ALTER TABLE remote ADD PRIMARY KEY (project, name, position);
ALTER TABLE package_file ADD COLUMN remote VARCHAR;
