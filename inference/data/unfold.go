package data

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	meta "github.com/parquet-go/parquet-go/format"
	"github.com/pierrec/lz4/v4"
)

// maxWindow is how far back Zstandard may refer, in bytes, which a decoder has
// to hold: eight times what the format asks of all decoders.
const maxWindow = 64 << 20

// maxRatio bounds how much Snappy and LZ4 can unfold to: a byte of LZ4 adds 255
// to the length of a match.
const maxRatio = 256

var errUnfolds = errors.New("a page unfolds to another size than it says")

// An unfolder unfolds the pages of a Parquet file, one after another.
type unfolder struct {
	zstd *zstd.Decoder
	out  bytes.Buffer
}

func (u *unfolder) close() {
	if u.zstd != nil {
		u.zstd.Close()
	}
}

// unfold is the contents of a page, valid until the next call. They must have
// the size that the page claims; there is never room for more than they have.
func (u *unfolder) unfold(codec meta.CompressionCodec, page []byte, size int) ([]byte, error) {
	switch codec {
	case meta.Uncompressed:
		return page, nil
	case meta.Snappy:
		if n, err := snappy.DecodedLen(page); err != nil || n != size {
			return nil, errUnfolds
		}
		return u.block(page, size, func(dst []byte) (int, error) {
			out, err := snappy.Decode(dst, page)
			return len(out), err
		})
	case meta.Lz4Raw:
		return u.block(page, size, func(dst []byte) (int, error) { return lz4.UncompressBlock(page, dst) })
	case meta.Gzip:
		r, err := gzip.NewReader(bytes.NewReader(page))
		return u.stream(r, err, size)
	case meta.Brotli:
		return u.stream(brotli.NewReader(bytes.NewReader(page)), nil, size)
	case meta.Zstd:
		err := u.zstandard(page)
		return u.stream(u.zstd, err, size)
	}
	return nil, fmt.Errorf("it is compressed as %v, which is not read", codec)
}

// block unfolds a page in one step.
func (u *unfolder) block(page []byte, size int, decode func(dst []byte) (int, error)) ([]byte, error) {
	if size > maxRatio*(len(page)+1) {
		return nil, errUnfolds
	}
	u.out.Reset()
	u.out.Grow(size)
	n, err := decode(u.out.AvailableBuffer()[:size])
	if err == nil && n != size {
		err = errUnfolds
	}
	return u.out.AvailableBuffer()[:size], err
}

// stream unfolds a page little by little.
func (u *unfolder) stream(r io.Reader, err error, size int) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	u.out.Reset()
	n, err := u.out.ReadFrom(io.LimitReader(r, int64(size)+1))
	if err == nil && n != int64(size) {
		err = errUnfolds
	}
	return u.out.Bytes(), err
}

// zstandard begins to unfold a page with the one decoder, which is costly to make.
func (u *unfolder) zstandard(page []byte) (err error) {
	if u.zstd == nil {
		u.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return err
		}
	}
	return u.zstd.Reset(bytes.NewReader(page))
}
