-- Which packages a remote may be asked for: patterns of their names, one on a line, empty where there are no rules.
ALTER TABLE remote ADD COLUMN allow VARCHAR DEFAULT '' NOT NULL;
ALTER TABLE remote ADD COLUMN deny VARCHAR DEFAULT '' NOT NULL;
