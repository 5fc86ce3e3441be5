package compiler

import (
	"ssmc/lang"
	"ssmc/lang/diag"
	"ssmc/runtime/op"
)

// foldNet is fold(x, sizes, net, ...): net(net(x, size1, ...), size2, ...).
func foldNet(s *scope, n *lang.Call) value {
	args, ok := s.arguments(n.Args)
	if !ok {
		return bad{}
	}
	if len(args) < 3 {
		s.errorf(diag.BadArgument, n.Span, "fold takes a start, a list and a net")
		return bad{}
	}
	items, isList := args[1].value.(list)
	if one, isNumber := args[1].value.(number); isNumber {
		items, isList = list{one}, true
	}
	f, isNet := args[2].value.(netValue)
	if !isList || !isNet {
		s.errorf(diag.BadArgument, n.Span, "fold takes a start, a list and a net, not %s and %s", args[1].value.describe(), args[2].value.describe())
		return bad{}
	}
	sub := *s
	sub.segment = &segment{path: s.segment.next(), total: 2}
	acc := args[0].value
	for _, item := range items {
		call := append([]*argument{{"", acc, args[0].at}, {"", item, args[1].at}}, args[3:]...)
		if acc = sub.callNet(f, call, n); isBad(acc) {
			return bad{}
		}
		if w, ok := acc.(sweep); ok { // the next layer runs the same way
			w.raw = true
			acc = w
		}
	}
	if w, ok := acc.(sweep); ok && len(items) > 0 {
		w.raw = false
		acc = w
	}
	return acc
}

// repeat is repeat(v, n): a list of n times v.
func repeat(s *scope, n *lang.Call) value {
	args, ok := s.exactly(n, 2)
	if !ok {
		return bad{}
	}
	k, isNumber := args[1].value.(number)
	if !isNumber || k.v < 1 || k.v > 1000 {
		s.errorf(diag.BadArgument, args[1].at, "repeat takes a value and how often, from 1 to 1000")
		return bad{}
	}
	var l list
	for range int(k.v) {
		l = append(l, args[0].value)
	}
	return l
}

// choose is if(c, a, b) for a constant c: only the chosen one is evaluated.
func choose(s *scope, n *lang.Call) value {
	if len(n.Args) != 3 {
		s.errorf(diag.BadArgument, n.Span, "if takes a condition and two values")
		return bad{}
	}
	c := s.eval(n.Args[0].Value)
	k, ok := c.(number)
	switch {
	case isBad(c):
		return bad{}
	case !ok:
		s.errorf(diag.NotConstant, n.Args[0].Span, "the condition of if must be known beforehand").
			Helpf("to choose coordinate by coordinate, multiply by a comparison: (x > 0) * a")
		return bad{}
	case k.v != 0:
		return s.eval(n.Args[1].Value)
	}
	return s.eval(n.Args[2].Value)
}

// dropout is dropout(x, rate): while training, each coordinate is zero with
// probability rate and otherwise divided by 1-rate (Srivastava et al. 2014).
func dropout(s *scope, n *lang.Call) value {
	args, ok := s.exactly(n, 2)
	if !ok {
		return bad{}
	}
	rate, isNumber := args[1].value.(number)
	if !isNumber || rate.v < 0 || rate.v >= 1 {
		s.errorf(diag.BadArgument, args[1].at, "a dropout rate is a number from 0 to 1, without 1")
		return bad{}
	}
	in := args[0].value
	w, isSweep := in.(sweep)
	if isSweep {
		in = w.array
	}
	a, ok := s.asArray(in, args[0].at)
	if !ok {
		return bad{}
	}
	if rate.v > 0 {
		s.u.masks++
		mask := s.u.build.Input(op.Source{Kind: op.Dropout, Name: "dropout" + itoa(s.u.masks), Rate: rate.v}, a.node.Shape)
		a.node = s.u.build.Call("*", a.node, mask)
	}
	if isSweep {
		w.array = a
		return w
	}
	return a
}
