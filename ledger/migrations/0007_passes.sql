-- Passes of questions: all that was sent in a batch, asked about anew, settled
-- payouts too. What the gateway merely repeats is no event; what it repeated,
-- and when, stands here, in few bytes, so that it can be counted.

CREATE TABLE passes (
    id       INTEGER PRIMARY KEY, -- the event that began it
    batch_id INTEGER NOT NULL REFERENCES batches (id),
    begun_at INTEGER NOT NULL,
    ended    INTEGER NOT NULL DEFAULT 0 CHECK (ended = 0 OR ended > id) -- the event that ended it; 0: it has not
) STRICT;
CREATE INDEX passes_by_batch ON passes (batch_id, id);
-- One at a time: what is unfinished is gone on with.
CREATE UNIQUE INDEX passes_unfinished ON passes (batch_id) WHERE ended = 0;

CREATE TABLE questions (
    pass_id   INTEGER NOT NULL REFERENCES passes (id),
    payout_id INTEGER NOT NULL REFERENCES payouts (id),
    tries     INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0), -- how often it was asked
    heard     TEXT    NOT NULL DEFAULT '' CHECK (heard = '' OR instr(' paid accepted not_paid unknown doubt conflict ', ' ' || heard || ' ') > 0),
    stood     TEXT    NOT NULL DEFAULT '', -- the state in which the answer found the payout
    at        INTEGER NOT NULL DEFAULT 0,  -- of the answer
    seq       INTEGER NOT NULL DEFAULT 0 CHECK (seq = 0 OR seq >= pass_id), -- the last event by then
    CHECK ((heard = '') = (at = 0) AND (heard = '') = (stood = '') AND (heard = '') = (seq = 0) AND (heard = '' OR tries > 0)),
    PRIMARY KEY (pass_id, payout_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX questions_unanswered ON questions (pass_id, payout_id) WHERE heard = '';

CREATE TRIGGER passes_are_kept BEFORE DELETE ON passes
BEGIN SELECT raise(ABORT, 'passes are never deleted'); END;
CREATE TRIGGER passes_end_once BEFORE UPDATE ON passes
WHEN OLD.ended <> 0 OR NEW.id <> OLD.id OR NEW.batch_id <> OLD.batch_id OR NEW.begun_at <> OLD.begun_at
BEGIN SELECT raise(ABORT, 'of a pass nothing changes but that it ends, once'); END;
CREATE TRIGGER questions_are_kept BEFORE DELETE ON questions
BEGIN SELECT raise(ABORT, 'questions are never deleted'); END;
CREATE TRIGGER questions_are_answered_once BEFORE UPDATE ON questions
WHEN OLD.heard <> '' OR NEW.pass_id <> OLD.pass_id OR NEW.payout_id <> OLD.payout_id OR NEW.tries < OLD.tries
    OR EXISTS (SELECT 1 FROM passes s WHERE s.id = OLD.pass_id AND s.ended <> 0)
BEGIN SELECT raise(ABORT, 'an answer does not change, nor does a pass that has ended'); END;

-- Every question of every pass, answered or not.
CREATE VIEW v_questions AS
SELECT q.pass_id AS pass, CAST(s.ended <> 0 AS INTEGER) AS ended, m.name AS merchant, b.code AS batch, p.row, p.trade_no, q.tries AS asked,
       CAST(nullif(q.heard, '') AS TEXT) AS answer, CAST(nullif(q.stood, '') AS TEXT) AS state_then,
       CAST(strftime('%Y-%m-%dT%H:%M:%fZ', nullif(q.at, 0) / 1000.0, 'unixepoch') AS TEXT) AS answered_at,
       CAST(nullif(q.seq, 0) AS INTEGER) AS event, p.state
FROM questions q
JOIN passes s ON s.id = q.pass_id
JOIN payouts p ON p.id = q.payout_id
JOIN batches b ON b.id = s.batch_id
JOIN merchants m ON m.id = b.merchant_id;
