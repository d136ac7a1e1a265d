"""Small models, each about one way in which a state can be shaped or an action can choose."""

from __future__ import annotations

from collections.abc import Mapping

CONFIG = "INIT Init\nNEXT Next\n"

QUEUES = """---- MODULE Queues ----
EXTENDS Integers, Sequences
VARIABLES q, log, last
Init == q = <<>> /\\ log = <<>> /\\ last = "none"
Send == \\E v \\in 1..2 : Len(q) < 3 /\\ q' = Append(q, v) /\\ UNCHANGED <<log, last>>
Receive == /\\ q # <<>>
           /\\ q' = Tail(q)
           /\\ log' = SubSeq(log \\o <<[val |-> Head(q), at |-> Len(q)]>>, 1, 1)
           /\\ last' = IF Head(q) = 1 THEN "one" ELSE "two"
Drop == q # <<>> /\\ q' = [i \\in 1..(Len(q) - 1) |-> q[i + 1]] \\o <<>> /\\ UNCHANGED <<log, last>>
Replace == /\\ \\E i \\in DOMAIN q : q' = [q EXCEPT ![i] = 3 - @]
           /\\ UNCHANGED <<log, last>>
Next == Send \\/ Receive \\/ Drop \\/ Replace
====
"""

MESSAGES = """---- MODULE Messages ----
EXTENDS Integers, FiniteSets, TLC
VARIABLES msgs, role, votes
Nodes == {"a", "b"}
Init == msgs = {} /\\ role = [n \\in Nodes |-> "idle"] /\\ votes = [n \\in Nodes |-> {}]
Ask(n) == /\\ role[n] = "idle"
          /\\ role' = [role EXCEPT ![n] = "asking"]
          /\\ msgs' = msgs \\cup {[type |-> "ask", from |-> n]}
          /\\ UNCHANGED votes
Answer(n) == \\E m \\in msgs :
          /\\ m.type = "ask" /\\ m.from # n
          /\\ msgs' = (msgs \\ {m}) \\cup {[type |-> "yes", from |-> n, to |-> m.from]}
          /\\ UNCHANGED <<role, votes>>
Count(n) == LET mine == {m \\in msgs : m.type = "yes" /\\ m.to = n} IN
          /\\ mine # {}
          /\\ votes' = [votes EXCEPT ![n] = @ \\cup {m.from : m \\in mine}]
          /\\ msgs' = msgs \\ mine
          /\\ role' = [role EXCEPT ![n] = IF Cardinality(votes'[n]) > 0 THEN "leader" ELSE @]
Next == \\E n \\in Nodes : Ask(n) \\/ Answer(n) \\/ Count(n)
====
"""

CHOICES = """---- MODULE Choices ----
EXTENDS Integers
VARIABLES x, f, s, u
Init == x \\in 0..1 /\\ f \\in [{1, 2} -> BOOLEAN] /\\ s \\in SUBSET {1, 2, 3} /\\ u = "none"
Pick == x' \\in 0..20 /\\ x' # x /\\ UNCHANGED <<f, s, u>>
Shrink == s' \\in SUBSET s /\\ UNCHANGED <<x, f, u>>
Flip == f' \\in [{1, 2} -> BOOLEAN] /\\ f' # f /\\ UNCHANGED <<x, s, u>>
Kind == /\\ u' = CASE x = 0 -> "none"
                  [] x = 1 -> [a |-> 1]
                  [] x = 2 -> [a |-> 2, b |-> s]
                  [] OTHER -> <<x, x>>
        /\\ UNCHANGED <<x, f, s>>
Branch == IF x > 3 THEN x' = 0 /\\ f' = [f EXCEPT ![1] = TRUE] /\\ UNCHANGED <<s, u>>
          ELSE \\E y \\in s : x' = y /\\ s' = s \\ {y} /\\ UNCHANGED <<f, u>>
Every == (\\A i \\in 1..2 : f[i]) /\\ x' = 0 /\\ UNCHANGED <<f, s, u>>
Next == Pick \\/ Shrink \\/ Flip \\/ Kind \\/ Branch \\/ Every
====
"""

FAILURES = """---- MODULE Failures ----
EXTENDS Integers, Sequences, TLC
VARIABLES n, q
Init == n = 0 /\\ q = <<>>
Step == n < 5 /\\ n' = n + 1 /\\ UNCHANGED q
Push == Len(q) < 2 /\\ q' = Append(q, n) /\\ UNCHANGED n
Pop == n > 3 /\\ q' = Tail(q) /\\ n' = 0
Index == n > 1 /\\ q[n] = 7 /\\ n' = 0 /\\ UNCHANGED q
Divide == n > 1 /\\ 6 \\div (n - 4) = 100 /\\ n' = 0 /\\ UNCHANGED q
Claim == n = 5 /\\ Assert(q # <<>>, "empty") /\\ n' = 0 /\\ UNCHANGED q
Forget == n = 5 /\\ Len(q) = 2 /\\ n' = 0
Next == Step \\/ Push \\/ Pop \\/ Index \\/ Divide \\/ Claim \\/ Forget
====
"""

