------------------------------- MODULE Paxos --------------------------------
(***************************************************************************)
(* Paxos for one decision.                                                 *)
(*                                                                         *)
(*   L. Lamport: The part-time parliament.  ACM TOCS 16(2), 1998.          *)
(*   L. Lamport: Paxos made simple.  SIGACT News 32(4), 2001.              *)
(*                                                                         *)
(* Acceptors agree on one of the values that are proposed, though          *)
(* messages are late, lost or doubled, and though any minority of the      *)
(* acceptors may be silent.  Ballots are numbered, and each has its own    *)
(* leader.  In phase 1 a leader asks who will take part; an acceptor that  *)
(* says yes will have nothing more to do with lower ballots, and says      *)
(* what it last voted for.  In phase 2 the leader, with a majority's       *)
(* answers in hand, proposes the last of those votes' values, or any value *)
(* if there was none; acceptors that heard of no higher ballot vote.  What *)
(* a majority voted for in one ballot is chosen.                           *)
(*                                                                         *)
(* `sent' holds all messages ever sent, as in TwoPhase.tla.                *)
(***************************************************************************)
EXTENDS Integers, FiniteSets, TLC

CONSTANTS
    Acceptors,
    Values,
    LastBallot,         \* ballots are 0 .. LastBallot
    Nothing             \* the value of a vote that was not cast

ASSUME LastBallot \in Nat /\ Nothing \notin Values

Ballots    == 0 .. LastBallot
Majorities == {q \in SUBSET Acceptors : 2 * Cardinality(q) > Cardinality(Acceptors)}
Quorums    == {q \in Majorities : \A p \in Majorities : p \subseteq q => p = q}

NoVote == [ballot |-> -1, value |-> Nothing]
Votes  == [ballot : Ballots, value : Values]

VARIABLES
    promised,           \* promised[a]: the highest ballot that a has heard of, or -1
    voted,              \* voted[a]: the last vote of a
    sent

vars == <<promised, voted, sent>>

Ask(b)              == [is |-> "ask", ballot |-> b]
Promise(a, b, last) == [is |-> "promise", from |-> a, ballot |-> b, last |-> last]
Proposal(b, v)      == [is |-> "proposal", ballot |-> b, value |-> v]
Vote(a, b, v)       == [is |-> "vote", from |-> a, ballot |-> b, value |-> v]

Init == /\ promised = [a \in Acceptors |-> -1]
        /\ voted = [a \in Acceptors |-> NoVote]
        /\ sent = {}

-----------------------------------------------------------------------------
Phase1Ask(b) ==
    /\ sent' = sent \cup {Ask(b)}
    /\ UNCHANGED <<promised, voted>>

Phase1Promise(a) ==
    \E m \in sent :
       /\ m.is = "ask"
       /\ m.ballot > promised[a]
       /\ promised' = [promised EXCEPT ![a] = m.ballot]
       /\ sent' = sent \cup {Promise(a, m.ballot, voted[a])}
       /\ UNCHANGED voted

\* The answers that the leader of b has from the acceptors of q.
Answers(q, b) == {m \in sent : m.is = "promise" /\ m.ballot = b /\ m.from \in q}

Phase2Propose(b, v) ==
    /\ \A m \in sent : ~(m.is = "proposal" /\ m.ballot = b)
    /\ \E q \in Quorums :
          LET earlier == {m.last : m \in {n \in Answers(q, b) : n.last # NoVote}}
          IN  /\ \A a \in q : \E m \in Answers(q, b) : m.from = a
              /\ \/ earlier = {}
                 \/ \E last \in earlier : /\ last.value = v
                                          /\ \A e \in earlier : e.ballot <= last.ballot
    /\ sent' = sent \cup {Proposal(b, v)}
    /\ UNCHANGED <<promised, voted>>

Phase2Vote(a) ==
    \E m \in sent :
       /\ m.is = "proposal"
       /\ m.ballot >= promised[a]
       /\ promised' = [promised EXCEPT ![a] = m.ballot]
       /\ voted' = [voted EXCEPT ![a] = [ballot |-> m.ballot, value |-> m.value]]
       /\ sent' = sent \cup {Vote(a, m.ballot, m.value)}

Next == \/ \E b \in Ballots : Phase1Ask(b) \/ \E v \in Values : Phase2Propose(b, v)
        \/ \E a \in Acceptors : Phase1Promise(a) \/ Phase2Vote(a)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
\* Acceptors differ in their names only, and so do values.
AnyOrder == Permutations(Acceptors) \cup Permutations(Values)

Messages == {Ask(b) : b \in Ballots}
      \cup {Promise(a, b, last) : a \in Acceptors, b \in Ballots, last \in Votes \cup {NoVote}}
      \cup {Proposal(b, v) : b \in Ballots, v \in Values}
      \cup {Vote(a, b, v) : a \in Acceptors, b \in Ballots, v \in Values}

TypeOK == /\ promised \in [Acceptors -> Ballots \cup {-1}]
          /\ voted \in [Acceptors -> Votes \cup {NoVote}]
          /\ sent \subseteq Messages

ChosenIn(b, v) == \E q \in Quorums : \A a \in q : Vote(a, b, v) \in sent

Chosen == {v \in Values : \E b \in Ballots : ChosenIn(b, v)}

\* What it is all for.
Agreement == Cardinality(Chosen) <= 1

\* A ballot has one proposal.
OneProposal == \A b \in Ballots : Cardinality({v \in Values : Proposal(b, v) \in sent}) <= 1

\* Nobody votes for what was not proposed.
VotesAreProposed == \A a \in Acceptors, b \in Ballots, v \in Values :
                       Vote(a, b, v) \in sent => Proposal(b, v) \in sent

\* The heart of it: whatever was chosen before is what is proposed after.
ProposalsAreSafe == \A b, c \in Ballots, v, w \in Values :
                       b < c /\ ChosenIn(b, v) /\ Proposal(c, w) \in sent => v = w

\* An acceptor's last vote is the last it has sent, and no later than what it has promised.
VotedIsLast == \A a \in Acceptors :
    /\ voted[a].ballot <= promised[a]
    /\ voted[a] # NoVote => Vote(a, voted[a].ballot, voted[a].value) \in sent
    /\ \A b \in Ballots, v \in Values : Vote(a, b, v) \in sent => b <= voted[a].ballot

PromisesOnlyGrow == [][\A a \in Acceptors : promised'[a] >= promised[a]]_promised
NothingUnsaid    == [][sent \subseteq sent']_sent
PromisesAreKept  == [][\A a \in Acceptors : voted'[a] # voted[a] => voted'[a].ballot >= promised[a]]_voted
=============================================================================
