-- Views for people's own tools; docs/sql.md explains them, and a test holds it to
-- them. They show accounts masked and no names. Times are RFC 3339 in UTC, sums stand
-- as decimals and as whole minor units. Nothing of bulkpay itself reads them.

-- Accounts as they are shown: the last four letters and digits, fewer of a short
-- one, none of one that has other signs in it than these. The first view prepares them.
CREATE VIEW v_accounts AS
SELECT payout_id,
       CAST(CASE WHEN payee_account = '' THEN '' WHEN plain GLOB '*[^0-9A-Za-z]*' THEN '••••'
            ELSE '••••' || substr(plain, length(plain) - min(4, length(plain) / 3) + 1) END AS TEXT) AS account
FROM (SELECT i.payout_id, i.payee_account,
             replace(replace(replace(replace(replace(replace(replace(i.payee_account, ' ', ''), '-', ''), '.', ''), '/', ''), '+', ''), '@', ''), '_', '') AS plain
      FROM instructions i);

CREATE VIEW v_batches AS
SELECT b.code AS batch, m.name AS merchant, m.area, m.gateway, b.source, b.worksheet, b.source_sha256 AS sha256,
       CAST(strftime('%Y-%m-%dT%H:%M:%fZ', nullif(b.created_at, 0) / 1000.0, 'unixepoch') AS TEXT) AS created_at,
       b.rows, CAST(CASE WHEN m.currency IN ('KRW', 'VND') THEN b.sum_minor ELSE printf('%s%d.%02d', iif(b.sum_minor < 0, '-', ''), abs(b.sum_minor) / 100, abs(b.sum_minor) % 100) END AS TEXT) AS sum,
       b.sum_minor, m.currency, b.unreadable, b.overridden, b.repeats, b.reason
FROM batches b JOIN merchants m ON m.id = b.merchant_id;

CREATE VIEW v_payouts AS
SELECT m.name AS merchant, m.area, b.code AS batch, p.row, p.trade_no, p.platform_trade_no, p.state,
       CAST(CASE p.state WHEN 'ready' THEN 'waiting' WHEN 'submitting' THEN 'in doubt' WHEN 'in_doubt' THEN 'in doubt' ELSE p.state END AS TEXT) AS bucket,
       CAST(CASE WHEN m.currency IN ('KRW', 'VND') THEN p.amount_minor ELSE printf('%s%d.%02d', iif(p.amount_minor < 0, '-', ''), abs(p.amount_minor) / 100, abs(p.amount_minor) % 100) END AS TEXT) AS amount,
       p.amount_minor, m.currency, a.account, i.bank, p.reason, p.code,
       CAST(replace(replace(p.message, i.payee_account, a.account), i.payee_name, '[…]') AS TEXT) AS message,
       p.flagged, CAST(p.attempts - p.unsent AS INTEGER) AS sends, p.asks,
       (SELECT r.trade_no FROM payouts r WHERE r.id = p.replaces) AS replaces,
       (SELECT r.trade_no FROM payouts r WHERE r.replaces = p.id) AS replaced_by,
       CAST(strftime('%Y-%m-%dT%H:%M:%fZ', nullif(b.created_at, 0) / 1000.0, 'unixepoch') AS TEXT) AS created_at,
       CAST(strftime('%Y-%m-%dT%H:%M:%fZ', nullif(p.submitted_at, 0) / 1000.0, 'unixepoch') AS TEXT) AS submitted_at,
       CAST(strftime('%Y-%m-%dT%H:%M:%fZ', nullif(p.final_at, 0) / 1000.0, 'unixepoch') AS TEXT) AS final_at,
       CAST(strftime('%Y-%m-%dT%H:%M:%fZ', nullif(p.updated_at, 0) / 1000.0, 'unixepoch') AS TEXT) AS updated_at
FROM payouts p
JOIN batches b ON b.id = p.batch_id
JOIN merchants m ON m.id = p.merchant_id
JOIN instructions i ON i.payout_id = p.id
JOIN v_accounts a ON a.payout_id = p.id;

CREATE VIEW v_events AS
SELECT e.seq, CAST(strftime('%Y-%m-%dT%H:%M:%fZ', nullif(e.at, 0) / 1000.0, 'unixepoch') AS TEXT) AS at,
       m.name AS merchant, b.code AS batch, p.row, p.trade_no, e.kind, e.from_state, e.to_state, e.attempt, e.actor, e.reason, e.code,
       CAST(replace(replace(e.message, coalesce(i.payee_account, ''), coalesce(a.account, '')), coalesce(i.payee_name, ''), '[…]') AS TEXT) AS message,
       e.platform_trade_no, e.flagged,
       CAST(replace(replace(CAST(e.evidence AS TEXT), coalesce(i.payee_account, ''), coalesce(a.account, '')), coalesce(i.payee_name, ''), '[…]') AS TEXT) AS evidence,
       CAST(lower(hex(e.hash)) AS TEXT) AS hash
