-------------------------------- MODULE TLC --------------------------------
(* Operators that specifications use to speak to the model checker.  The     *)
(* meaning of these is built in.  TLCGet and TLCSet, which are no functions, *)
(* are known to the reference search only.                                   *)
LOCAL INSTANCE Naturals
LOCAL INSTANCE Sequences

Print(out, value) == value
PrintT(out) == TRUE
Assert(condition, out) == condition
JavaTime == CHOOSE n \in Nat : TRUE
TLCGet(i) == CHOOSE v : TRUE
TLCSet(i, v) == TRUE
x :> y == [z \in {x} |-> y]
f @@ g == [x \in DOMAIN f \cup DOMAIN g |-> IF x \in DOMAIN f THEN f[x] ELSE g[x]]
Permutations(S) == {f \in [S -> S] : {f[x] : x \in S} = S}
SortSeq(s, Before(_, _)) ==
  LET Order == CHOOSE p \in Permutations(1..Len(s)) :
                 \A i, j \in 1..Len(s) : i < j => ~ Before(s[p[j]], s[p[i]])
  IN  [i \in 1..Len(s) |-> s[Order[i]]]
RandomElement(S) == CHOOSE x \in S : TRUE
Any == CHOOSE x : TRUE
ToString(v) == CHOOSE s \in STRING : TRUE
TLCEval(v) == v
=============================================================================
