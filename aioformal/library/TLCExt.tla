------------------------------- MODULE TLCExt -------------------------------
(* Those operators of TLCExt that mean the same with every checker.  What    *)
(* asks for TLC's own insides (its trace, its fingerprints) is not here.     *)

AssertEq(a, b) == a = b
TLCNoOp(value) == value
TLCCache(expression, closure) == expression
=============================================================================