FROM events e
LEFT JOIN batches b ON b.id = e.batch_id
LEFT JOIN merchants m ON m.id = b.merchant_id
LEFT JOIN payouts p ON p.id = e.payout_id
LEFT JOIN instructions i ON i.payout_id = e.payout_id
LEFT JOIN v_accounts a ON a.payout_id = e.payout_id;

-- The equation of every batch: rows of the sheet = the buckets, by count and by
-- sum. Left out rows whose amount could not be read count as nothing in the sums.
CREATE VIEW v_tieout AS
SELECT b.code AS batch, m.name AS merchant, m.currency, b.rows AS sheet_rows, b.sum_minor AS sheet_minor,
       CAST(coalesce(l.invalid, 0) AS INTEGER) AS invalid, CAST(coalesce(l.invalid_minor, 0) AS INTEGER) AS invalid_minor,
       CAST(coalesce(l.known, 0) AS INTEGER) AS known, CAST(coalesce(l.known_minor, 0) AS INTEGER) AS known_minor,
       CAST(coalesce(s.held, 0) AS INTEGER) AS held, CAST(coalesce(s.held_minor, 0) AS INTEGER) AS held_minor,
       CAST(coalesce(s.cancelled, 0) AS INTEGER) AS cancelled, CAST(coalesce(s.cancelled_minor, 0) AS INTEGER) AS cancelled_minor,
       CAST(coalesce(s.waiting, 0) AS INTEGER) AS waiting, CAST(coalesce(s.waiting_minor, 0) AS INTEGER) AS waiting_minor,
       CAST(coalesce(s.in_doubt, 0) AS INTEGER) AS in_doubt, CAST(coalesce(s.in_doubt_minor, 0) AS INTEGER) AS in_doubt_minor,
       CAST(coalesce(s.processing, 0) AS INTEGER) AS processing, CAST(coalesce(s.processing_minor, 0) AS INTEGER) AS processing_minor,
       CAST(coalesce(s.succeeded, 0) AS INTEGER) AS succeeded, CAST(coalesce(s.succeeded_minor, 0) AS INTEGER) AS succeeded_minor,
       CAST(coalesce(s.failed, 0) AS INTEGER) AS failed, CAST(coalesce(s.failed_minor, 0) AS INTEGER) AS failed_minor,
       CAST(coalesce(s.rejected, 0) AS INTEGER) AS rejected, CAST(coalesce(s.rejected_minor, 0) AS INTEGER) AS rejected_minor,
       CAST(coalesce(s.reversed, 0) AS INTEGER) AS reversed, CAST(coalesce(s.reversed_minor, 0) AS INTEGER) AS reversed_minor,
       CAST(coalesce(s.flagged, 0) AS INTEGER) AS flagged,
       CAST(b.rows = coalesce(s.payouts, 0) + coalesce(l.rows, 0)
            AND b.sum_minor = coalesce(s.payouts_minor, 0) + coalesce(l.rows_minor, 0) AS INTEGER) AS tied
FROM batches b
JOIN merchants m ON m.id = b.merchant_id
LEFT JOIN (
    SELECT batch_id, count(*) AS payouts, sum(amount_minor) AS payouts_minor, sum(flagged) AS flagged,
           sum(state = 'held') AS held, sum(iif(state = 'held', amount_minor, 0)) AS held_minor,
           sum(state = 'cancelled') AS cancelled, sum(iif(state = 'cancelled', amount_minor, 0)) AS cancelled_minor,
           sum(state IN ('ready')) AS waiting, sum(iif(state IN ('ready'), amount_minor, 0)) AS waiting_minor,
           sum(state IN ('submitting', 'in_doubt')) AS in_doubt, sum(iif(state IN ('submitting', 'in_doubt'), amount_minor, 0)) AS in_doubt_minor,
           sum(state = 'processing') AS processing, sum(iif(state = 'processing', amount_minor, 0)) AS processing_minor,
           sum(state = 'succeeded') AS succeeded, sum(iif(state = 'succeeded', amount_minor, 0)) AS succeeded_minor,
           sum(state = 'failed') AS failed, sum(iif(state = 'failed', amount_minor, 0)) AS failed_minor,
           sum(state = 'rejected') AS rejected, sum(iif(state = 'rejected', amount_minor, 0)) AS rejected_minor,
           sum(state = 'reversed') AS reversed, sum(iif(state = 'reversed', amount_minor, 0)) AS reversed_minor
    FROM payouts GROUP BY batch_id) s ON s.batch_id = b.id
LEFT JOIN (
    SELECT batch_id, count(*) AS rows, coalesce(sum(amount_minor), 0) AS rows_minor,
           sum(known IS NULL) AS invalid, sum(iif(known IS NULL, coalesce(amount_minor, 0), 0)) AS invalid_minor,
           sum(known IS NOT NULL) AS known, sum(iif(known IS NULL, 0, coalesce(amount_minor, 0))) AS known_minor
    FROM left_out GROUP BY batch_id) l ON l.batch_id = b.id;