FUNCTIONS = """---- MODULE Functions ----
EXTENDS Integers, FiniteSets
VARIABLES owner, count
Procs == {"p", "q"}
Init == owner = [l \\in {} |-> "p"] /\\ count = [p \\in Procs |-> 0]
RECURSIVE Sum(_)
Sum(S) == IF S = {} THEN 0 ELSE LET p == CHOOSE p \\in S : TRUE IN count[p] + Sum(S \\ {p})
Half[k \\in 0..9] == IF k < 2 THEN 0 ELSE 1 + Half[k - 2]
Take(l) == /\\ l \\notin DOMAIN owner
           /\\ \\E p \\in Procs :
                /\\ owner' = [k \\in DOMAIN owner \\cup {l} |-> IF k = l THEN p ELSE owner[k]]
                /\\ count' = [count EXCEPT ![p] = Half[@] + 1]
Give(l) == /\\ l \\in DOMAIN owner
           /\\ owner' = [k \\in DOMAIN owner \\ {l} |-> owner[k]]
           /\\ count' = [count EXCEPT ![owner[l]] = (Sum(Procs) + Cardinality(DOMAIN owner)) % 4]
Next == \\E l \\in 1..3 : Take(l) \\/ Give(l)
====
"""

NOWHERE = """---- MODULE Nowhere ----
EXTENDS Integers
CONSTANT NULL
VARIABLES head, next, val
Cells == 1..3
Init == head = NULL /\\ next = [c \\in Cells |-> NULL] /\\ val = [c \\in Cells |-> -1]
Free(c) == val[c] = -1
Insert(c, v) == Free(c) /\\ val' = [val EXCEPT ![c] = v] /\\ next' = [next EXCEPT ![c] = head] /\\ head' = c
Remove == head # NULL /\\ head' = next[head] /\\ val' = [val EXCEPT ![head] = -1]
          /\\ next' = [next EXCEPT ![head] = NULL]
Swap == /\\ head # NULL /\\ next[head] # NULL
        /\\ LET b == next[head] IN /\\ head' = b
                                 /\\ next' = [next EXCEPT ![head] = next[b], ![b] = head]
        /\\ UNCHANGED val
Next == (\\E c \\in Cells, v \\in {0, 5} : Insert(c, v)) \\/ Remove \\/ Swap
====
"""

WAYS = """---- MODULE Ways ----
EXTENDS Integers, FiniteSets
VARIABLES x, y, s
Init == /\\ x \\in 0..2 /\\ y \\in {x % 2, 1} /\\ (x = y \\/ x < 2)
        /\\ LET small == x = 0 \\/ y = 0 IN small \\/ x > 0
        /\\ s \\in SUBSET {0, 1, 2}
Move == x' = (x + 1) % 3 /\\ UNCHANGED <<y, s>>
Either(a) == a = 0 \\/ y = 0
Value(p) == p \\/ y = 0
RECURSIVE Down(_)
Down(n) == IF n = 0 THEN y = 0 \\/ x = 0 ELSE x = n \\/ Down(n - 1)
RECURSIVE Each(_)
Each(S) == IF S = {} THEN TRUE ELSE LET e == CHOOSE e \\in S : TRUE IN Either(e) /\\ Each(S \\ {e})
Disjunction == (x = 0 \\/ y = 0 \\/ s = {}) /\\ Move
Parameter == Value(x = 0 \\/ x = 1) /\\ Move
Recursive == Down(x) /\\ Each(s) /\\ Move
Local == (LET w == x = 0 \\/ y = 0 IN w) /\\ Move
Member == (\\E i \\in s : i >= x) /\\ Move
Doubles == (\\E i, j \\in {x, y, (x + y) % 3} : i < j \\/ j = 0) /\\ Move
Image == (\\E i \\in {k % 2 : k \\in s} : TRUE) /\\ (\\E i \\in (0..x) \\cup (0..y) : i > 0) /\\ Move
Large == /\\ \\E i \\in {(x * k) % 3 : k \\in 0..40} : i > 0
         /\\ x' \\in {(x + k) % 3 : k \\in 0..12}
         /\\ UNCHANGED <<y, s>>
All == (\\A i \\in 0..1 : x = i \\/ y = i \\/ x = 2) /\\ (\\A i \\in s : x = i \\/ i < 2) /\\ Move
Tests == /\\ (IF x = 0 \\/ y = 0 THEN Either(x) ELSE \\E i \\in s : i < x)
         /\\ (CASE x = 0 -> Either(y) [] x = 0 \\/ y = 0 -> TRUE [] OTHER -> s = {} \\/ x = 2)
         /\\ (x = 0 => s = {} \\/ y = 0)
         /\\ ~(x = 0 /\\ y = 0)
         /\\ Move
Later == Move /\\ (x' = 0 \\/ y' = 0 \\/ TRUE) /\\ LET w == x' = 0 \\/ y' = 0 IN w \\/ x' = 1
Boxed == Move /\\ [x' = 0 \\/ y' = 0]_y /\\ <<x = 0 \\/ y = 0 \\/ TRUE>>_x
Changed == <<x' \\in {0, y} /\\ Either(x)>>_x /\\ UNCHANGED <<y, s>>
Joined == /\\ IF x = 0 THEN Either(y) /\\ x' = 1 ELSE (\\E i \\in s : i < 2) /\\ x' = 0
          /\\ (y = 0 \\/ x = 1)
          /\\ UNCHANGED <<y, s>>
Subset == s' \\subseteq s /\\ UNCHANGED <<x, y>>
Next == \\/ Disjunction \\/ Parameter \\/ Recursive \\/ Local \\/ Member \\/ Doubles \\/ Image \\/ Large
        \\/ All \\/ Tests \\/ Later \\/ Boxed \\/ Changed \\/ Joined \\/ Subset
====
"""
"""Steps and initial states that are generated several times."""

