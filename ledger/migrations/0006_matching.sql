-- Payouts that were paid without being known as sent, or long after they were:
-- all others are found by the day on which they were sent.
CREATE INDEX payouts_late ON payouts (merchant_id, final_at)
    WHERE state = 'succeeded' AND (attempts = unsent OR final_at > submitted_at + 2592000000);

-- Lines that are several payouts, to add those up once for each.
CREATE INDEX matches_lumps ON matches (line_id) WHERE form = 'lump' AND standing = 'confirmed';
