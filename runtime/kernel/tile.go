package kernel

// tile computes C [rows,w] = S + A [rows,k] B [k,nr], where A has the given row and
// column strides, B is a panel, and S, which may be nil, rows lds apart. The number
// of rows is the tile's own.
type tile[F Float] func(k int, a []F, rs, cs int, b, c []F, ldc, w int, s []F, lds int)

// tiles is those for panels of rows of so many values.
func (t *table[F]) tiles(stride int) []tile[F] {
	if stride < t.nr {
		return t.half
	}
	return t.full
}

// Size of the tiles in plain Go.
const (
	plainRows = 4
	plainCols = 8
)

// plainTiles returns tiles of up to plainRows rows and nr columns in plain Go.
func plainTiles[F Float](nr int) []tile[F] {
	row := plainRow[F]
	if nr == plainCols/2 {
		row = plainHalfRow[F]
	}
	tiles := make([]tile[F], plainRows+1)
	for rows := 1; rows <= plainRows; rows++ {
		tiles[rows] = func(k int, a []F, rs, cs int, b, c []F, ldc, w int, s []F, lds int) {
			for i := range rows {
				sums := row(k, a[i*rs:], cs, b)
				if s != nil {
					addRow(sums[:w], s[i*lds:])
				}
				copy(c[i*ldc:][:w], sums[:])
			}
		}
	}
	return tiles
}

// plainRow returns a row of A, its values cs apart, times a panel of plainCols.
func plainRow[F Float](k int, a []F, cs int, b []F) (s [plainCols]F) {
	for p := range k {
		x, v := a[p*cs], (*[plainCols]F)(b[p*plainCols:])
		s[0] += x * v[0]
		s[1] += x * v[1]
		s[2] += x * v[2]
		s[3] += x * v[3]
		s[4] += x * v[4]
		s[5] += x * v[5]
		s[6] += x * v[6]
		s[7] += x * v[7]
	}
	return s
}

// plainHalfRow is plainRow for a panel half as wide.
func plainHalfRow[F Float](k int, a []F, cs int, b []F) (s [plainCols]F) {
	for p := range k {
		x, v := a[p*cs], (*[plainCols / 2]F)(b[p*plainCols/2:])
		s[0] += x * v[0]
		s[1] += x * v[1]
		s[2] += x * v[2]
		s[3] += x * v[3]
	}
	return s
}

// addRow adds the values of s to dst.
func addRow[F Float](dst, s []F) {
	for j := range dst {
		dst[j] += s[j]
	}
}
