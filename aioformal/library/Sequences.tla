----------------------------- MODULE Sequences -----------------------------
(* A sequence of length n is a function on 1..n.  The meaning of these is    *)
(* built in; the right-hand sides say it in TLA+.                            *)
LOCAL INSTANCE Naturals

Seq(S) == UNION {[1..n -> S] : n \in Nat}
Len(s) == CHOOSE n \in Nat : DOMAIN s = 1..n
s \o t == [i \in 1..(Len(s) + Len(t)) |-> IF i \leq Len(s) THEN s[i] ELSE t[i - Len(s)]]
Append(s, e) == s \o <<e>>
Head(s) == s[1]
Tail(s) == [i \in 1..(Len(s) - 1) |-> s[i + 1]]
SubSeq(s, m, n) == [i \in 1..(n - m + 1) |-> s[i + m - 1]]
SelectSeq(s, Test(_)) == CHOOSE t \in Seq({s[i] : i \in DOMAIN s}) : \A i \in DOMAIN t : Test(t[i])
=============================================================================
