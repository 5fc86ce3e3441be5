package kernel

// tile computes C [rows,w] (+)= A [rows,k] B [k,nr], where A has the given row and
// column strides and B is a panel. The number of rows is the tile's own.
type tile[F Float] func(k int, a []F, rs, cs int, b, c []F, ldc, w int, acc bool)

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
		tiles[rows] = func(k int, a []F, rs, cs int, b, c []F, ldc, w int, acc bool) {
			for i := range rows {
				store(c[i*ldc:][:w], row(k, a[i*rs:], cs, b), acc)
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

// store writes or adds the first values of s to c.
func store[F Float](c []F, s [plainCols]F, acc bool) {
	for j := range c {
		if acc {
			s[j] += c[j]
		}
		c[j] = s[j]
	}
}
