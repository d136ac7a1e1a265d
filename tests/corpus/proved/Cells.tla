------------------------------- MODULE Cells -------------------------------
\* Two instances of one module: names, substitutions and primes go through INSTANCE.
EXTENDS Naturals
VARIABLES left, right
L == INSTANCE Cell WITH value <- left, Top <- 2
R(n) == INSTANCE Cell WITH value <- right, Top <- n
Init == L!CellInit /\ R(3)!CellInit
Next == \/ (L!Bump \/ L!Clear) /\ UNCHANGED right
        \/ (R(3)!Bump \/ R(3)!Clear) /\ UNCHANGED left
Legal == L!Legal /\ R(3)!Legal
OneMoves == [][left' = left \/ right' = right]_<<left, right>>
=============================================================================
