------------------------------- MODULE EWD998 -------------------------------
(***************************************************************************)
(* How a ring of machines finds out that all work is done, when messages   *)
(* take time.                                                              *)
(*                                                                         *)
(*   E. W. Dijkstra: Shmuel Safra's version of termination detection.      *)
(*   EWD 998, 1987.                                                        *)
(*                                                                         *)
(* As in EWD840.tla, a token goes round and asks everybody whether he      *)
(* rests.  But that all rest is not enough: a message on its way wakes its *)
(* receiver.  So each machine counts the messages that it sent, minus      *)
(* those that it received, and the token adds the counts up.  A machine    *)
(* that receives turns black, because it may have got a message that the   *)
(* token's sum does not know of.                                           *)
(*                                                                         *)
(* Counts have no limit.  Within is the state constraint that cuts the     *)
(* search off; a state outside is judged but not counted.                  *)
(***************************************************************************)
EXTENDS Integers

CONSTANTS
    N,                  \* how many machines
    MaxBalance,         \* the search goes no further than this count of a machine,
    MaxInFlight,        \*   this many messages on their way to one machine,
    MaxSum              \*   and this sum in the token

ASSUME N \in Nat /\ N > 0

VARIABLES
    works,              \* works[m]: machine m has something to do
    black,              \* black[m]: m received a message since it last had the token
    balance,            \* balance[m]: messages sent by m minus messages received by m
    inFlight,           \* inFlight[m]: how many messages are on their way to m
    token               \* the machine that has it, the sum so far, and its colour

vars == <<works, black, balance, inFlight, token>>

Machines == 0 .. N-1

Init == /\ works \in [Machines -> BOOLEAN]
        /\ black \in [Machines -> BOOLEAN]
        /\ balance = [m \in Machines |-> 0]
        /\ inFlight = [m \in Machines |-> 0]
        /\ token \in [at : Machines, sum : {0}, black : {TRUE}]

-----------------------------------------------------------------------------
\* The detection.

\* The round came to nothing: machine 0 sends out a new one.
StartRound ==
    /\ token.at = 0
    /\ \/ token.black
       \/ black[0]
       \/ token.sum + balance[0] > 0
    /\ token' = [at |-> N-1, sum |-> 0, black |-> FALSE]
    /\ black' = [black EXCEPT ![0] = FALSE]
    /\ UNCHANGED <<works, balance, inFlight>>

PassToken(m) ==
    /\ ~works[m]
    /\ token.at = m
    /\ token' = [at    |-> m-1,
                 sum   |-> token.sum + balance[m],
                 black |-> token.black \/ black[m]]
    /\ black' = [black EXCEPT ![m] = FALSE]
    /\ UNCHANGED <<works, balance, inFlight>>

\* The work.

Send(m) ==
    /\ works[m]
    /\ balance' = [balance EXCEPT ![m] = @ + 1]
    /\ \E other \in Machines \ {m} : inFlight' = [inFlight EXCEPT ![other] = @ + 1]
    /\ UNCHANGED <<works, black, token>>

Receive(m) ==
    /\ inFlight[m] > 0
    /\ inFlight' = [inFlight EXCEPT ![m] = @ - 1]
    /\ balance' = [balance EXCEPT ![m] = @ - 1]
    /\ black' = [black EXCEPT ![m] = TRUE]
    /\ works' = [works EXCEPT ![m] = TRUE]
    /\ UNCHANGED token

Rest(m) ==
    /\ works[m]
    /\ works' = [works EXCEPT ![m] = FALSE]
    /\ UNCHANGED <<black, balance, inFlight, token>>

Next == \/ StartRound
        \/ \E m \in Machines \ {0} : PassToken(m)
        \/ \E m \in Machines : Send(m) \/ Receive(m) \/ Rest(m)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
Within == /\ \A m \in Machines : balance[m] <= MaxBalance /\ inFlight[m] <= MaxInFlight
          /\ token.sum <= MaxSum

\* The sum of f[m] for the machines m of S.
Sum(f, S) == LET upTo[m \in -1 .. N-1] ==
                   IF m = -1 THEN 0 ELSE upTo[m-1] + (IF m \in S THEN f[m] ELSE 0)
             IN  upTo[N-1]

TypeOK == /\ works \in [Machines -> BOOLEAN]
          /\ black \in [Machines -> BOOLEAN]
          /\ balance \in [Machines -> Int]
          /\ inFlight \in [Machines -> Nat]
          /\ token \in [at : Machines, sum : Int, black : BOOLEAN]

Done == /\ \A m \in Machines : ~works[m]
        /\ Sum(inFlight, Machines) = 0

\* What machine 0 can see when it may say: we are done.
Detected == /\ token.at = 0
            /\ ~token.black
            /\ ~black[0]
            /\ ~works[0]
            /\ token.sum + balance[0] = 0

\* It is right when it says so.
DetectedRightly == Detected => Done

\* Nothing is lost: what was sent and not received is on its way.
MessagesAddUp == Sum(inFlight, Machines) = Sum(balance, Machines)

\* Safra's argument, over the machines that the token has passed and those that it has not.
RoundIsSound ==
    LET passed == {m \in Machines : m > token.at}
        ahead  == 0 .. token.at
    IN  \/ (\A m \in passed : ~works[m]) /\ token.sum = Sum(balance, passed)
        \/ Sum(balance, ahead) + token.sum > 0
        \/ \E m \in ahead : black[m]
        \/ token.black

\* Nobody wakes without a message.
DoneIsForEver == [][Done => Done']_vars

\* The token moves alone: nobody sends, receives or goes to rest in the same step.
TokenMovesAlone == [][UNCHANGED <<works, balance, inFlight>>]_token
=============================================================================
