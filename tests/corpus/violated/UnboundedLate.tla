--------------------------- MODULE UnboundedLate ---------------------------
EXTENDS Integers
VARIABLE x
Init == x \in {0, 100}
Next == x' = x + 7 \/ x' = x - 1000
Never == x # 49
StepsUp == [][x' > x]_x
=============================================================================
