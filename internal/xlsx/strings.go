package xlsx

// chunkBytes is how much of the shared texts is held in one piece. Growing one
// piece would need twice the memory each time it moves.
const chunkBytes = 1 << 20

const (
	richBit  = 1 << 31
	maxChunk = 1<<11 - 1
	inChunk  = chunkBytes - 1

	// perText is what a text costs besides its bytes, while the list of where
	// they are grows.
	perText = 12
)

// texts are the shared texts of a workbook, packed: each behind its length in
// one of the chunks. A text that is handed out is a part of its chunk and
// costs nothing.
type texts struct {
	chunks []string
	last   []byte   // the chunk being filled
	at     []uint32 // chunk, place in it, and richBit
}

// readTexts reads the part with the shared texts.
func readTexts(s *scanner, limits Limits) (*texts, error) {
	if err := s.root(); err != nil {
		return nil, err
	}
	if !s.is(sheetSpace, "sst") {
		return nil, errText
	}
	all := &texts{}
	var held int64
	var buf []byte
	for {
		more, err := s.child()
		if err != nil {
			return nil, err
		}
		if !more {
			all.close()
			return all, s.finishRoot()
		}
		if !s.is(sheetSpace, "si") {
			if s.space == sheetSpace && string(s.local) != "extLst" || s.space == choiceSpace {
				return nil, errText
			}
			if err := s.skip(); err != nil {
				return nil, err
			}
			continue
		}
		var rich bool
		if buf, rich, err = (texter{s, limits.CellChars}).read(buf[:0]); err != nil {
			return nil, err
		}
		if held += int64(len(buf)) + perText; held > limits.Strings || !all.add(buf, rich) {
			return nil, tooBig("has more text than a payout sheet")
		}
	}
}

// add keeps a text. It tells false when there is no more room.
func (t *texts) add(text []byte, rich bool) bool {
	if len(t.last) > 0 && len(t.last)+len(text)+5 > chunkBytes {
		t.close()
	}
	if len(t.chunks) > maxChunk {
		return false
	}
	where := uint32(len(t.chunks))<<20 | uint32(len(t.last))
	if rich {
		where |= richBit
	}
	t.at = append(t.at, where)
	if t.last == nil {
		t.last = make([]byte, 0, max(chunkBytes, len(text)+5))
	}
	n := len(text)
	for ; n >= 0x80; n >>= 7 {
		t.last = append(t.last, byte(n)|0x80)
	}
	t.last = append(append(t.last, byte(n)), text...)
	return true
}

// close ends the chunk being filled.
func (t *texts) close() {
	if len(t.last) > 0 {
		t.chunks = append(t.chunks, string(t.last))
		t.last = t.last[:0]
	}
}

func (t *texts) get(index int) (text string, rich bool) {
	where := t.at[index]
	chunk := t.chunks[where>>20&maxChunk]
	i := int(where & inChunk)
	length, shift := 0, 0
	for ; chunk[i] >= 0x80; i++ {
		length |= int(chunk[i]&0x7f) << shift
		shift += 7
	}
	length |= int(chunk[i]) << shift
	return chunk[i+1 : i+1+length], where&richBit != 0
}
