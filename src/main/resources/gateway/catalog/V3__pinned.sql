-- What was published here is never evicted. It stands in both tables, since the index that finds the next to evict is on the narrow one.
ALTER TABLE entry ADD COLUMN pinned BOOLEAN DEFAULT FALSE NOT NULL;
ALTER TABLE entry_use ADD COLUMN pinned BOOLEAN DEFAULT FALSE NOT NULL;
DROP INDEX entry_use_last_used;
CREATE INDEX entry_use_evictable ON entry_use (pinned, last_used);
