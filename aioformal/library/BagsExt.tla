------------------------------ MODULE BagsExt ------------------------------
(* More about bags: functions from members to how often each is in.          *)
LOCAL INSTANCE Bags
LOCAL INSTANCE Integers
LOCAL INSTANCE OrderedFolds

BagAdd(B, x) == [e \in DOMAIN B \cup {x} |-> CopiesIn(e, B) + (IF e = x THEN 1 ELSE 0)]
BagRemoveAll(B, x) == [e \in DOMAIN B \ {x} |-> B[e]]
BagRemove(B, x) ==
  IF x \notin DOMAIN B THEN B
  ELSE IF B[x] = 1 THEN BagRemoveAll(B, x)
  ELSE [B EXCEPT ![x] = @ - 1]

(* Every copy counts; `choose` says whose copies are outermost.              *)
MapThenFoldBag(op(_, _), base, f(_), choose(_), B) ==
  LET RECURSIVE Rest(_)
      Rest(S) == IF S = {} THEN base
                 ELSE LET x == choose(S)
                      IN  FoldMembers(LAMBDA i, rest : op(rest, f(x)), Rest(S \ {x}), 1..B[x])
  IN  Rest(DOMAIN B)
FoldBag(op(_, _), base, B) ==
  FoldMembers(LAMBDA x, all : FoldMembers(LAMBDA i, rest : op(rest, x), all, 1..B[x]), base, DOMAIN B)
SumBag(B) == FoldMembers(LAMBDA x, rest : B[x] * x + rest, 0, DOMAIN B)
ProductBag(B) == FoldMembers(LAMBDA x, rest : x ^ B[x] * rest, 1, DOMAIN B)
=============================================================================
