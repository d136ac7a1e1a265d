------------------------------- MODULE Sieve -------------------------------
\* Operators over values: CHOOSE, recursion, higher order, sets of functions, LAMBDA, CASE.
EXTENDS Integers, FiniteSets, Sequences
VARIABLES rest, primes

Max(S) == CHOOSE m \in S : \A n \in S : n <= m
RECURSIVE Sum(_)
Sum(S) == IF S = {} THEN 0 ELSE LET m == Max(S) IN m + Sum(S \ {m})
factorial[n \in 0..5] == IF n = 0 THEN 1 ELSE n * factorial[n - 1]
Filter(S, P(_)) == {x \in S : P(x)}

ASSUME Sum(1..4) = 10 /\ factorial[5] = 120
ASSUME Cardinality([{1, 2} -> {TRUE, FALSE}]) = 4 /\ Cardinality(SUBSET (1..5)) = 32
ASSUME Filter(1..6, LAMBDA n : n % 2 = 0) = {2, 4, 6}
ASSUME {<<a, b>> \in (1..3) \X (1..3) : a < b} = {<<1, 2>>, <<1, 3>>, <<2, 3>>}
ASSUME [a |-> 1, b |-> <<"x", TRUE>>].b[2] /\ DOMAIN [a |-> 1, b |-> 2] = {"a", "b"}
ASSUME CASE 1 > 2 -> FALSE [] 2 > 1 -> TRUE [] OTHER -> FALSE
ASSUME (-7) \div 2 = -4 /\ (-7) % 2 = 1
ASSUME [[i \in 1..3 |-> i * i] EXCEPT ![2] = @ + 1] = <<1, 5, 9>>
ASSUME UNION {{1}, {2, 3}, {}} = 1..3 /\ SubSeq(<<1, 2, 3, 4>>, 2, 3) = <<2, 3>>

Init == rest = 2..12 /\ primes = {}
Next == /\ rest # {}
        /\ LET p == CHOOSE n \in rest : \A m \in rest : n <= m
           IN  /\ primes' = primes \cup {p}
               /\ rest' = {n \in rest : n % p # 0}
OnlyPrimes == \A p \in primes : \A d \in 2..(p - 1) : p % d # 0
Enough == rest = {} => primes = {2, 3, 5, 7, 11}
=============================================================================
