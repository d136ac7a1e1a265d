------------------------------- MODULE kioctx -------------------------------
(***************************************************************************)
(* The life of a kioctx from 2005 to 2018: aio.tla, which is the code of   *)
(* June 2013 and what could stand in its place, and the steps that came    *)
(* later.  From 3.12 on a ctx is counted by a percpu_ref; then requests    *)
(* have one of their own, io_destroy() and exit_aio() wait for them, and   *)
(* the grace periods that were lost come back.                             *)
(*                                                                         *)
(* history/ has a configuration for each version, and matrix.toml there    *)
(* says what is expected of it.  A version is the seed with the            *)
(* differences that its commit is known for; what else the code of that    *)
(* year did is not modelled.  The table of 3.12 is still the list: both    *)
(* are sets that readers find under rcu_read_lock(), changed under         *)
(* mm->ioctx_lock.                                                         *)
(***************************************************************************)
EXTENDS aio

CONSTANTS
    FailedAdd,      \* what io_setup() does with the quota if the ctx cannot be added: "never" (it
                    \*   always can), "keeps quota" or "returns quota"
    Percpu,         \* users is a percpu_ref; its last put schedules free_ioctx() as work
    KillFlavour,    \* the grace period of percpu_ref_kill(): "rcu", or "sched" in a preemptible
                    \*   kernel, where rcu_read_lock() does not hold up sched-RCU
    TryGetLive,     \* lookup_ioctx() takes its reference by percpu_ref_tryget_live()
    RequestRef,     \* how requests are counted: "reqs_active", "percpu_ref", or "leaked", a
                    \*   percpu_ref whose initial reference nobody puts
    DestroyWaits,   \* whether io_destroy() waits for the requests: "no", "loser returns 0" (the
                    \*   one that did not kill the ctx, at once) or "loser fails" (with -EINVAL)
    ExitWaits       \* exit_aio() waits for the requests

ASSUME /\ FailedAdd \in {"never", "keeps quota", "returns quota"}
       /\ KillFlavour \in {"rcu", "sched"}
       /\ RequestRef \in {"reqs_active", "percpu_ref", "leaked"}
       /\ DestroyWaits \in {"no", "loser returns 0", "loser fails"}
       /\ {Percpu, TryGetLive, ExitWaits} \subseteq BOOLEAN
       /\ ~Percpu => /\ KillFlavour = "rcu" /\ ~TryGetLive /\ RequestRef = "reqs_active"
                     /\ DestroyWaits = "no" /\ ~ExitWaits
       /\ Percpu => GracePeriod = "call_rcu" /\ LockedRemoval /\ UnlinkFirst

\* Instead of Pcs.
LaterPcs == {"user", "exited", "idle", "test_quota", "add_quota", "out_cleanup", "hlist_add",
             "hlist_add_first", "hlist_add_pprev", "put_user", "lookup_ioctx", "atomic_inc",
             "aio_get_req", "atomic_xchg", "atomic_set", "hlist_del", "hlist_del_next",
             "hlist_del_pprev", "sub_quota", "vm_munmap", "call_rcu", "synchronize_rcu",
             "kill_ioctx_work", "put_ioctx", "free_ioctx", "free_call_rcu", "exit_aio",
             "wait_for_completion"}

-----------------------------------------------------------------------------
(* io_setup(): ioctx_add_table() finds no memory for a larger table, -ENOMEM. *)

AddFails(t) ==
    /\ FailedAdd # "never"
    /\ At(t, "hlist_add")
    /\ LET c       == thread[t].ctx
           returns == FailedAdd = "returns quota"
       IN /\ kioctx'  = [kioctx EXCEPT ![c] = FreeCtx]
          /\ aio_nr'  = IF returns THEN aio_nr - kioctx[c].max_reqs ELSE aio_nr
          /\ charged' = [charged EXCEPT ![c] = ~returns]
    /\ thread' = [thread EXCEPT ![t] = InUser]
    /\ UNCHANGED <<hlist, kiocb, rcu, oops>>

-----------------------------------------------------------------------------
(* users as a percpu_ref. *)

\* Between winning the xchg and percpu_ref_kill().
KillSteps == {"hlist_del", "sub_quota", "vm_munmap", "call_rcu"}

\* percpu_ref_kill() has been called.
Killed(c) ==
    /\ kioctx[c].dead = 1
    /\ \A t \in Tasks : thread[t].ctx = c => thread[t].pc \notin KillSteps

\* percpu_ref_tryget_live(); rcu_read_unlock().  Where it is not used, LookupInc is the step.
LookupTryGetLive(t) ==
    /\ At(t, "atomic_inc")
    /\ LET c == thread[t].ctx IN
        IF Killed(c)
        THEN thread' = [thread EXCEPT ![t] = InUser] /\ kioctx' = kioctx
        ELSE /\ thread' = Goto(t, IF thread[t].op = "submit" THEN "aio_get_req" ELSE "atomic_xchg")
             /\ kioctx' = [kioctx EXCEPT ![c].users = Refcount!Inc(@)]
    /\ Leave(t)
    /\ UNCHANGED <<hlist, aio_nr, kiocb, oops, charged>>

