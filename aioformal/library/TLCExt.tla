------------------------------- MODULE TLCExt -------------------------------
(* TLC's extensions.  The first operators mean the same with every checker.  *)
(* The others ask for TLC's own insides (its trace, its counters): they can  *)
(* be read, but an unbounded CHOOSE is all that can be said of their values, *)
(* and to evaluate one is an error.                                          *)

AssertEq(a, b) == a = b
TLCNoOp(value) == value
TLCCache(expression, closure) == expression
TLCDefer(expression) == TRUE

AssertError(message, expression) == CHOOSE v : TRUE
TLCGetOrDefault(key, default) == CHOOSE v : TRUE
TLCGetAndSet(key, Op(_, _), value, default) == CHOOSE v : TRUE
TLCModelValue(name) == CHOOSE v : TRUE
TLCFP(value) == CHOOSE v : TRUE
TLCEvalDefinition(name) == CHOOSE v : TRUE
PickSuccessor(expression) == CHOOSE v : TRUE
Trace == CHOOSE v : TRUE
CounterExample == CHOOSE v : TRUE
ToTrace(counterExample) == CHOOSE v : TRUE
=============================================================================
