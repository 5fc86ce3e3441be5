package kernel

import "math"

// generator fills dst, whole blocks of randomBlock values, from counters that begin
// at the given one, for a stream and a seed.
type generator[F Float] func(dst []F, counter, stream, seed uint64)

// A block is what randomLanes counters give: four words each. Word w of lane l is
// value w*randomLanes+l of the block, which suits vectors of any width.
const (
	randomLanes = 16
	randomBlock = 4 * randomLanes
)

// RandomBlock is the values that are drawn at a time: fewer take memory for the rest.
const RandomBlock = randomBlock

// randomGrain is the blocks that make a thread worth its while.
const randomGrain = 64

// Normals fills dst with independent standard normal values. Value i is a function
// of seed, stream and i alone, and the same for float32 and float64 up to rounding:
// Box-Muller applied to Philox4x32-10 (Salmon et al. 2011).
func Normals[F Float](p *Pool, dst []F, seed, stream uint64) {
	generate(p, dst, seed, stream, tableOf[F]().normals)
}

// Uniforms fills dst with independent values, uniform on the 2^23 centres of equal
// parts of (0,1). Value i is a function of seed, stream and i alone.
func Uniforms[F Float](p *Pool, dst []F, seed, stream uint64) {
	generate(p, dst, seed, stream, tableOf[F]().uniforms)
}

// A Block is memory for as many values as are drawn at a time.
type Block[F Float] [randomBlock]F

// NormalsFrom fills dst with the values of Normals from number first on; edge is
// memory that it works in.
func NormalsFrom[F Float](dst []F, first int, seed, stream uint64, edge *Block[F]) {
	generateFrom(dst, first, seed, stream, tableOf[F]().normals, edge)
}

// UniformsFrom fills dst with the values of Uniforms from number first on; edge is
// memory that it works in.
func UniformsFrom[F Float](dst []F, first int, seed, stream uint64, edge *Block[F]) {
	generateFrom(dst, first, seed, stream, tableOf[F]().uniforms, edge)
}

// generateFrom runs fill over the whole blocks of dst, and on those of which dst
// begins or ends with a part.
func generateFrom[F Float](dst []F, first int, seed, stream uint64, fill generator[F], edge *Block[F]) {
	counter := func() uint64 { return uint64(first / randomBlock * randomLanes) }
	for len(dst) > 0 {
		n := len(dst) / randomBlock * randomBlock
		if skip := first % randomBlock; skip > 0 || n == 0 {
			fill(edge[:], counter(), stream, seed)
			n = copy(dst, edge[skip:])
		} else {
			fill(dst[:n], counter(), stream, seed)
		}
		dst, first = dst[n:], first+n
	}
}

// generate runs fill over the whole blocks of dst, and on a block of which dst ends
// with a part.
func generate[F Float](p *Pool, dst []F, seed, stream uint64, fill generator[F]) {
	blocks := len(dst) / randomBlock
	if rest := dst[blocks*randomBlock:]; len(rest) > 0 {
		last := dst // whose first block is filled later
		if blocks == 0 {
			last = make([]F, randomBlock)
		}
		fill(last[:randomBlock], uint64(blocks*randomLanes), stream, seed)
		copy(rest, last[:randomBlock])
	}
	a := drawing[F]{dst, seed, stream, fill}
	parts := min(p.Threads(), blocks/randomGrain)
	if !p.hold(parts) {
		a.part(0, blocks)
		return
	}
	defer p.mu.Unlock()
	callsOf[F](p).draw.over(p, a, blocks, parts)
}

// drawing is the arguments of generate.
type drawing[F Float] struct {
	dst          []F
	seed, stream uint64
	fill         generator[F]
}

// part fills blocks [lo,hi).
func (a *drawing[F]) part(lo, hi int) {
	a.fill(a.dst[lo*randomBlock:hi*randomBlock], uint64(lo*randomLanes), a.stream, a.seed)
}

// philox returns four random words for a counter, by ten rounds of Philox4x32.
func philox(c [4]uint32, key [2]uint32) [4]uint32 {
	for range 10 {
		p0, p1 := uint64(c[0])*0xD2511F53, uint64(c[2])*0xCD9E8D57
		c = [4]uint32{uint32(p1>>32) ^ c[1] ^ key[0], uint32(p1), uint32(p0>>32) ^ c[3] ^ key[1], uint32(p0)}
		key[0] += 0x9E3779B9
		key[1] += 0xBB67AE85
	}
	return c
}

// philox64 is philox with its counter and key as 64-bit halves.
func philox64(counter, stream, seed uint64) [4]uint32 {
	return philox([4]uint32{uint32(counter), uint32(counter >> 32), uint32(stream), uint32(stream >> 32)},
		[2]uint32{uint32(seed), uint32(seed >> 32)})
}

// boxMuller returns two independent normal values for two random words. The words
// are rounded to float32, whatever the precision, so that all see the same ones.
func boxMuller(a, b uint32) (x, y float64) {
	u := float64(float32(float64(a)+0.5)) / (1 << 32)
	turns := float64(float32(int32(b))) / (1 << 32)
	sin, cos := math.Sincos(2 * math.Pi * turns)
	r := math.Sqrt(-2 * math.Log(u))
	return r * cos, r * sin
}

func plainNormals[F Float](dst []F, counter, stream, seed uint64) {
	for ; len(dst) > 0; dst = dst[randomBlock:] {
		for lane := range randomLanes {
			r := philox64(counter, stream, seed)
			for pair := range 2 {
				x, y := boxMuller(r[2*pair], r[2*pair+1])
				dst[2*pair*randomLanes+lane], dst[(2*pair+1)*randomLanes+lane] = F(x), F(y)
			}
			counter++
		}
	}
}

func plainUniforms[F Float](dst []F, counter, stream, seed uint64) {
	for ; len(dst) > 0; dst = dst[randomBlock:] {
		for lane := range randomLanes {
			for w, r := range philox64(counter, stream, seed) {
				dst[w*randomLanes+lane] = (F(r>>9) + 0.5) / (1 << 23)
			}
			counter++
		}
	}
}