\* The grace period of percpu_ref_kill().  Sched-RCU waits for what cannot be preempted: here that
\* is aio_complete(), an interrupt, and no task.
KillAfterReaders(c) ==
    LET queued == RCU!CallRcu(rcu, c, "kill_ioctx_rcu") IN
    IF KillFlavour = "rcu" THEN queued ELSE [queued EXCEPT !.head[c].waits = @ \cap Reqs]

\* What follows percpu_ref_kill().  Register n says that ctx->requests_done is that of this task.
AfterPercpuKill(p) ==
    LET here == thread[p] IN
    CASE here.op = "exit" /\ ExitWaits              -> [here EXCEPT !.pc = "wait_for_completion"]
      [] here.op = "destroy" /\ DestroyWaits # "no" -> [here EXCEPT !.pc = "put_ioctx", !.n = here.ctx]
      [] OTHER                                      -> [here EXCEPT !.pc = AfterKill(p)]

\* percpu_ref_kill(&ctx->users): after a grace period the initial reference is put.
PercpuRefKill(p) ==
    /\ Percpu
    /\ At(p, "call_rcu")
    /\ LET c == thread[p].ctx IN
        /\ rcu'    = KillAfterReaders(c)
        /\ kioctx' = [kioctx EXCEPT ![c] = ForgetAfterKill(@)]
    /\ thread' = [thread EXCEPT ![p] = AfterPercpuKill(p)]
    /\ UNCHANGED <<hlist, aio_nr, kiocb, oops, charged>>

AfterPercpuPut(p) ==
    CASE p \in Ctxs         -> NoWork
      [] thread[p].n # NULL -> [thread[p] EXCEPT !.pc = "wait_for_completion", !.n = NULL]
      [] OTHER              -> InUser

\* percpu_ref_put(&ctx->users), by a system call or, of the initial reference, after the grace
\* period.  The last one leaves free_ioctx() to the work item.
PercpuRefPut(p) ==
    /\ Percpu
    /\ At(p, "put_ioctx") \/ At(p, "kill_ioctx_work")
    /\ LET c    == thread[p].ctx
           work == [NoWork EXCEPT !.op = "work", !.ctx = c, !.pc = "free_ioctx"]
       IN IF ~Refcount!CanGet(kioctx[c].users)
          THEN Oops("double free")
          ELSE /\ kioctx' = [kioctx EXCEPT ![c].users = Refcount!DecAndTest(@)]
               /\ thread' = [q \in Threads |->
                    CASE q = c /\ Refcount!IsLast(kioctx[c].users) -> work
                      [] q = p                                     -> AfterPercpuPut(p)
                      [] OTHER                                     -> thread[q]]
               /\ UNCHANGED <<hlist, aio_nr, kiocb, rcu, oops, charged>>

-----------------------------------------------------------------------------
(* reqs as a percpu_ref: aio_complete() touches the ctx first, and puts its reference last. *)

CompleteTouch(r) ==
    /\ RequestRef # "reqs_active"
    /\ Running
    /\ kiocb[r].pc = "in flight"
    /\ IF Freed(kiocb[r].ctx)
       THEN Oops("use after free")
       ELSE /\ kiocb' = [kiocb EXCEPT ![r].pc = "wake_up"]
            /\ UNCHANGED <<kioctx, hlist, aio_nr, thread, rcu, oops, charged>>

CompletePut(r) ==
    /\ RequestRef # "reqs_active"
    /\ Running
    /\ kiocb[r].pc = "wake_up"
    /\ IF Freed(kiocb[r].ctx)
       THEN Oops("use after free")
       ELSE /\ kioctx' = [kioctx EXCEPT ![kiocb[r].ctx].reqs_active = @ - 1]
            /\ kiocb'  = [kiocb EXCEPT ![r] = IdleReq]
            /\ UNCHANGED <<hlist, aio_nr, thread, rcu, oops, charged>>

-----------------------------------------------------------------------------
(* Waiting for requests. *)

Loses(p) ==
    /\ DestroyWaits = "loser fails"
    /\ thread[p].op = "destroy"
    /\ kioctx[thread[p].ctx].dead = 1

\* The loser of xchg(dead) in io_destroy() gets -EINVAL.
LoseXchg(p) ==
    /\ At(p, "atomic_xchg")
    /\ Loses(p)
    /\ thread' = GotoPut(p)
    /\ UNCHANGED <<kioctx, hlist, aio_nr, kiocb, rcu, oops, charged>>

\* The tasks that sleep until the requests of c are done.
Waiting(c) == {t \in Tasks : thread[t].pc = "wait_for_completion" /\ thread[t].ctx = c}

