package cpu

import (
	"fmt"
	"sync"

	"ssmc/runtime"
)

// A carry hands what operations read of earlier times over the cuts between the
// pieces of a sequence. What a run has computed counts once it has succeeded.
type carry[F Float] struct {
	*known
	recalls []*recall[F]
	batch   *runtime.Batch
	k       int     // samples in this run
	before  []bool  // [B] the sequence is one that goes on
	next    [][][]F // by recall, [B] what will be kept, nil of a sequence that ends
}

// known is where the sequences are that go on. Machines that take shards of one
// batch share it.
type known struct {
	steps   map[int]int // by the number of the sequence: the step that comes next
	samples int         // of each; 0 where none are known
}

func newCarry[F Float]() *carry[F] { return &carry[F]{known: &known{steps: map[int]int{}}} }

// share has c know what d knows, from now on.
func (c *carry[F]) share(d *carry[F]) {
	if c == nil {
		return
	}
	c.known = d.known
	for i, m := range c.recalls {
		m.store = d.recalls[i].store
	}
}

// A recall is the last rows of what one operation reads at earlier times, of
// each sequence that goes on.
type recall[F Float] struct {
	*carry[F]
	*store[F]
	of   *links[F]
	by   int   // steps
	own  bool  // what it reads is its own result
	here [][]F // [B] rows of the batch; nil of a sequence that starts
}

// A store is the rows of a recall.
type store[F Float] struct {
	kept  map[int][]F // by the number of the sequence, [by,K,cols], the earliest first
	lock  sync.Mutex  // of spare
	spare [][]F
}

// remember gives an operation a recall of as many steps, if the machine carries.
func (e *env[F]) remember(l *links[F], by int, own bool) *recall[F] {
	if e.carry == nil {
		return nil
	}
	m := &recall[F]{carry: e.carry, of: l, by: by, own: own, store: &store[F]{kept: map[int][]F{}}}
	e.carry.recalls = append(e.carry.recalls, m)
	return m
}

// begin takes up the sequences of a batch where they were left. A nil carry
// takes whole sequences only.
func (c *carry[F]) begin(b *runtime.Batch, k int) error {
	if c == nil {
		for _, from := range b.From {
			if from > 0 {
				return fmt.Errorf("the machine was built without carrying")
			}
		}
		return nil
	}
	c.batch, c.before = b, grow(c.before, len(b.Lens))
	for i := range b.Lens {
		c.before[i] = c.first(i) > 0
		if c.before[i] && !c.knows(b.Index[i], c.first(i), k) {
			return fmt.Errorf("sequence %d cannot go on at step %d with %d samples: %d steps with %d samples are known",
				b.Index[i]+1, c.first(i)+1, k, c.steps[b.Index[i]], c.samples)
		}
	}
	c.k = k
	for _, m := range c.recalls {
		m.begin()
	}
	return nil
}

// knows reports whether k samples of sequence n can go on at a step.
func (c *carry[F]) knows(n, step, k int) bool {
	return len(c.recalls) == 0 || c.steps[n] == step && (c.samples == k || c.samples == 0)
}

// first is the step of its sequence with which sequence i of the batch begins.
func (c *carry[F]) first(i int) int {
	if c.batch.From == nil {
		return 0
	}
	return c.batch.From[i]
}

// more reports whether sequence i of the batch goes on.
func (c *carry[F]) more(i int) bool { return c.batch.More != nil && c.batch.More[i] }

// read notes what later pieces will read, before gradients overwrite it.
func (c *carry[F]) read() {
	if c == nil {
		return
	}
	c.next = grow(c.next, len(c.recalls))
	for i, m := range c.recalls {
		c.next[i] = m.read(c.next[i])
	}
}

// sources is the arrays that read reads, after the tasks that go forwards.
func (c *carry[F]) sources() (list []*array[F]) {
	if c == nil {
		return nil
	}
	for _, m := range c.recalls {
		list = append(list, m.source())
	}
	return list
}

