------------------------------ MODULE Bitwise ------------------------------
(* The binary digits of natural numbers.  The meaning is built in; the       *)
(* right-hand sides say it in TLA+.                                          *)
LOCAL INSTANCE Integers
LOCAL INSTANCE FiniteSetsExt

LOCAL Bit(n, i) == (n \div 2 ^ i) % 2
LOCAL Digits(n) == CHOOSE k \in 0..n : n < 2 ^ k
LOCAL Number(Is(_), k) == MapThenSumSet(LAMBDA i : IF Is(i) THEN 2 ^ i ELSE 0, 0..(k - 1))

a & b == Number(LAMBDA i : Bit(a, i) + Bit(b, i) = 2, Digits(a + b))
a | b == Number(LAMBDA i : Bit(a, i) + Bit(b, i) > 0, Digits(a + b))
a ^^ b == Number(LAMBDA i : Bit(a, i) # Bit(b, i), Digits(a + b))
(* Among the digits that a has.                                              *)
Not(a) == Number(LAMBDA i : Bit(a, i) = 0, Digits(a))
shiftR(n, pos) == n \div 2 ^ pos
=============================================================================
