---------------------------- MODULE SequencesExt ----------------------------
(* More about sequences.                                                     *)
EXTENDS Sequences, Naturals, FiniteSets, FiniteSetsExt, Folds, Functions, Bags, TLC
LOCAL INSTANCE OrderedFolds

ToSet(s) == {s[i] : i \in DOMAIN s}
ToBag(s) == [x \in ToSet(s) |-> Cardinality({i \in DOMAIN s : s[i] = x})]

(* Sequences of the members of a set: one, sorted, or all.                   *)
SetToSeq(S) == FoldMembers(LAMBDA x, s : Append(s, x), <<>>, S)
SetToSeqs(S) == {f \in [1..Cardinality(S) -> S] : IsInjective(f)}
SetToSortSeq(S, Before(_, _)) == SortSeq(SetToSeq(S), Before)
SetToAllKPermutations(S) == UNION {SetToSeqs(T) : T \in SUBSET S}
TupleOf(S, n) == [1..n -> S]
SeqOf(S, n) == UNION {[1..m -> S] : m \in 0..n}
BoundedSeq(S, n) == SeqOf(S, n)

Contains(s, e) == \E i \in 1..Len(s) : s[i] = e
IsSorted(s, Before(_, _)) == \A i, j \in 1..Len(s) : i < j => Before(s[i], s[j])

Reverse(s) == [i \in 1..Len(s) |-> s[Len(s) + 1 - i]]
Cons(e, s) == <<e>> \o s
Snoc(e, s) == Append(s, e)
Front(s) == SubSeq(s, 1, Len(s) - 1)
Last(s) == s[Len(s)]

(* The position of the first or the last element that passes a test, among   *)
(* all or between two positions; 0 if there is none.                         *)
SelectInSubSeq(s, from, to, Test(_)) ==
  LET found == {i \in from..to : Test(s[i])} IN IF found = {} THEN 0 ELSE Min(found)
SelectLastInSubSeq(s, from, to, Test(_)) ==
  LET found == {i \in from..to : Test(s[i])} IN IF found = {} THEN 0 ELSE Max(found)
SelectInSeq(s, Test(_)) == SelectInSubSeq(s, 1, Len(s), Test)
SelectLastInSeq(s, Test(_)) == SelectLastInSubSeq(s, 1, Len(s), Test)

InsertAt(s, i, e) == SubSeq(s, 1, i - 1) \o <<e>> \o SubSeq(s, i, Len(s))
ReplaceAt(s, i, e) == [s EXCEPT ![i] = e]
RemoveAt(s, i) == SubSeq(s, 1, i - 1) \o SubSeq(s, i + 1, Len(s))
Remove(s, e) == SelectSeq(s, LAMBDA x : x # e)
ReplaceAll(s, old, new) == [i \in 1..Len(s) |-> IF s[i] = old THEN new ELSE s[i]]
RemoveFirst(s, e) == IF Contains(s, e) THEN RemoveAt(s, SelectInSeq(s, LAMBDA x : x = e)) ELSE s
RemoveFirstMatch(s, Test(_)) ==
  IF \E i \in 1..Len(s) : Test(s[i]) THEN RemoveAt(s, SelectInSeq(s, Test)) ELSE s

IsPrefix(s, t) == Len(s) <= Len(t) /\ s = SubSeq(t, 1, Len(s))
IsStrictPrefix(s, t) == IsPrefix(s, t) /\ s # t
IsSuffix(s, t) == Len(s) <= Len(t) /\ s = SubSeq(t, Len(t) - Len(s) + 1, Len(t))
IsStrictSuffix(s, t) == IsSuffix(s, t) /\ s # t
Prefixes(s) == {SubSeq(s, 1, n) : n \in 0..Len(s)}
Suffixes(s) == {SubSeq(s, n, Len(s)) : n \in 1..(Len(s) + 1)}
CommonPrefixes(S) == {p \in UNION {Prefixes(s) : s \in S} : \A t \in S : IsPrefix(p, t)}
LongestCommonPrefix(S) ==
  LET common == CommonPrefixes(S)
  IN  CHOOSE p \in common : \A other \in common : Len(other) <= Len(p)

(* a modulo b, with b in place of 0: positions that go round in a circle.    *)
SeqMod(a, b) == IF a % b = 0 THEN b ELSE a % b

FoldSeq(op(_, _), base, s) == FoldFunction(op, base, s)
FoldLeft(op(_, _), base, s) == FoldElements(op, base, s)
FoldRight(op(_, _), s, base) == FoldElementsBack(op, s, base)
FoldLeftDomain(op(_, _), base, s) == FoldElements(op, base, [i \in DOMAIN s |-> i])
FoldRightDomain(op(_, _), s, base) == FoldElementsBack(op, [i \in DOMAIN s |-> i], base)

FlattenSeq(s) == IF Len(s) = 0 THEN s ELSE FoldElements(LAMBDA a, b : a \o b, Head(s), Tail(s))
Zip(s, t) == [i \in 1..Min({Len(s), Len(t)}) |-> <<s[i], t[i]>>]
Interleave(s, t) ==
  CASE Len(s) = Len(t) ->
       IF s = <<>> THEN <<<<>>, <<>>>>
       ELSE [i \in 1..(2 * Len(s)) |-> IF i % 2 = 1 THEN <<s[(i + 1) \div 2]>> ELSE <<t[i \div 2]>>]

(* Parts without gaps, and parts with gaps.                                  *)
SubSeqs(s) == {SubSeq(s, i, j) : i \in 1..(Len(s) + 1), j \in 0..Len(s)}
AllSubSeqs(s) == {FoldMembers(LAMBDA i, t : Append(t, s[i]), <<>>, D) : D \in SUBSET DOMAIN s}

(* The first place at which s lies in t.                                     *)
IndexFirstSubSeq(s, t) ==
  LET fits == {i \in 1..(Len(t) - Len(s) + 1) : SubSeq(t, i, i + Len(s) - 1) = s}
  IN  CHOOSE i \in fits : \A j \in fits : i <= j
ReplaceSubSeqAt(i, r, s, t) == SubSeq(t, 1, i - 1) \o r \o SubSeq(t, i + Len(s), Len(t))
ReplaceFirstSubSeq(r, s, t) ==
  IF s \in SubSeqs(t) THEN ReplaceSubSeqAt(IndexFirstSubSeq(s, t), r, s, t) ELSE t

(* From the left, where s lies in t without overlapping what was replaced.   *)
(* The empty sequence lies before every element.                             *)
ReplaceAllSubSeqs(r, s, t) ==
  LET RECURSIVE From(_)
      From(rest) ==
        IF Len(rest) = 0 \/ Len(rest) < Len(s) THEN rest
        ELSE IF Len(s) = 0 THEN r \o SubSeq(rest, 1, 1) \o From(Tail(rest))
        ELSE IF SubSeq(rest, 1, Len(s)) = s THEN r \o From(SubSeq(rest, Len(s) + 1, Len(rest)))
        ELSE SubSeq(rest, 1, 1) \o From(Tail(rest))
  IN  CASE s = t -> r
        [] s # t /\ r = s -> t
        [] OTHER -> From(t)
=============================================================================