// commit keeps what read has noted, and forgets sequences that have ended.
func (c *carry[F]) commit() {
	if c != nil {
		c.keep(c.batch, c.k, c.next)
	}
}

// keep keeps what was noted of k samples of a batch.
func (c *carry[F]) keep(b *runtime.Batch, k int, next [][][]F) {
	if c == nil {
		return
	}
	for i, m := range c.recalls {
		m.store.keep(b.Index, next[i])
	}
	c.batch, c.samples = b, k
	for i, n := range b.Lens {
		if c.more(i) {
			c.steps[c.batch.Index[i]] = c.first(i) + n
		} else {
			delete(c.steps, c.batch.Index[i])
		}
	}
}

func (m *recall[F]) begin() {
	m.here = grow(m.here, len(m.batch.Lens))
	for i, n := range m.batch.Index {
		m.here[i] = nil
		if m.before[i] {
			m.here[i] = m.kept[n]
		}
	}
}

// source is the array whose rows are remembered.
func (m *recall[F]) source() *array[F] {
	if m.own {
		return m.of.out
	}
	return m.of.in[0]
}

// rows is how many rows a sequence has at a time.
func (m *recall[F]) rows() int {
	if m.of.out.shape.Sampled {
		return m.k
	}
	return 1
}

// row is row k of those that rows holds, j steps into it.
func (m *recall[F]) row(rows []F, j, k int) []F {
	cols := m.of.out.shape.Cols
	return rows[(j*m.rows()+k)*cols:][:cols]
}

// read notes, in next if there is room, what later pieces will read.
func (m *recall[F]) read(next [][]F) [][]F {
	next = grow(next, len(m.batch.Lens))
	for i := range next {
		if next[i] = nil; m.more(i) {
			next[i] = m.take(m.by * m.rows() * m.of.out.shape.Cols)
			m.fill(next[i], i)
		}
	}
	return next
}

// take is memory for n numbers, which are not zero.
func (s *store[F]) take(n int) []F {
	s.lock.Lock()
	defer s.lock.Unlock()
	if last := len(s.spare) - 1; last >= 0 {
		x := s.spare[last]
		s.spare = s.spare[:last]
		return grow(x, n)
	}
	return make([]F, n)
}

// fill sets dst to the last rows of sequence i: of its piece and, where that is
// short, of what was known before. What the sequence has not come to is zero.
func (m *recall[F]) fill(dst []F, i int) {
	lay, src, n := m.of.layout(), m.source(), m.rows()
	for j := range m.by {
		t := lay.Len[i*n] - m.by + j
		for k := range n {
			switch row := m.row(dst, j, k); {
			case t >= 0:
				copy(row, src.row(lay.Off[t]+i*n+k))
			case m.here[i] != nil:
				copy(row, m.row(m.here[i], m.by+t, k))
			default:
				clear(row)
			}
		}
	}
}

// keep puts what was noted of sequences in the place of what was known of them.
func (s *store[F]) keep(sequences []int, next [][]F) {
	for i, n := range sequences {
		if old := s.kept[n]; old != nil {
			s.spare = append(s.spare, old)
			delete(s.kept, n)
		}
		if next[i] != nil {
			s.kept[n] = next[i]
		}
	}
}

// first is the step of its sequence with which sequence b of l's rows begins.
func (l *links[F]) first(b int) int {
	if l.carry == nil {
		return 0
	}
	if l.out.shape.Sampled {
		b /= l.dims.K
	}
	return l.carry.first(b)
}

// past is what sequence b of the operation's rows had at time t-by, t from 0 in
// its piece: nil where its piece, or the sequence, had not begun. Before the
// sequence began it is its first frame, if that is so wanted.
func (m *recall[F]) past(b, t int, edge bool) []F {
	if m == nil {
		return nil
	}
	i, k := b/m.rows(), b%m.rows()
	rows := m.here[i]
	if rows == nil || t >= m.by {
		return nil
	}
	switch from := m.first(i); {
	case from+t >= m.by:
		return m.row(rows, t, k)
	case edge:
		return m.row(rows, m.by-from, k)
	}
	return nil
}
