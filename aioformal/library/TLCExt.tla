------------------------------- MODULE TLCExt -------------------------------
(* TLC's extensions.  TLCGetOrDefault, TLCModelValue and Trace are built in; *)
(* the next operators mean the same with every checker.  The last ones ask   *)
(* for TLC's own insides: they can be read, and to evaluate one is an error  *)
(* that says why.                                                            *)
LOCAL INSTANCE TLC

TLCGetOrDefault(key, default) == CHOOSE v : TRUE
TLCModelValue(name) == CHOOSE v : TRUE
Trace == CHOOSE v : TRUE

AssertEq(a, b) == \/ a = b
                  \/ Print(<<"AssertEq", a, b>>, FALSE)
TLCNoOp(value) == value
TLCCache(expression, closure) == expression
TLCDefer(expression) == TRUE
(* There is nobody to ask: every successor is taken. *)
PickSuccessor(expression) == TRUE
TLCGetAndSet(key, Op(_, _), value, default) ==
  LET old == TLCGetOrDefault(key, default)
  IN  IF TLCSet(key, Op(old, value)) THEN old ELSE old

AssertError(message, expression) == CHOOSE v : TRUE
TLCFP(value) == CHOOSE v : TRUE
TLCEvalDefinition(name) == CHOOSE v : TRUE
CounterExample == CHOOSE v : TRUE
ToTrace(counterExample) == CHOOSE v : TRUE
=============================================================================