-- What became final on a day, in UTC.
CREATE VIEW v_daily AS
SELECT CAST(date(p.final_at / 1000, 'unixepoch') AS TEXT) AS day, m.name AS merchant, p.state, CAST(count(*) AS INTEGER) AS payouts,
       CAST(CASE WHEN m.currency IN ('KRW', 'VND') THEN sum(p.amount_minor) ELSE printf('%s%d.%02d', iif(sum(p.amount_minor) < 0, '-', ''), abs(sum(p.amount_minor)) / 100, abs(sum(p.amount_minor)) % 100) END AS TEXT) AS sum,
       CAST(sum(p.amount_minor) AS INTEGER) AS sum_minor, m.currency
FROM payouts p JOIN merchants m ON m.id = p.merchant_id
WHERE p.final_at > 0
GROUP BY 1, m.id, p.state;

CREATE VIEW v_statements AS
SELECT s.id AS statement, m.name AS merchant, s.name, s.part, s.origin, s.format, s.sha256,
       CAST(date(s.first_day * 86400, 'unixepoch') AS TEXT) AS first_day, CAST(date(s.last_day * 86400, 'unixepoch') AS TEXT) AS last_day,
       s.lines, s.paid_lines, CAST(CASE WHEN m.currency IN ('KRW', 'VND') THEN s.paid_minor ELSE printf('%s%d.%02d', iif(s.paid_minor < 0, '-', ''), abs(s.paid_minor) / 100, abs(s.paid_minor) % 100) END AS TEXT) AS paid,
       s.paid_minor, CAST(CASE WHEN m.currency IN ('KRW', 'VND') THEN s.fees_minor ELSE printf('%s%d.%02d', iif(s.fees_minor < 0, '-', ''), abs(s.fees_minor) / 100, abs(s.fees_minor) % 100) END AS TEXT) AS fees,
       s.fees_minor, m.currency, CAST(strftime('%Y-%m-%dT%H:%M:%fZ', nullif(s.read_at, 0) / 1000.0, 'unixepoch') AS TEXT) AS read_at
FROM statements s JOIN merchants m ON m.id = s.merchant_id;

-- Every line of every statement, also those that are no payout of ours. The
-- narrative, in which names may stand, is not shown.
CREATE VIEW v_statement_lines AS
SELECT l.statement_id AS statement, m.name AS merchant, s.origin, l.number, CAST(date(l.day * 86400, 'unixepoch') AS TEXT) AS day, l.status,
       CAST(CASE WHEN m.currency IN ('KRW', 'VND') THEN l.amount_minor ELSE printf('%s%d.%02d', iif(l.amount_minor < 0, '-', ''), abs(l.amount_minor) / 100, abs(l.amount_minor) % 100) END AS TEXT) AS amount,
       l.amount_minor, CAST(CASE WHEN m.currency IN ('KRW', 'VND') THEN l.fee_minor ELSE printf('%s%d.%02d', iif(l.fee_minor < 0, '-', ''), abs(l.fee_minor) / 100, abs(l.fee_minor) % 100) END AS TEXT) AS fee,
       l.fee_minor, m.currency, l.trade_no, l.platform_trade_no, l.entry_ref,
       CAST((SELECT count(*) FROM matches x WHERE x.line_id = l.id AND x.standing = 'confirmed') AS INTEGER) AS matches
FROM statement_lines l
JOIN statements s ON s.id = l.statement_id
JOIN merchants m ON m.id = s.merchant_id;

-- Which line is which payout, also what was only proposed or was undone.
CREATE VIEW v_matches AS
SELECT x.id AS match, x.standing, x.form, x.rule, x.score, x.note, x.origin, l.statement_id AS statement, l.number,
       CAST(date(l.day * 86400, 'unixepoch') AS TEXT) AS day, l.status,
       CAST(CASE WHEN m.currency IN ('KRW', 'VND') THEN l.amount_minor ELSE printf('%s%d.%02d', iif(l.amount_minor < 0, '-', ''), abs(l.amount_minor) / 100, abs(l.amount_minor) % 100) END AS TEXT) AS line_amount,
       l.amount_minor AS line_minor, CAST(CASE WHEN m.currency IN ('KRW', 'VND') THEN x.fee_minor ELSE printf('%s%d.%02d', iif(x.fee_minor < 0, '-', ''), abs(x.fee_minor) / 100, abs(x.fee_minor) % 100) END AS TEXT) AS fee,
       x.fee_minor, m.name AS merchant, b.code AS batch, p.row, p.trade_no, p.state,
       CAST(CASE WHEN m.currency IN ('KRW', 'VND') THEN p.amount_minor ELSE printf('%s%d.%02d', iif(p.amount_minor < 0, '-', ''), abs(p.amount_minor) / 100, abs(p.amount_minor) % 100) END AS TEXT) AS amount,
       p.amount_minor, m.currency, x.run AS event
FROM matches x
JOIN statement_lines l ON l.id = x.line_id
JOIN payouts p ON p.id = x.payout_id
JOIN batches b ON b.id = p.batch_id
JOIN merchants m ON m.id = p.merchant_id;
