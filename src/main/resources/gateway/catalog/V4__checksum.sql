-- H2 notices a damaged page only when its structure is damaged: what a row says is checked by a sum over its values. Rows
-- of older versions have none.
ALTER TABLE entry ADD COLUMN checksum BIGINT;
