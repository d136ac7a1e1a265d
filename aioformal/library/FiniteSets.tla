---------------------------- MODULE FiniteSets ----------------------------
(* Finite sets and how many members they have.  The meaning is built in.     *)
LOCAL INSTANCE Naturals
LOCAL INSTANCE Sequences

IsFiniteSet(S) == \E s \in Seq(S) : \A e \in S : \E i \in DOMAIN s : s[i] = e
Cardinality(S) == CHOOSE n \in Nat : \E f \in [1..n -> S] : S = {f[i] : i \in 1..n}
=============================================================================