RULES = """---- MODULE Rules ----
EXTENDS Integers, FiniteSets
VARIABLES n, s, u, f
Init == n = 0 /\\ s = {} /\\ u = 0 /\\ f = [i \\in 1..2 |-> {}]
Listed == s' = IF n = 1 THEN 1..2 ELSE {1, 3}
Both == s' = IF n = 1 THEN 1..2 ELSE 2..3
Moving == s' = IF n = 1 THEN 0..n ELSE n..3
Three == s' = CASE n = 0 -> 1..1 [] n = 1 -> {n, 3} [] OTHER -> {i \\in s : i < n}
United == \\/ s' = (IF n = 1 THEN {1} ELSE {2}) \\cup (1..n)
          \\/ s' = (0..n) \\cup (IF n = 1 THEN {1} ELSE {3})
          \\/ s' = (IF n = 0 THEN 1..2 ELSE {n}) \\ (2..3)
Kinds == u' = IF n = 0 THEN 1..2 ELSE IF n = 1 THEN {3} ELSE IF u = 0 THEN 2..3 ELSE n
Inside == \\E i \\in 1..2 : f' = [f EXCEPT ![i] = IF n = 1 THEN 1..(i - 1) ELSE (1..2) \\ {i}]
Lazy == LET F[i \\in 1..2] == IF i = 1 THEN 6 \\div n ELSE F[i - 1] IN u' = IF n = 0 THEN 1 ELSE F
Next == /\\ n' = (n + 1) % 3
        /\\ \\/ (Listed \\/ Both \\/ Moving \\/ Three \\/ United) /\\ UNCHANGED <<u, f>>
           \\/ (Kinds \\/ Lazy) /\\ UNCHANGED <<s, f>>
           \\/ Inside /\\ UNCHANGED <<s, u>>
====
"""
"""Sets that a rule gives, in choices beside others."""

CONSTANTS = """---- MODULE Constants ----
EXTENDS Integers
CONSTANT C
VARIABLES x, y
Init == x = 0 /\\ y = <<>>
None == <<>>
Alone == \\E j \\in 1..2 : x' = j /\\ y' = <<j>> /\\ UNCHANGED <<>>
Before == UNCHANGED None /\\ x' = (x + C') % 3 /\\ UNCHANGED <<y, C, <<>>, 1>>
Primed == x' = 0 /\\ (C = 1)' /\\ (C' = C) /\\ UNCHANGED <<C, y>>
Branch == IF x = 0 THEN UNCHANGED <<>> /\\ x' = 1 /\\ y' = y ELSE UNCHANGED C /\\ y' = <<>> /\\ x' = 2
Boxed == [FALSE]_<<>> /\\ [x > 0]_C /\\ x' = 2 - x /\\ UNCHANGED y
Kept(a) == UNCHANGED <<a, C>> /\\ a' = a /\\ [FALSE]_a
Local == /\\ Kept(1) /\\ Kept(C) /\\ (\\A c \\in {1, 2} : UNCHANGED c) /\\ (\\E c \\in {1, 2} : c' = c)
         /\\ (LET z == C IN z' = z /\\ UNCHANGED z) /\\ {c \\in {1, 2} : UNCHANGED c} = {1, 2}
         /\\ x' = 1 /\\ y' = <<>>
Next == Alone \\/ Before \\/ Primed \\/ Branch \\/ Boxed \\/ Local
====
"""
"""What has a next value without a next state."""

MODELS: Mapping[str, tuple[str, str]] = {
    "Queues": (QUEUES, CONFIG),
    "Messages": (MESSAGES, CONFIG),
    "Choices": (CHOICES, CONFIG),
    "Failures": (FAILURES, CONFIG),
    "Functions": (FUNCTIONS, CONFIG),
    "Ways": (WAYS, CONFIG),
    "Rules": (RULES, CONFIG),
    "Constants": (CONSTANTS, "CONSTANT C = 1\n" + CONFIG),
    "Nowhere": (NOWHERE, "CONSTANT NULL = NULL\n" + CONFIG),
}
"""Name -> module and configuration."""
