-- The files that batches were made of, byte for byte: what was asked for, to
-- be held against what was done for as long as the book is kept. Batches with
-- the same file share it.

CREATE TABLE sources (
    id     INTEGER PRIMARY KEY,
    sha256 TEXT    NOT NULL UNIQUE CHECK (length(sha256) = 64), -- of the file, hex
    size   INTEGER NOT NULL CHECK (size > 0)                    -- of the file, bytes
) STRICT;

-- A file in pieces of at most 1 MiB, each deflated by itself (RFC 1951), so
-- that neither writing nor reading one holds more than a piece.
CREATE TABLE source_chunks (
    source_id INTEGER NOT NULL REFERENCES sources (id),
    n         INTEGER NOT NULL CHECK (n >= 0), -- from 0, without gaps
    data      BLOB    NOT NULL CHECK (length(data) <= 1114112),
    UNIQUE (source_id, n)
) STRICT;

CREATE TRIGGER sources_do_not_change BEFORE UPDATE ON sources
BEGIN SELECT raise(ABORT, 'sources never change'); END;
CREATE TRIGGER sources_are_kept BEFORE DELETE ON sources
BEGIN SELECT raise(ABORT, 'sources are never deleted'); END;
CREATE TRIGGER source_chunks_do_not_change BEFORE UPDATE ON source_chunks
BEGIN SELECT raise(ABORT, 'sources never change'); END;
CREATE TRIGGER source_chunks_are_kept BEFORE DELETE ON source_chunks
BEGIN SELECT raise(ABORT, 'sources are never deleted'); END;

-- Batches made before this table was have none, so that no foreign key can say it.
CREATE TRIGGER batches_have_their_source BEFORE INSERT ON batches
WHEN NOT EXISTS (SELECT 1 FROM sources s WHERE s.sha256 = NEW.source_sha256)
BEGIN SELECT raise(ABORT, 'a batch is made of a file that is kept'); END;
