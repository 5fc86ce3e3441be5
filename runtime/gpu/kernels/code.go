package kernels

import "fmt"

// A Code says what an Op does; program.h says what each takes.
type Code int32

// The codes of what a graph's ops do.
const (
	Copy Code = iota + 1
	Fill
	Lag
	LagBack
	LagScatter
	LagStart
	Splice
	SpliceBack
	SpliceStart
	Expand
	ExpandBack
	Hold
	HoldBack
	Tick
	Edge
	EdgeBack
	Repeat
	RepeatBack
	OneHot
	LogSoftmax
	LogSoftmaxBack
	Relax
	RelaxBack
	Take
	TakeBack
	TakeSum
	Select
	SelectBack
	BatchMul
	Cholesky
	CholeskyBack
	Inverse
	InverseBack
	MVNormal
	MVNormalBack
	Map
	Affine
	Gather
	GatherBack
	NADE
	NADELogits
	NADEStart
	NADEWeights
	HoldScatter
)

// The codes of products of whole arrays.
const (
	Gemm Code = iota + 48
	GemmWeights
)

// The codes of what stands around a graph: noise, data, sums and updates.
const (
	Layout Code = iota + 64
	Normals
	Uniforms
	Dropout
	Port
	ColSum
	AddParts
	Seed
	Sum
	Total
	GateBack
	Penalty
	SumSquares
	Norm
	Adam
	RMSProp
	SGD
)

// codes has their names, as program.h has them.
var codes = map[Code]string{
	Copy:           "COPY",
	Fill:           "FILL",
	Lag:            "LAG",
	LagBack:        "LAG_BACK",
	LagScatter:     "LAG_SCATTER",
	LagStart:       "LAG_START",
	Splice:         "SPLICE",
	SpliceBack:     "SPLICE_BACK",
	SpliceStart:    "SPLICE_START",
	Expand:         "EXPAND",
	ExpandBack:     "EXPAND_BACK",
	Hold:           "HOLD",
	HoldBack:       "HOLD_BACK",
	Tick:           "TICK",
	Edge:           "EDGE",
	EdgeBack:       "EDGE_BACK",
	Repeat:         "REPEAT",
	RepeatBack:     "REPEAT_BACK",
	OneHot:         "ONE_HOT",
	LogSoftmax:     "LOG_SOFTMAX",
	LogSoftmaxBack: "LOG_SOFTMAX_BACK",
	Relax:          "RELAX",
	RelaxBack:      "RELAX_BACK",
	Take:           "TAKE",
	TakeBack:       "TAKE_BACK",
	TakeSum:        "TAKE_SUM",
	Select:         "SELECT",
	SelectBack:     "SELECT_BACK",
	BatchMul:       "BATCH_MUL",
	Cholesky:       "CHOLESKY",
	CholeskyBack:   "CHOLESKY_BACK",
	Inverse:        "INVERSE",
	InverseBack:    "INVERSE_BACK",
	MVNormal:       "MV_NORMAL",
	MVNormalBack:   "MV_NORMAL_BACK",
	Map:            "MAP",
	Affine:         "AFFINE",
	Gather:         "GATHER",
	GatherBack:     "GATHER_BACK",
	NADE:           "NADE",
	NADELogits:     "NADE_LOGITS",
	NADEStart:      "NADE_START",
	NADEWeights:    "NADE_WEIGHTS",
	HoldScatter:    "HOLD_SCATTER",
	Gemm:           "GEMM",
	GemmWeights:    "GEMM_WEIGHTS",
	Layout:         "LAYOUT",
	Normals:        "NORMALS",
	Uniforms:       "UNIFORMS",
	Dropout:        "DROPOUT",
	Port:           "PORT",
	ColSum:         "COL_SUM",
	AddParts:       "ADD_PARTS",
	Seed:           "SEED",
	Sum:            "SUM",
	Total:          "TOTAL",
	GateBack:       "GATE_BACK",
	Penalty:        "PENALTY",
	SumSquares:     "SUM_SQUARES",
	Norm:           "NORM",
	Adam:           "ADAM",
	RMSProp:        "RMSPROP",
	SGD:            "SGD",
}

func (c Code) String() string {
	if name, ok := codes[c]; ok {
		return name
	}
	return fmt.Sprintf("Code(%d)", int32(c))
}

// whole is the codes of a graph's ops that need all rows at once.
var whole = map[Code]bool{
	LagBack: true, LagStart: true, SpliceStart: true, ExpandBack: true, HoldBack: true, TakeSum: true, NADEWeights: true,
	Gemm: true, GemmWeights: true,
}

// Whole reports whether an op of code c needs all rows at once, and can stand in no scan.
func Whole(c Code) bool { return c >= Layout || whole[c] }
