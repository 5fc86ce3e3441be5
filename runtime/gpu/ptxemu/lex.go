package ptxemu

import "strings"

// piece is a stretch of PTX up to what ends it: a semicolon, a brace that opens
// or closes a scope, the colon of a label, or the end of the line for the few
// directives that have no semicolon.
type piece struct {
	line int
	text string
	end  byte
}

// pieces cuts a text at the ends of its statements.
func pieces(src string) []piece {
	s := &scanner{src: blankComments(src), line: 1}
	for s.i = 0; s.i < len(s.src); s.i++ {
		s.step(s.src[s.i])
	}
	return s.out
}

type scanner struct {
	src   string
	i     int
	line  int
	began int // the line of the first character of what is pending
	depth int // of braces inside a statement, as in {%r1, %r2}
	quote bool
	buf   strings.Builder
	out   []piece
}

func (s *scanner) step(c byte) {
	pending := s.buf.Len() > 0
	switch {
	case c == '"':
		s.quote = !s.quote
		s.keep(c)
	case s.quote:
		s.keep(c)
	case c == '\n':
		s.newline()
	case c == ';':
		s.emit(c)
	case c == '{' && s.depth == 0 && (!pending || s.heads()):
		s.emit(c)
	case c == '{':
		s.depth++
		s.keep(c)
	case c == '}' && s.depth == 0:
		s.emit(c)
	case c == '}':
		s.depth--
		s.keep(c)
	case c == ':' && s.labels():
		s.emit(c)
	default:
		s.keep(c)
	}
}

func (s *scanner) keep(c byte) {
	if c == ' ' || c == '\t' || c == '\r' {
		if s.buf.Len() == 0 {
			return
		}
		c = ' '
	}
	if s.buf.Len() == 0 {
		s.began = s.line
	}
	s.buf.WriteByte(c)
}

func (s *scanner) emit(end byte) {
	line := s.began
	if s.buf.Len() == 0 {
		line = s.line
	}
	s.out = append(s.out, piece{line, strings.TrimSpace(s.buf.String()), end})
	s.buf.Reset()
}

// newline ends what a line ends: directives of the module and of debuggers.
func (s *scanner) newline() {
	text := s.buf.String()
	for _, d := range []string{".version", ".target", ".address_size", ".file", ".loc"} {
		if strings.HasPrefix(text, d) {
			s.emit('\n')
		}
	}
	if s.buf.Len() > 0 {
		s.keep(' ')
	}
	s.line++
}

// heads reports whether what is pending is followed by a body.
func (s *scanner) heads() bool {
	t := s.buf.String()
	return strings.Contains(t, ".entry") || strings.Contains(t, ".func") || strings.HasPrefix(t, ".section")
}

// labels reports whether the colon here ends a label, and is none of ::.
func (s *scanner) labels() bool {
	next := s.i+1 < len(s.src) && s.src[s.i+1] == ':'
	return !next && s.src[s.i-1] != ':' && s.depth == 0 && isName(strings.TrimSpace(s.buf.String()))
}

func isName(t string) bool {
	for i := range len(t) {
		c := t[i]
		letter := c == '_' || c == '$' || c|0x20 >= 'a' && c|0x20 <= 'z' || i == 0 && c == '%'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return t != ""
}

// blankComments writes spaces over comments, and keeps the ends of lines.
func blankComments(src string) string {
	b := []byte(src)
	for i := 0; i+1 < len(b); i++ {
		switch {
		case b[i] == '"':
			for i++; i < len(b) && b[i] != '"' && b[i] != '\n'; i++ {
			}
		case b[i] == '/' && b[i+1] == '/':
			for ; i < len(b) && b[i] != '\n'; i++ {
				b[i] = ' '
			}
		case b[i] == '/' && b[i+1] == '*':
			i = blankBlock(b, i)
		}
	}
	return string(b)
}

func blankBlock(b []byte, i int) int {
	end := strings.Index(string(b[i+2:]), "*/")
	stop := len(b)
	if end >= 0 {
		stop = i + 2 + end + 2
	}
	for ; i < stop; i++ {
		if b[i] != '\n' {
			b[i] = ' '
		}
	}
	return stop - 1
}
