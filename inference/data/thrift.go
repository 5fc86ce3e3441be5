package data

import (
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go/encoding/thrift"
)

// The headers of a Parquet file are Thrift structs in the compact protocol. The
// library that decodes them makes room for whatever lengths they claim; what is
// here steps over them first, holding nothing, so that a length that lies ends in
// an error at the end of the file.

// maxNesting bounds structs in structs: those of Parquet have six levels.
const maxNesting = 20

var errNesting = errors.New("its header is nested too deep")

// eachField calls f, which must read its value, with each field of a struct. The
// error is io.EOF where there is no struct.
func eachField(r thrift.Reader, f func(id int16, t thrift.Type) error) error {
	id := int16(0)
	for n := 0; ; n++ {
		field, err := r.ReadField()
		if n > 0 {
			err = inside(err)
		}
		if err != nil || field.Type == thrift.STOP {
			return err
		}
		if field.Delta {
			id += field.ID
		} else {
			id = field.ID
		}
		if err := f(id, field.Type); err != nil {
			return inside(err)
		}
	}
}

// inside is an error within a value, where no end is expected.
func inside(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// skipField steps over the value of a field; a boolean is told by its type.
func skipField(r thrift.Reader, t thrift.Type, depth int) error {
	if t == thrift.TRUE || t == thrift.FALSE {
		return nil
	}
	return skipValue(r, t, depth)
}

// skipValue steps over a value.
func skipValue(r thrift.Reader, t thrift.Type, depth int) (err error) {
	if depth > maxNesting {
		return errNesting
	}
	switch t {
	case thrift.TRUE, thrift.FALSE, thrift.I8:
		_, err = r.ReadInt8()
	case thrift.I16, thrift.I32, thrift.I64:
		_, err = r.ReadInt64()
	case thrift.DOUBLE:
		err = discard(r, 8)
	case thrift.UUID:
		err = discard(r, 16)
	case thrift.BINARY:
		var n int
		if n, err = r.ReadLength(); err == nil {
			err = discard(r, n)
		}
	case thrift.LIST, thrift.SET:
		err = skipList(r, depth)
	case thrift.MAP:
		err = skipMap(r, depth)
	case thrift.STRUCT:
		err = eachField(r, func(_ int16, t thrift.Type) error { return skipField(r, t, depth+1) })
	default:
		err = fmt.Errorf("its header has a value of type %d", t)
	}
	return err
}

func discard(r thrift.Reader, n int) error {
	_, err := io.CopyN(io.Discard, r.Reader(), int64(n))
	return err
}

// skipList steps over a list. Each of its values takes a byte at least.
func skipList(r thrift.Reader, depth int) error {
	list, err := r.ReadList()
	for i := int32(0); i < list.Size && err == nil; i++ {
		err = skipValue(r, list.Type, depth+1)
	}
	return err
}

func skipMap(r thrift.Reader, depth int) error {
	m, err := r.ReadMap()
	for i := int32(0); i < m.Size && err == nil; i++ {
		if err = skipValue(r, m.Key, depth+1); err == nil {
			err = skipValue(r, m.Value, depth+1)
		}
	}
	return err
}
