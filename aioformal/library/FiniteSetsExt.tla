--------------------------- MODULE FiniteSetsExt ---------------------------
(* More about finite sets: folds and sums, extrema, subsets of a size.       *)
EXTENDS Integers, FiniteSets, Folds, Functions
LOCAL INSTANCE OrderedFolds

FoldSet(op(_, _), base, S) == FoldMembers(op, base, S)
ReduceSet(op(_, _), S, base) == FoldMembers(op, base, S)
SumSet(S) == FoldMembers(LAMBDA x, rest : x + rest, 0, S)
ProductSet(S) == FoldMembers(LAMBDA x, rest : x * rest, 1, S)
MapThenSumSet(f(_), S) == FoldMembers(LAMBDA x, rest : f(x) + rest, 0, S)

FlattenSet(S) == UNION S
SymDiff(A, B) == (A \ B) \cup (B \ A)
Quantify(S, Test(_)) == Cardinality({x \in S : Test(x)})

(* The meaning is built in.                                                  *)
kSubset(k, S) == {T \in SUBSET S : Cardinality(T) = k}

Max(S) == CHOOSE x \in S : \A y \in S : x >= y
Min(S) == CHOOSE x \in S : \A y \in S : x <= y

(* One member of each set, in every way.                                     *)
Choices(Sets) ==
  {{f[T] : T \in Sets} : f \in {g \in [Sets -> UNION Sets] : \A T \in Sets : g[T] \in T}}

ChooseUnique(S, Test(_)) == CHOOSE x \in S : Test(x) /\ \A y \in S : Test(y) => y = x
=============================================================================
