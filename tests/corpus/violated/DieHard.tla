------------------------------ MODULE DieHard ------------------------------
EXTENDS Naturals
VARIABLES small, big
Init == small = 0 /\ big = 0
Min(m, n) == IF m < n THEN m ELSE n
Fill(small2, big2) == small' = small2 /\ big' = big2
Next ==
    \/ Fill(3, big)
    \/ Fill(small, 5)
    \/ Fill(0, big)
    \/ Fill(small, 0)
    \/ LET p == Min(small, 5 - big) IN Fill(small - p, big + p)
    \/ LET p == Min(big, 3 - small) IN Fill(small + p, big - p)
NotFour == big # 4
SmallNeverOne == small # 1
Fits == big <= 5
=============================================================================
