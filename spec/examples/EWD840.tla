------------------------------- MODULE EWD840 -------------------------------
(***************************************************************************)
(* How a ring of machines finds out that all work is done.                 *)
(*                                                                         *)
(*   E. W. Dijkstra, W. H. J. Feijen, A. J. M. van Gasteren: Derivation of *)
(*   a termination detection algorithm for distributed computations.       *)
(*   EWD 840; Information Processing Letters 16(5), 1983.                  *)
(*                                                                         *)
(* A machine works or rests.  A working machine may wake any other, at     *)
(* once, and may go to rest.  A token travels N-1, N-2, ..., 0 and asks    *)
(* everybody whether he rests; machine 0 sends it out.  A machine that it  *)
(* has passed can be woken again, but only by one that it has not passed,  *)
(* from a lower number to a higher one.  Who does that turns black, and    *)
(* blackens the token when it comes by: the round has failed.              *)
(*                                                                         *)
(* Liveness is not asked here.                                             *)
(***************************************************************************)
EXTENDS Integers

CONSTANT N              \* how many machines

ASSUME N \in Nat /\ N > 0

VARIABLES
    works,              \* works[m]: machine m has something to do
    black,              \* black[m]: m woke a machine of a higher number since it last had the token
    at,                 \* the machine that has the token
    tokenBlack          \* the token met a black machine in this round, or no round has begun

vars == <<works, black, at, tokenBlack>>

Machines == 0 .. N-1

\* Everything may be the case at first, but the token must not claim anything.
Init == /\ works \in [Machines -> BOOLEAN]
        /\ black \in [Machines -> BOOLEAN]
        /\ at \in Machines
        /\ tokenBlack = TRUE

-----------------------------------------------------------------------------
\* The detection.

\* Machine 0 has the token back, learned nothing, and tries again.
StartRound ==
    /\ at = 0
    /\ tokenBlack \/ black[0]
    /\ at' = N-1
    /\ tokenBlack' = FALSE
    /\ black' = [black EXCEPT ![0] = FALSE]
    /\ UNCHANGED works

\* The token waits until m rests.  If the round has failed anyway, it need not wait.
PassToken(m) ==
    /\ at = m
    /\ ~works[m] \/ black[m] \/ tokenBlack
    /\ at' = m-1
    /\ tokenBlack' = (tokenBlack \/ black[m])
    /\ black' = [black EXCEPT ![m] = FALSE]
    /\ UNCHANGED works

\* The work, of which the detection knows nothing.

Wake(m) ==
    /\ works[m]
    /\ \E other \in Machines \ {m} :
          /\ works' = [works EXCEPT ![other] = TRUE]
          /\ black' = [black EXCEPT ![m] = @ \/ other > m]
    /\ UNCHANGED <<at, tokenBlack>>

Rest(m) ==
    /\ works[m]
    /\ works' = [works EXCEPT ![m] = FALSE]
    /\ UNCHANGED <<black, at, tokenBlack>>

Next == \/ StartRound
        \/ \E m \in Machines \ {0} : PassToken(m)
        \/ \E m \in Machines : Wake(m) \/ Rest(m)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
TypeOK == /\ works \in [Machines -> BOOLEAN]
          /\ black \in [Machines -> BOOLEAN]
          /\ at \in Machines
          /\ tokenBlack \in BOOLEAN

AllRest == \A m \in Machines : ~works[m]

\* What machine 0 can see when it may say: we are done.
Detected == at = 0 /\ ~tokenBlack /\ ~black[0] /\ ~works[0]

\* It is right when it says so.
DetectedRightly == Detected => AllRest

\* Why: who was passed rests; or someone who was not passed is black; or the token is.
RoundIsSound == \/ \A m \in Machines : m > at => ~works[m]
                \/ \E m \in 0 .. at : black[m]
                \/ tokenBlack

\* Nobody wakes by himself, so rest of all is for ever.
RestIsForEver == [][AllRest => AllRest']_vars

\* The token goes down one by one and comes back to the top only from machine 0.
TokenGoesRound == [][at' = IF at = 0 THEN N-1 ELSE at-1]_at

\* Once black, the token is whitened by machine 0 alone.
OnlyZeroWhitens == [][tokenBlack /\ ~tokenBlack' => at = 0]_vars
=============================================================================
