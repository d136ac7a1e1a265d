---------------------------- MODULE aio_ordering ----------------------------
(***************************************************************************)
(* The ordering rules of aio.tla, said as rules: what must come before     *)
(* what, over whole behaviours, without a ghost variable.                  *)
(*                                                                         *)
(* A ctx is an address that is used again and again, so most rules speak   *)
(* of what lies between two events: a second kill is wrong unless the      *)
(* object was allocated again in between.                                  *)
(***************************************************************************)
EXTENDS aio, Ordering

-----------------------------------------------------------------------------
(* Events.  Those that are whole actions are named by them. *)

Allocates(c) == Freed(c) /\ ~Freed(c)'
Frees(c)     == ~Freed(c) /\ Freed(c)'

\* The thread at work on c.
On(p, c) == thread[p].ctx = c

\* kill_ioctx() by t wins: it is the only one that goes on.
Kills(t, c) == On(t, c) /\ kioctx[c].dead = 0 /\ KillXchg(t)

\* t has done with c: the call that killed it returns, or exit_aio() goes on to the next one.
LetsGo(t, c) == On(t, c) /\ thread'[t].ctx # c

ReleasesQuota(c) == \E p \in Threads : On(p, c) /\ SubQuota(p)
Unlinks(c)       == \E p \in Threads : On(p, c) /\ HlistDel(p)

\* No reader that was inside when c was unlinked is inside any more.
GracePeriodEnds(c) ==
    \/ RCU!Func(rcu, c) = "kill_ioctx_rcu" /\ RcuCallback(c)
    \/ \E p \in Threads : On(p, c) /\ SynchronizeRcu(p)

\* kill_ioctx_work() puts the reference that io_setup() has left in the ctx.
PutsInitial(c) == \E p \in Threads : On(p, c) /\ thread[p].pc = "kill_ioctx_work" /\ PutIoctx(p)

CallsDestroy(t) == Lookup(t, "destroy")
Returns(t)      == thread[t].op = "destroy" /\ thread'[t].op # "destroy"

-----------------------------------------------------------------------------
(* Rules. *)

\* The comment that the seed was written for, and that was lost four months later.
QuotaBeforeReturn ==
    \A t \in Tasks, c \in Ctxs : Between(Kills(t, c), ReleasesQuota(c), LetsGo(t, c))

QuotaOnce == \A c \in Ctxs : Between(ReleasesQuota(c), Allocates(c), ReleasesQuota(c))

QuotaBeforeFree ==
    \A c \in Ctxs : Between(\E t \in Tasks : Kills(t, c), ReleasesQuota(c), Frees(c))

GracePeriodBeforePut == \A c \in Ctxs : Between(Unlinks(c), GracePeriodEnds(c), PutsInitial(c))

KilledOnce ==
    \A c \in Ctxs : Between(\E t \in Tasks : Kills(t, c), Allocates(c), \E t \in Tasks : Kills(t, c))

UnlinkedBeforePut == \A c \in Ctxs : Between(Allocates(c), Unlinks(c), PutsInitial(c))

PutWithinLife == \A c \in Ctxs : Within(PutsInitial(c), Allocates(c), Frees(c))

KilledBeforeFirstPut == \A c \in Ctxs : Precedes(\E t \in Tasks : Kills(t, c), PutsInitial(c))

NoWaitInDestroy == \A t \in Tasks : NotBetween(CallsDestroy(t), SynchronizeRcu(t), Returns(t))
=============================================================================
