-- What others say of the same money: statements of the gateway and of banks,
-- and which of their lines is which payout. Days are days since 1970, amounts
-- whole minor units of the merchant's currency: what left the account is more
-- than zero, what came back less.

CREATE TABLE statements (
    id            INTEGER PRIMARY KEY,
    merchant_id   INTEGER NOT NULL REFERENCES merchants (id),
    name          TEXT    NOT NULL CHECK (name <> ''),
    sha256        TEXT    NOT NULL CHECK (sha256 <> ''),
    part          TEXT    NOT NULL DEFAULT '', -- which one of several in a file
    origin        TEXT    NOT NULL CHECK (origin IN ('gateway', 'bank')),
    format        TEXT    NOT NULL,
    assumed       TEXT    NOT NULL CHECK (json_valid(assumed)),
    first_day     INTEGER NOT NULL,
    last_day      INTEGER NOT NULL CHECK (last_day >= first_day),
    opening_minor INTEGER,
    closing_minor INTEGER,
    lines         INTEGER NOT NULL CHECK (lines >= 0),
    paid_lines    INTEGER NOT NULL CHECK (paid_lines BETWEEN 0 AND lines), -- on which money moved
    paid_minor    INTEGER NOT NULL, -- what left the account less what came back
    fees_minor    INTEGER NOT NULL,
    digest        BLOB    NOT NULL CHECK (length(digest) = 32), -- over every line
    read_at       INTEGER NOT NULL,
    UNIQUE (merchant_id, sha256, part)
) STRICT;
CREATE INDEX statements_by_day ON statements (merchant_id, origin, last_day);

CREATE TABLE statement_lines (
    id                INTEGER PRIMARY KEY,
    statement_id      INTEGER NOT NULL REFERENCES statements (id),
    number            INTEGER NOT NULL CHECK (number > 0), -- where it stands in the file: a row, a line
    day               INTEGER NOT NULL,
    status            TEXT    NOT NULL CHECK (instr(' booked paid failed open returned ', ' ' || status || ' ') > 0),
    amount_minor      INTEGER NOT NULL,
    fee_minor         INTEGER NOT NULL DEFAULT 0,
    trade_no          TEXT    NOT NULL DEFAULT '',
    platform_trade_no TEXT    NOT NULL DEFAULT '',
    entry_ref         TEXT    NOT NULL DEFAULT '', -- the bank's own number of the entry
    narrative         TEXT    NOT NULL DEFAULT '',
    account_key       INTEGER NOT NULL DEFAULT 0, -- stands for the payee's account as payouts have it; 0: none named
    UNIQUE (statement_id, number),
    CHECK (status <> 'returned' OR amount_minor <= 0)
) STRICT;

-- Words of narratives that may be numbers of payouts.
CREATE TABLE line_words (
    line_id INTEGER NOT NULL REFERENCES statement_lines (id),
    word    TEXT    NOT NULL,
    PRIMARY KEY (line_id, word)
) STRICT, WITHOUT ROWID;

-- A row says of a line what it is of a payout. See MatchForm in the code.
CREATE TABLE matches (
    id           INTEGER PRIMARY KEY AUTOINCREMENT, -- a person who has seen a number must not mean another match by it
    run          INTEGER NOT NULL, -- the event of the reconciliation, or of the person, that made it
    origin       TEXT    NOT NULL CHECK (origin IN ('gateway', 'bank')),
    line_id      INTEGER NOT NULL REFERENCES statement_lines (id),
    payout_id    INTEGER NOT NULL REFERENCES payouts (id),
    form         TEXT    NOT NULL CHECK (instr(' main lump split return attempt extra repeat ', ' ' || form || ' ') > 0),
    rule         TEXT    NOT NULL CHECK (instr(' trade_no platform_no narrative account lump split person ', ' ' || rule || ' ') > 0),
    score        INTEGER NOT NULL CHECK (score BETWEEN 0 AND 100),
    fee_minor    INTEGER NOT NULL DEFAULT 0, -- of the line's amount, what is taken for a fee
    note         TEXT    NOT NULL DEFAULT '', -- why, beyond the rule: a token
    standing     TEXT    NOT NULL CHECK (instr(' confirmed proposed undone ', ' ' || standing || ' ') > 0),
    CHECK (form <> 'lump' OR rule <> 'split')
) STRICT;
-- A line is used once, but for a lump that pays several; and a payout is paid
-- once in the books of the gateway and once in those of a bank.
CREATE UNIQUE INDEX matches_by_line ON matches (line_id, iif(form = 'lump', payout_id, 0)) WHERE standing = 'confirmed';
CREATE UNIQUE INDEX matches_paid_once ON matches (payout_id, origin) WHERE standing = 'confirmed' AND instr('main lump', form) > 0;
CREATE INDEX matches_by_payout ON matches (payout_id);
CREATE INDEX matches_proposed ON matches (line_id) WHERE standing = 'proposed';
CREATE INDEX matches_undone ON matches (line_id, payout_id) WHERE standing = 'undone';

CREATE TRIGGER statements_are_kept BEFORE DELETE ON statements
BEGIN SELECT raise(ABORT, 'statements are never deleted'); END;
CREATE TRIGGER statements_do_not_change BEFORE UPDATE ON statements
BEGIN SELECT raise(ABORT, 'statements never change'); END;
CREATE TRIGGER statement_lines_are_kept BEFORE DELETE ON statement_lines
BEGIN SELECT raise(ABORT, 'lines of statements are never deleted'); END;
CREATE TRIGGER statement_lines_do_not_change BEFORE UPDATE ON statement_lines
BEGIN SELECT raise(ABORT, 'lines of statements never change'); END;
-- What was proposed is proposed anew each time; all else stays.
CREATE TRIGGER matches_are_kept BEFORE DELETE ON matches WHEN OLD.standing <> 'proposed'
BEGIN SELECT raise(ABORT, 'matches are never deleted: they are undone'); END;
CREATE TRIGGER matches_keep_what_they_say
BEFORE UPDATE OF id, origin, line_id, payout_id, form, rule, score, fee_minor, note ON matches
BEGIN SELECT raise(ABORT, 'a match says what it says'); END;
CREATE TRIGGER matches_stay_undone BEFORE UPDATE OF standing ON matches
WHEN OLD.standing = 'undone' AND NEW.standing <> 'undone' OR NEW.standing = 'proposed' AND OLD.standing <> 'proposed'
BEGIN SELECT raise(ABORT, 'what was undone stays undone: match it anew'); END;
