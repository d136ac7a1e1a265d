------------------------------- MODULE Bags -------------------------------
(* A bag is a function from its members to how often each is in it, at least *)
(* once.                                                                     *)
EXTENDS TLC
LOCAL INSTANCE Naturals

IsABag(B) == B \in [DOMAIN B -> {n \in Nat : n > 0}]
BagToSet(B) == DOMAIN B
SetToBag(S) == [e \in S |-> 1]
EmptyBag == SetToBag({})
BagIn(e, B) == e \in BagToSet(B)
CopiesIn(e, B) == IF BagIn(e, B) THEN B[e] ELSE 0

A (+) B == [e \in DOMAIN A \cup DOMAIN B |-> CopiesIn(e, A) + CopiesIn(e, B)]
A (-) B == [e \in {d \in DOMAIN A : A[d] > CopiesIn(d, B)} |-> A[e] - CopiesIn(e, B)]
A \sqsubseteq B == \A e \in DOMAIN A : A[e] <= CopiesIn(e, B)

(* The sum of f[x] over x in S. *)
LOCAL SumOver(f, S) ==
  LET Sum[T \in SUBSET S] ==
        IF T = {} THEN 0
        ELSE LET x == CHOOSE x \in T : TRUE
             IN  f[x] + Sum[T \ {x}]
  IN  Sum[S]

BagUnion(S) ==
  [e \in UNION {DOMAIN B : B \in S} |-> SumOver([B \in S |-> CopiesIn(e, B)], S)]

SubBag(B) ==
  LET Chosen(S) == {C \in [S -> UNION {1..B[e] : e \in S}] : \A e \in S : C[e] <= B[e]}
  IN  UNION {Chosen(S) : S \in SUBSET DOMAIN B}

BagOfAll(F(_), B) ==
  [v \in {F(e) : e \in DOMAIN B} |->
     LET Sources == {e \in DOMAIN B : F(e) = v}
     IN  SumOver([e \in Sources |-> B[e]], Sources)]

BagCardinality(B) == SumOver(B, DOMAIN B)
=============================================================================