\* free_ioctx_reqs(): no request is left; complete(ctx->requests_done).
CompleteRequestsDone(c) ==
    /\ RequestRef # "leaked"
    /\ At(c, "free_ioctx")
    /\ kioctx[c].reqs_active = 0
    /\ Waiting(c) # {}
    /\ thread' = [p \in Threads |->
         CASE p \notin Waiting(c)   -> thread[p]
           [] thread[p].op = "exit" -> [thread[p] EXCEPT !.pc = "exit_aio", !.ctx = NULL]
           [] OTHER                 -> InUser]
    /\ UNCHANGED <<kioctx, hlist, aio_nr, kiocb, rcu, oops, charged>>

\* free_ioctx() may go on: whoever waits has been told, and reqs can fall to 0.
MayFree(p) == RequestRef # "leaked" /\ Waiting(thread[p].ctx) = {}

-----------------------------------------------------------------------------
(* Everything together.  What aio.tla does and a later version does not is behind a guard. *)

\* As Syscall; the step is named after the call.
Calls(t) == IF t \in Submitters THEN {"submit", "destroy"} ELSE {"destroy"}
LaterSyscall(t) ==
    \/ IoSetup(t)
    \/ \E call \in Calls(t) : Lookup(t, call)
    \/ Exit(t)

LaterLookup(t) == LookupNext(t) \/ LookupTryGetLive(t)

LaterTaskStep(t) ==
    \/ InSetup(t) \/ AddFails(t)
    \/ ~TryGetLive /\ InLookup(t)
    \/ TryGetLive /\ LaterLookup(t)
    \/ InSubmit(t)
    \/ InExit(t)

SeedKillCall(p) == KillCallRcu(p) \/ SynchronizeRcu(p) \/ PutIoctx(p)
SeedFree(p)     == FreeIoctx(p) \/ FreeCallRcu(p)
SeedXchg(p)     == KillXchg(p) \/ KillSet(p)

LaterThreadStep(p) ==
    \/ ~Loses(p) /\ SeedXchg(p)
    \/ LoseXchg(p)
    \/ HlistDel(p) \/ HlistDelLoad(p) \/ HlistDelNext(p) \/ HlistDelPprev(p)
    \/ SubQuota(p) \/ VmMunmap(p)
    \/ ~Percpu /\ SeedKillCall(p)
    \/ PercpuRefKill(p) \/ PercpuRefPut(p)
    \/ MayFree(p) /\ SeedFree(p)
    \/ UseAfterFree(p)

LaterCompletion(r) ==
    \/ RequestRef = "reqs_active" /\ Completion(r)
    \/ CompleteTouch(r) \/ CompletePut(r)

LaterNext ==
    \/ \E t \in Tasks   : LaterSyscall(t) \/ LaterTaskStep(t)
    \/ \E p \in Threads : LaterThreadStep(p)
    \/ \E r \in Reqs    : LaterCompletion(r)
    \/ \E c \in Ctxs    : RcuCallback(c) \/ CompleteRequestsDone(c)
    \/ Terminated
    \/ Halted

LaterSpec ==
    /\ Init
    /\ [][LaterNext]_vars
    /\ \A t \in Tasks   : WF_vars(LaterTaskStep(t))
    /\ \A p \in Threads : WF_vars(LaterThreadStep(p))
    /\ \A r \in Reqs    : WF_vars(LaterCompletion(r))
    /\ \A c \in Ctxs    : WF_vars(RcuCallback(c) \/ CompleteRequestsDone(c))

-----------------------------------------------------------------------------
(* Where memory is corrupted, what happens afterwards says nothing about the rule that is broken   *)
(* then.  Configurations of such code have CONSTRAINT BeforeCorruption and ACTION_CONSTRAINT       *)
(* Quarantine; the first unsafe step itself is still judged.                                       *)

BeforeCorruption == NoListCorruption

\* Somebody still has the address of c.
PointedTo(c) ==
    \/ \E p \in Threads : c \in {thread[p].ctx, thread[p].n, thread[p].next, thread[p].pprev}
    \/ \E r \in Reqs : kiocb[r].ctx = c
    \/ RCU!Queued(rcu, c)
    \/ \E m \in Mms : First(m) = c
    \/ \E d \in Ctxs : NextOf(d) = c \/ Pprev(d) = c

\* As with KASAN, an object that somebody points at is not allocated again: who goes there uses it
\* after free, and does not find another ctx.
Quarantine == \A c \in Ctxs : Freed(c) /\ PointedTo(c) => Freed(c)'

-----------------------------------------------------------------------------
(* An ACTION_CONSTRAINT for the question what else there is beside a put_user() that faults. *)

PutUserWorks == \A t \in Tasks : thread[t].pc = "put_user" => thread'[t].pc # "atomic_xchg"

-----------------------------------------------------------------------------
(* What later versions need said otherwise. *)

\* Instead of WaitsForReaders: who waits for requests also waits for readers, as long as the grace
\* period of the ctx has not ended.
WaitsForGracePeriod(p) ==
    \/ thread[p].pc = "synchronize_rcu" /\ RCU!Func(rcu, thread[p].ctx) = "wakeme_after_rcu"
    \/ thread[p].pc = "wait_for_completion" /\ RCU!Func(rcu, thread[p].ctx) = "kill_ioctx_rcu"

=============================================================================
