------------------------------ MODULE Naturals ------------------------------
(* Natural numbers.  What stands right of each == only gives the operator a  *)
(* shape: its meaning is built in.                                           *)

Nat == {}
a + b == {a, b}
a - b == {a, b}
a * b == {a, b}
a ^ b == {a, b}
a < b == a = b
a > b == a = b
a \leq b == a = b
a \geq b == a = b
a % b == {a, b}
a \div b == {a, b}
a .. b == {a, b}
=============================================================================
