---------------------------- MODULE OrderedFolds ----------------------------
(* Folds over finite sets and over sequences, which the other modules are    *)
(* made of.  The meaning is built in: the right-hand sides say it in TLA+.   *)
(* A fold over a set takes the members in the order in which CHOOSE would    *)
(* take them, the first one first.                                           *)
LOCAL INSTANCE Naturals
LOCAL INSTANCE Sequences

RECURSIVE FoldMembers(_, _, _)
FoldMembers(op(_, _), base, S) ==
  IF S = {} THEN base
  ELSE LET first == CHOOSE x \in S : TRUE
       IN  FoldMembers(op, op(first, base), S \ {first})

RECURSIVE FoldElements(_, _, _)
FoldElements(op(_, _), base, s) ==
  IF s = <<>> THEN base ELSE FoldElements(op, op(base, Head(s)), Tail(s))

RECURSIVE FoldElementsBack(_, _, _)
FoldElementsBack(op(_, _), s, base) ==
  IF s = <<>> THEN base ELSE op(Head(s), FoldElementsBack(op, Tail(s), base))
=============================================================================
