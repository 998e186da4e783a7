package ledger

// heapSQL finds lines that are the sum of many payouts: of those that somebody may
// have booked as one, which are all of a batch, all of a day, all of a batch on a
// day. One payout is no heap.
//
// A line and a heap are taken for each other if nothing else fits either of them,
// and no other line that was found so wants one of its payouts: of two sums that
// share one, at most one is right. A difference as large as a payout of the heap is
// no fee: that one may not have been paid.
var heapSQL = []string{
	`CREATE TABLE heap (id INTEGER PRIMARY KEY, batch INTEGER NOT NULL, day INTEGER NOT NULL, count INTEGER NOT NULL, amount INTEGER NOT NULL, least INTEGER NOT NULL,
		first INTEGER NOT NULL, last INTEGER NOT NULL) STRICT`,
	`INSERT INTO heap (batch, day, count, amount, least, first, last)
		SELECT batch, 0, count(*), sum(amount), min(amount), min(day), max(day) FROM free WHERE state = 'succeeded' GROUP BY batch HAVING count(*) > 1`,
	`CREATE INDEX heap_batch ON heap (batch)`,
	`INSERT INTO heap (batch, day, count, amount, least, first, last)
		SELECT batch, day, count(*), sum(amount), min(amount), day, day FROM free WHERE state = 'succeeded' GROUP BY batch, day HAVING count(*) > 1
		AND count(*) <> (SELECT h.count FROM heap h WHERE h.batch = free.batch AND h.day = 0)`,
	`INSERT INTO heap (batch, day, count, amount, least, first, last)
		SELECT 0, day, count(*), sum(amount), min(amount), day, day FROM free WHERE state = 'succeeded' GROUP BY day HAVING count(*) > 1 AND count(DISTINCT batch) > 1`,
	`CREATE INDEX heap_amount ON heap (amount)`,

	`CREATE TABLE near (line INTEGER NOT NULL, heap INTEGER NOT NULL, fee INTEGER NOT NULL, PRIMARY KEY (line, heap)) STRICT, WITHOUT ROWID`,
	`INSERT INTO near SELECT l.id, h.id, l.amount - h.amount FROM loose l CROSS JOIN heap h ON h.amount BETWEEN l.amount - :fee AND l.amount + :fee
		WHERE l.amount > 0 AND NOT l.named AND l.day BETWEEN h.first AND h.last + :window AND (h.amount = l.amount OR abs(l.amount - h.amount) < h.least)
		AND NOT EXISTS (SELECT 1 FROM book.matches u CROSS JOIN free f ON f.id = u.payout_id
			WHERE u.line_id = l.id AND u.standing = 'undone' AND (h.batch = 0 OR f.batch = h.batch) AND (h.day = 0 OR f.day = h.day))`,
	`CREATE INDEX near_heap ON near (heap)`,
	`DELETE FROM near WHERE line IN (SELECT line FROM near GROUP BY line HAVING count(*) > 1) OR heap IN (SELECT heap FROM near GROUP BY heap HAVING count(*) > 1)`,

	`CREATE TABLE heaped (payout INTEGER NOT NULL, line INTEGER NOT NULL, fee INTEGER NOT NULL, PRIMARY KEY (payout, line)) STRICT, WITHOUT ROWID`,
	`CREATE INDEX free_batch ON free (batch, day)`,
	`CREATE INDEX free_day ON free (day)`,
	`INSERT INTO heaped SELECT f.id, n.line, n.fee FROM near n CROSS JOIN heap h ON h.id = n.heap CROSS JOIN free f ON f.batch = h.batch
		WHERE h.batch <> 0 AND f.state = 'succeeded' AND (h.day = 0 OR f.day = h.day)`,
	`INSERT INTO heaped SELECT f.id, n.line, n.fee FROM near n CROSS JOIN heap h ON h.id = n.heap CROSS JOIN free f ON f.day = h.day
		WHERE h.batch = 0 AND f.state = 'succeeded'`,
	`CREATE INDEX heaped_line ON heaped (line)`,
	`DELETE FROM near WHERE line IN (SELECT h.line FROM heaped h WHERE h.payout IN (SELECT payout FROM heaped GROUP BY payout HAVING count(*) > 1))`,
	// The fee is the first payout's.
	`INSERT INTO result SELECT h.line, h.payout, 'lump', 'lump', 75, iif(h.payout = (SELECT min(o.payout) FROM heaped o WHERE o.line = h.line), h.fee, 0),
		iif(h.fee <> 0, '` + NotePassedFee + `', ''), 'confirmed' FROM near n CROSS JOIN heaped h ON h.line = n.line`,
}

// lumps matches lines that are the sum of many payouts.
func (d *matcher) lumps() error {
	if err := d.execAll(heapSQL); err != nil {
		return err
	}
	return d.tidyUp(ByLump)
}
