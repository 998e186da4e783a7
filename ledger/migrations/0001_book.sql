-- The book. Times are Unix milliseconds (UTC), amounts whole minor units of
-- the merchant's currency.

CREATE TABLE merchants (
    id          INTEGER PRIMARY KEY,
    name        TEXT    NOT NULL UNIQUE CHECK (name <> ''),
    area        TEXT    NOT NULL,
    currency    TEXT    NOT NULL,
    merchant_no TEXT    NOT NULL,
    gateway     TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    -- One account under two names could be paid from twice.
    UNIQUE (merchant_no, area, gateway)
) STRICT;

-- One runner per merchant. The file lock beside the ledger is the first
-- guard; this row is the second, for folders on which file locks do not work.
CREATE TABLE leases (
    merchant_id INTEGER PRIMARY KEY REFERENCES merchants (id),
    holder      TEXT    NOT NULL,
    host        TEXT    NOT NULL,
    pid         INTEGER NOT NULL,
    acquired_at INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE batches (
    id            INTEGER PRIMARY KEY,
    code          TEXT    NOT NULL UNIQUE,
    merchant_id   INTEGER NOT NULL REFERENCES merchants (id),
    source        TEXT    NOT NULL,
    source_sha256 TEXT    NOT NULL,
    worksheet     TEXT    NOT NULL,
    content       TEXT    NOT NULL,
    assumed       TEXT    NOT NULL CHECK (json_valid(assumed)),
    rows          INTEGER NOT NULL CHECK (rows >= 0),
    sum_minor     INTEGER NOT NULL CHECK (sum_minor >= 0),
    unreadable    INTEGER NOT NULL CHECK (unreadable >= 0),
    overridden    INTEGER NOT NULL DEFAULT 0 CHECK (overridden >= 0),
    repeats       TEXT    NOT NULL DEFAULT '',
    reason        TEXT    NOT NULL DEFAULT '',
    created_at    INTEGER NOT NULL,
    -- The same content is a batch of its own only on a person's word, and what
    -- looks like an earlier payout is paid on nothing less.
    CHECK (repeats = '' AND overridden = 0 OR reason <> ''),
    UNIQUE (merchant_id, content, repeats)
) STRICT;
CREATE INDEX batches_by_source ON batches (merchant_id, source_sha256);

-- What moves: small rows, because every transition rewrites one. Its rules
-- use instr and not IN, for which SQLite would build a table at every update.
CREATE TABLE payouts (
    id                INTEGER PRIMARY KEY,
    batch_id          INTEGER NOT NULL REFERENCES batches (id),
    merchant_id       INTEGER NOT NULL REFERENCES merchants (id),
    row               INTEGER NOT NULL CHECK (row > 0),
    trade_no          TEXT    NOT NULL UNIQUE CHECK (length(trade_no) BETWEEN 1 AND 32),
    platform_trade_no TEXT    CHECK (platform_trade_no <> ''),
    amount_minor      INTEGER NOT NULL CHECK (amount_minor > 0),
    -- Numbers that stand for the merchant's payee, account and name however
    -- they are spelt, to find payouts that look alike.
    account_key       INTEGER NOT NULL,
    name_key          INTEGER NOT NULL,
    -- The payout that was called off and that this one stands in for. The
    -- chain is a line: what was replaced once is replaced no more.
    replaces          INTEGER REFERENCES payouts (id) CHECK (replaces < id),
    state             TEXT    NOT NULL DEFAULT 'ready' CHECK (instr(
        ' ready held submitting in_doubt processing succeeded failed rejected cancelled reversed ', ' ' || state || ' ') > 0),
    reason            TEXT    NOT NULL DEFAULT '',
    code              TEXT    NOT NULL DEFAULT '',
    message           TEXT    NOT NULL DEFAULT '',
    flagged           INTEGER NOT NULL DEFAULT 0 CHECK (flagged BETWEEN 0 AND 1),
    known             INTEGER NOT NULL DEFAULT 0 CHECK (known BETWEEN 0 AND 1),
    conflict          INTEGER NOT NULL DEFAULT 0 CHECK (conflict BETWEEN 0 AND 1),
    attempts          INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    unsent            INTEGER NOT NULL DEFAULT 0 CHECK (unsent BETWEEN 0 AND attempts),
    -- Sends in all that a person has allowed, whatever the policy says.
    resends_to        INTEGER NOT NULL DEFAULT 0 CHECK (resends_to BETWEEN 0 AND attempts - unsent + 1),
    asks              INTEGER NOT NULL DEFAULT 0 CHECK (asks >= 0),
    unknowns          INTEGER NOT NULL DEFAULT 0 CHECK (unknowns >= 0),
    first_unknown_at  INTEGER NOT NULL DEFAULT 0,
    -- The same moment by the gateway's clock; 0: it did not say, or there is none.
    first_unknown_date INTEGER NOT NULL DEFAULT 0,
    due_at            INTEGER NOT NULL DEFAULT 0,
    submitted_at      INTEGER NOT NULL DEFAULT 0,
    final_at          INTEGER NOT NULL DEFAULT 0,
    updated_at        INTEGER NOT NULL,
    version           INTEGER NOT NULL DEFAULT 0,
    -- What was never sent cannot have been answered, and what may have been
    -- sent cannot be withdrawn.
    CHECK (attempts > unsent OR known = 1 OR instr(' ready held cancelled ', ' ' || state || ' ') > 0),
    CHECK (state <> 'submitting' OR attempts > unsent),
    CHECK (state <> 'cancelled' OR attempts = unsent),
    CHECK (state <> 'rejected' OR attempts = unsent + 1),
    CHECK (attempts = 0 OR submitted_at > 0),
    CHECK ((instr(' succeeded failed rejected cancelled reversed ', ' ' || state || ' ') > 0) = (final_at > 0)),
    UNIQUE (batch_id, row)
) STRICT;
CREATE UNIQUE INDEX payouts_by_platform ON payouts (merchant_id, platform_trade_no)
    WHERE platform_trade_no IS NOT NULL;
CREATE UNIQUE INDEX payouts_by_replaced ON payouts (replaces) WHERE replaces IS NOT NULL;
-- The id comes last by itself: a search within the last weeks reads no more.
CREATE INDEX payouts_by_account ON payouts (account_key, amount_minor);
CREATE INDEX payouts_by_name ON payouts (name_key, amount_minor);
CREATE INDEX payouts_ready ON payouts (batch_id, due_at) WHERE state = 'ready';
-- What was sent since the morning is added up without reading what came before.
CREATE INDEX payouts_submitted ON payouts (merchant_id, submitted_at) WHERE submitted_at > 0 AND attempts > unsent;
CREATE INDEX payouts_submitting ON payouts (batch_id) WHERE state = 'submitting';
-- What is settled and to be asked about again. A list of states would be built
-- as a table at every update.
CREATE INDEX payouts_watched ON payouts (batch_id, due_at)
    WHERE due_at > 0 AND state <> 'ready' AND state <> 'submitting' AND state <> 'in_doubt' AND state <> 'processing';
CREATE INDEX payouts_open ON payouts (batch_id, due_at) WHERE state IN ('in_doubt', 'processing');

-- What was instructed: written once, read to send and to report.
CREATE TABLE instructions (
    payout_id     INTEGER PRIMARY KEY REFERENCES payouts (id),
    fields        TEXT NOT NULL CHECK (json_valid(fields)),
    payee_name    TEXT NOT NULL,
    payee_account TEXT NOT NULL,
    bank          TEXT NOT NULL,
    fingerprint   BLOB NOT NULL
) STRICT;

-- Rows of a sheet that are no payout of its batch: faulty ones, and ones that
-- are a payout of an earlier batch already.
CREATE TABLE left_out (
    batch_id     INTEGER NOT NULL REFERENCES batches (id),
    row          INTEGER NOT NULL CHECK (row > 0),
    amount_minor INTEGER,
    known        TEXT    REFERENCES payouts (trade_no), -- the payout that the row is
    notes        TEXT    NOT NULL CHECK (json_valid(notes)), -- what is wrong with it, or was edited
    PRIMARY KEY (batch_id, row)
) STRICT, WITHOUT ROWID;

-- The history. seq has no gaps; hash covers the event and the hash before it.
CREATE TABLE events (
    seq        INTEGER PRIMARY KEY,
    at         INTEGER NOT NULL,
    batch_id   INTEGER NOT NULL DEFAULT 0,
    payout_id  INTEGER NOT NULL DEFAULT 0,
    kind       TEXT    NOT NULL,
    from_state TEXT    NOT NULL DEFAULT '',
    to_state   TEXT    NOT NULL DEFAULT '',
    attempt    INTEGER NOT NULL DEFAULT 0,
    actor      TEXT    NOT NULL,
    reason     TEXT    NOT NULL DEFAULT '',
    code       TEXT    NOT NULL DEFAULT '',
    message    TEXT    NOT NULL DEFAULT '',
    platform_trade_no TEXT NOT NULL DEFAULT '',
    flagged    INTEGER NOT NULL DEFAULT 0 CHECK (flagged BETWEEN 0 AND 1),
    evidence   BLOB,
    hash       BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE INDEX events_by_payout ON events (payout_id, seq) WHERE payout_id > 0;
CREATE INDEX events_by_batch ON events (batch_id, seq) WHERE payout_id = 0;

-- Where the history ends: without it, events cut off the end would leave no
-- gap.
CREATE TABLE head (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    seq  INTEGER NOT NULL,
    hash BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;
INSERT INTO head (id, seq, hash) VALUES (1, 0, zeroblob(32));

-- How far the history of a batch went when a report of it was written.
CREATE TABLE report_marks (
    batch_id INTEGER NOT NULL REFERENCES batches (id),
    seq      INTEGER NOT NULL CHECK (seq > 0),
    at       INTEGER NOT NULL,
    PRIMARY KEY (batch_id, seq)
) STRICT, WITHOUT ROWID;

-- The rules once more, for whoever writes to the file some other way.

CREATE TRIGGER events_are_kept BEFORE DELETE ON events
BEGIN SELECT raise(ABORT, 'events are never deleted'); END;
CREATE TRIGGER events_do_not_change BEFORE UPDATE ON events
BEGIN SELECT raise(ABORT, 'events never change'); END;
CREATE TRIGGER payouts_are_kept BEFORE DELETE ON payouts
BEGIN SELECT raise(ABORT, 'payouts are never deleted'); END;
CREATE TRIGGER payouts_keep_their_number
BEFORE UPDATE OF id, batch_id, merchant_id, row, trade_no, amount_minor, account_key, name_key, replaces ON payouts
BEGIN SELECT raise(ABORT, 'a payout''s number, row, amount, payee and what it stands in for never change'); END;
CREATE TRIGGER payouts_stand_in_for_what_was_called_off
BEFORE INSERT ON payouts
WHEN NEW.replaces IS NOT NULL AND NOT EXISTS (SELECT 1 FROM payouts p
    WHERE p.id = NEW.replaces AND p.merchant_id = NEW.merchant_id AND p.batch_id < NEW.batch_id
    AND p.state IN ('rejected', 'failed', 'cancelled', 'reversed'))
BEGIN SELECT raise(ABORT, 'only a payout of an earlier batch that was called off is replaced'); END;
CREATE TRIGGER instructions_do_not_change BEFORE UPDATE ON instructions
BEGIN SELECT raise(ABORT, 'instructions never change'); END;
CREATE TRIGGER instructions_are_kept BEFORE DELETE ON instructions
BEGIN SELECT raise(ABORT, 'instructions are never deleted'); END;
CREATE TRIGGER left_out_does_not_change BEFORE UPDATE ON left_out
BEGIN SELECT raise(ABORT, 'rows that were left out never change'); END;
CREATE TRIGGER left_out_is_kept BEFORE DELETE ON left_out
BEGIN SELECT raise(ABORT, 'rows that were left out are never deleted'); END;
CREATE TRIGGER report_marks_do_not_change BEFORE UPDATE ON report_marks
BEGIN SELECT raise(ABORT, 'marks of reports never change'); END;
CREATE TRIGGER report_marks_are_kept BEFORE DELETE ON report_marks
BEGIN SELECT raise(ABORT, 'marks of reports are never deleted'); END;
CREATE TRIGGER batches_are_kept BEFORE DELETE ON batches
BEGIN SELECT raise(ABORT, 'batches are never deleted'); END;
CREATE TRIGGER batches_do_not_change BEFORE UPDATE ON batches
BEGIN SELECT raise(ABORT, 'batches never change'); END;

-- What may follow on what; a test holds the list of transitions equal to the
-- one the code can make.
CREATE TRIGGER payouts_follow_the_rules
BEFORE UPDATE OF state, attempts, unsent, known, platform_trade_no ON payouts
WHEN NEW.attempts < OLD.attempts OR NEW.unsent < OLD.unsent OR NEW.known < OLD.known
    OR OLD.platform_trade_no IS NOT NULL AND OLD.platform_trade_no IS NOT NEW.platform_trade_no
    OR OLD.state <> NEW.state AND instr('
        |ready>submitting|ready>in_doubt|ready>held|ready>cancelled|ready>processing|ready>succeeded|ready>failed|
        |held>cancelled|held>ready|held>in_doubt|held>processing|held>succeeded|held>failed|
        |submitting>held|submitting>ready|submitting>in_doubt|submitting>processing|submitting>succeeded|submitting>failed|submitting>rejected|
        |in_doubt>held|in_doubt>ready|in_doubt>processing|in_doubt>succeeded|in_doubt>failed|
        |processing>held|processing>in_doubt|processing>succeeded|processing>failed|
        |succeeded>reversed|
        |failed>processing|failed>succeeded|
        |rejected>processing|rejected>succeeded|
        ', '|' || OLD.state || '>' || NEW.state || '|') = 0
BEGIN SELECT raise(ABORT, 'no such step: a transition that does not exist, or something forgotten'); END;

-- One more send is allowed by a person, about what is asked about first, and
-- never of what the gateway has known.
CREATE TRIGGER payouts_are_sent_again_on_a_word
BEFORE UPDATE OF resends_to ON payouts
WHEN NEW.resends_to < OLD.resends_to OR NEW.known = 1 OR NEW.conflict = 1 OR NEW.state <> 'in_doubt'
BEGIN SELECT raise(ABORT, 'only what is in doubt, and what the gateway never knew, is sent again on a word'); END;

CREATE VIEW trade_numbers AS
SELECT m.name AS merchant, b.code AS batch, p.row, p.trade_no AS tradeNo,
       p.platform_trade_no AS platFormTradeNo, p.state
FROM payouts p
JOIN batches b ON b.id = p.batch_id
JOIN merchants m ON m.id = p.merchant_id;
