package data

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go/encoding/thrift"
	meta "github.com/parquet-go/parquet-go/format"
)

// The library that reads Parquet trusts the file: it makes room for what headers
// claim, and unfolds what is folded to any size. Before it reads a file, what is
// here goes through it once, page by page.

// valueMemory is about what a value takes while a page is decoded, in bytes.
const valueMemory = 16

var compact thrift.CompactProtocol

// checkFooter refuses a file whose footer is not all there.
func checkFooter(in input) error {
	var end [8]byte
	if in.size < 12 {
		return errors.New("it is too short")
	}
	if _, err := in.data.ReadAt(end[:], in.size-8); err != nil {
		return err
	}
	n := int64(binary.LittleEndian.Uint32(end[:]))
	if string(end[4:]) != "PAR1" || n > in.size-12 {
		return errors.New("its footer is damaged")
	}
	footer := bufio.NewReader(io.NewSectionReader(in.data, in.size-8-n, n))
	if err := skipValue(compact.NewReader(footer), thrift.STRUCT, 0); err != nil {
		return fmt.Errorf("its footer is damaged: %w", inside(err))
	}
	return nil
}

// A pageChecker goes through the pages of a file.
type pageChecker struct {
	in      input
	room    int64 // bytes that the file may still unfold to
	file    *bufio.Reader
	header  bytes.Buffer // of the page, and
	body    bytes.Buffer // what follows it
	unfolds unfolder
}

// checkPages refuses a file whose pages are not what their headers say, or which
// take more than the input's limit.
func checkPages(in input, m *meta.FileMetaData) error {
	c := &pageChecker{in: in, room: in.limit, file: bufio.NewReader(nil)}
	defer c.unfolds.close()
	for i := range m.RowGroups {
		for j := range m.RowGroups[i].Columns {
			column := &m.RowGroups[i].Columns[j].MetaData
			if err := c.column(column); err != nil {
				return fmt.Errorf("column %d of its part %d: %w", j+1, i+1, err)
			}
		}
	}
	return nil
}

// column checks the pages of a column in a row group.
func (c *pageChecker) column(m *meta.ColumnMetaData) error {
	begin := m.DataPageOffset
	if m.DictionaryPageOffset != 0 {
		begin = m.DictionaryPageOffset
	}
	if begin < 0 || m.TotalCompressedSize < 0 || begin > c.in.size-m.TotalCompressedSize {
		return errors.New("it lies outside of the file")
	}
	section := io.NewSectionReader(c.in.data, begin, m.TotalCompressedSize)
	c.file.Reset(section)
	first := false // a page begins where those with data are to begin
	for {
		at, err := section.Seek(0, io.SeekCurrent)
		if err != nil {
			return err
		}
		first = first || begin+at-int64(c.file.Buffered()) == m.DataPageOffset
		err = c.page(m)
		if err == io.EOF && !first && m.NumValues > 0 {
			return errors.New("its data do not begin where the file says")
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// page checks the next page. The error is io.EOF where there is none.
func (c *pageChecker) page(m *meta.ColumnMetaData) error {
	h, err := c.readHeader()
	if err != nil {
		return err
	}
	values := int64(h.DataPageHeader.V.NumValues) + int64(h.DataPageHeaderV2.V.NumValues) + int64(h.DictionaryPageHeader.V.NumValues)
	size := int64(h.UncompressedPageSize)
	if values < 0 || size < 0 || h.CompressedPageSize < 0 {
		return errors.New("a page has a negative size")
	}
	if c.room -= max(size, valueMemory*values); c.room < 0 {
		return fmt.Errorf("it unfolds to more than %d bytes", c.in.limit)
	}
	c.body.Reset()
	if _, err := io.CopyN(&c.body, c.file, int64(h.CompressedPageSize)); err != nil {
		return inside(err)
	}
	return c.contents(m, h)
}

// readHeader decodes the header of a page, having stepped over it.
func (c *pageChecker) readHeader() (*meta.PageHeader, error) {
	c.header.Reset()
	if err := skipValue(compact.NewReader(&recorder{c.file, &c.header}), thrift.STRUCT, 0); err != nil {
		return nil, err
	}
	h := &meta.PageHeader{}
	return h, thrift.Unmarshal(&compact, c.header.Bytes(), h)
}

// A recorder keeps what is read.
type recorder struct {
	r    *bufio.Reader
	kept *bytes.Buffer
}

func (r *recorder) Read(dst []byte) (int, error) {
	n, err := r.r.Read(dst)
	r.kept.Write(dst[:n])
	return n, err
}

func (r *recorder) ReadByte() (byte, error) {
	b, err := r.r.ReadByte()
	if err == nil {
		r.kept.WriteByte(b)
	}
	return b, err
}

// contents unfolds the body of a page, and checks the numbers of values in it.
func (c *pageChecker) contents(m *meta.ColumnMetaData, h *meta.PageHeader) error {
	body, levels, codec := c.body.Bytes(), 0, m.Codec
	if v := &h.DataPageHeaderV2; v.Valid {
		levels = int(v.V.DefinitionLevelsByteLength) + int(v.V.RepetitionLevelsByteLength)
		if v.V.DefinitionLevelsByteLength < 0 || v.V.RepetitionLevelsByteLength < 0 || levels > len(body) {
			return errors.New("a page has levels that it does not hold")
		}
		if v.V.IsCompressed.Valid && !v.V.IsCompressed.V {
			codec = meta.Uncompressed
		}
	}
	if body = body[levels:]; len(body) == 0 {
		return nil
	}
	_, err := c.unfolds.unfold(codec, body, int(h.UncompressedPageSize)-levels)
	return err
}
