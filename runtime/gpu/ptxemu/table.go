package ptxemu

// binders tells who makes which instruction. Filled by init, as binders use it.
var binders map[string]func(*binding) exec

func init() {
	binders = map[string]func(*binding) exec{
		"mov": bindMove, "cvta": bindCvta, "isspacep": bindIsSpace,
		"ld": bindLoad, "ldu": bindLoad, "st": bindStore,
		"atom": bindAtom, "red": bindAtom,

		"add": bindArithmetic, "sub": bindArithmetic, "mul": bindProduct, "mad": bindProduct, "fma": bindFMA,
		"mul24": bindMul24, "mad24": bindMul24, "sad": bindSad,
		"addc": bindCarry, "subc": bindCarry,
		"div": bindDivide, "rem": bindArithmetic, "min": bindArithmetic, "max": bindArithmetic,
		"abs": bindSign, "neg": bindSign, "copysign": bindCopysign, "testp": bindTestp,
		"rcp": bindApprox, "sqrt": bindApprox, "rsqrt": bindApprox, "sin": bindApprox, "cos": bindApprox,
		"ex2": bindApprox, "lg2": bindApprox, "tanh": bindApprox,

		"and": bindLogic, "or": bindLogic, "xor": bindLogic, "not": bindNot, "cnot": bindNot,
		"shl": bindShift, "shr": bindShift, "shf": bindFunnel, "lop3": bindLop3, "prmt": bindPrmt,
		"bfe": bindExtract, "bfi": bindInsert, "bmsk": bindBitMask, "szext": bindSzext,
		"popc": bindBits, "clz": bindBits, "brev": bindBits, "bfind": bindBits,

		"setp": bindSetp, "set": bindSet, "selp": bindSelect, "slct": bindSlct, "cvt": bindConvert,

		"bra": bindBranch, "brx": bindIndexed, "ret": bindReturn, "exit": bindExit, "call": bindCall, "trap": bindTrap,

		"bar": bindBarrier, "barrier": bindBarrier, "membar": bindNothing, "fence": bindNothing,
		"nanosleep": bindSleep, "prefetch": bindNothing, "prefetchu": bindNothing,
		"shfl": bindShuffle, "vote": bindVote, "activemask": bindActive, "redux": bindRedux,
		"match": bindMatch, "elect": bindElect,
		"mma": bindMMA, "ldmatrix": bindLoadMatrix, "cp": bindCopy, "mapa": bindMapa, "getctarank": bindRank,
	}
}
