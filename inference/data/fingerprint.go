package data

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"math"
)

// fingerprint is the first 16 hex digits of a SHA-256 of the set's contents,
// whatever file format they came in. Where the model uses the time between
// rows, that is a part of the contents.
func (s *Set) fingerprint() string {
	w := digest{h: sha256.New()}
	w.int(len(s.Vars))
	for _, v := range s.Vars {
		w.text(v.Name)
		w.int(int(v.Role))
		w.int(int(v.Kind))
		w.int(v.Size)
	}
	w.int(len(s.Sequences))
	for i := range s.Sequences {
		w.sequence(&s.Sequences[i], s.TimeUnit != "")
	}
	return hex.EncodeToString(w.h.Sum(nil))[:16]
}

// A digest feeds values to a hash in one canonical form, little endian.
type digest struct {
	h   hash.Hash
	buf []byte
}

func (d *digest) int(n int) {
	d.h.Write(binary.LittleEndian.AppendUint64(d.buf[:0], uint64(n)))
}

func (d *digest) text(s string) {
	d.int(len(s))
	d.h.Write([]byte(s))
}

func (d *digest) sequence(s *Sequence, timed bool) {
	d.int(s.Len)
	for v := range s.blocks {
		d.block(&s.blocks[v])
	}
	if timed {
		for _, t := range s.Times {
			d.int(int(math.Float64bits(t - s.Times[0])))
		}
	}
}

// block writes values as 32-bit floats, then a byte for each that says whether
// it is there; nothing where all are.
func (d *digest) block(b *block) {
	d.buf = d.buf[:0]
	for i := range b.len() {
		d.buf = binary.LittleEndian.AppendUint32(d.buf, math.Float32bits(b.at(i)))
	}
	d.h.Write(d.buf)
	d.buf = d.buf[:0]
	for _, ok := range b.present {
		d.buf = append(d.buf, bit(ok))
	}
	d.int(len(d.buf))
	d.h.Write(d.buf)
}

func bit(ok bool) byte {
	if ok {
		return 1
	}
	return 0
}
