-- What a backup is, in the backup itself: nothing here, but in a copy one row
-- that says of what moment it is. Such a file sends nothing until the witness
-- beside it has vouched for it, or a person.
CREATE TABLE copies (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    made_at INTEGER NOT NULL,
    seq     INTEGER NOT NULL CHECK (seq >= 0), -- the last event in it
    hash    BLOB    NOT NULL CHECK (length(hash) = 32),
    payouts INTEGER NOT NULL CHECK (payouts >= 0),
    batches INTEGER NOT NULL CHECK (batches >= 0)
) STRICT;
