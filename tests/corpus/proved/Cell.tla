-------------------------------- MODULE Cell --------------------------------
EXTENDS Naturals
CONSTANT Top
VARIABLE value
CellInit == value = 0
Bump == value < Top /\ value' = value + 1
Clear == value = Top /\ value' = 0
Legal == value \in 0..Top
=============================================================================
