-------------------------------- MODULE aio --------------------------------
(***************************************************************************)
(* The life of a kioctx in fs/aio.c of June 2013, that is, of commit       *)
(*                                                                         *)
(*   4fcc712f5c48 "aio: fix io_destroy() regression by using call_rcu()",  *)
(*                                                                         *)
(* "the seed" below.  Tasks call io_setup, io_submit and io_destroy, and   *)
(* exit.  Interrupts complete requests.  RCU callbacks and work items do   *)
(* what the system calls left behind.                                      *)
(*                                                                         *)
(* One action is one thing that other CPUs cannot see the middle of: a     *)
(* load, a store, an atomic read-modify-write, a section under a spinlock, *)
(* a call_rcu().  Steps on memory that nobody else can reach yet are       *)
(* joined to the step that follows.  "L428" is line 428 of fs/aio.c as the *)
(* seed leaves it.                                                         *)
(*                                                                         *)
(* The constants from QuotaRelease on choose between the seed and its      *)
(* relatives: the code before it, the fixes that would have been wrong,    *)
(* and some of the code after it.  README.md tells them apart.             *)
(***************************************************************************)
EXTENDS Integers, FiniteSets

CONSTANTS
    Tasks,              \* the tasks that make system calls
    Mms,                \* the address spaces, each named after the task that created it
    Ctxs,               \* the objects of kioctx_cachep: addresses, used again and again
    Reqs,               \* the kiocbs
    Submitters,         \* the tasks that call io_submit(); all call io_setup() and io_destroy()
    NULL,               \* the pointer to nothing
    POISON,             \* LIST_POISON2, the pprev of an entry that was taken off its list
    aio_max_nr,         \* sysctl fs.aio-max-nr
    NrEvents,           \* what tasks pass to io_setup() as nr_events
    QuotaRelease,       \* where the quota is given back: "kill_ioctx", "kill_ioctx_rcu",
                        \*   "free_ioctx" or "both" (in kill_ioctx() and in free_ioctx())
    Munmap,             \* where the ring is unmapped: "kill_ioctx" or "free_ioctx"
    GracePeriod,        \* how kill_ioctx() waits for readers: "call_rcu", "synchronize_rcu" (and
                        \*   exit_aio() by call_rcu) or "none"
    LockedRemoval,      \* hlist_del_rcu() is called under mm->ioctx_lock
    QuotaCharge,        \* how io_setup() charges: "locked", "test_then_add" or "add_then_test"
    KillGate,           \* how kill_ioctx() is made to run once: "xchg", "test_then_set" or "none"
    UnlinkFirst,        \* hlist_del_rcu() comes before the grace period, not after its start
    LookupGet,          \* how lookup_ioctx() takes a reference: "inc" or "inc_not_zero"
    SecondGracePeriod,  \* free_ioctx() frees through call_rcu()
    CompleteInReader,   \* aio_complete() is inside rcu_read_lock()
    SetupHoldsRef       \* io_setup() holds a reference of its own

ASSUME /\ Mms \subseteq Tasks /\ Mms # {}
       /\ Submitters \subseteq Tasks
       /\ NULL \notin Tasks \cup Ctxs \cup Reqs
       /\ POISON \notin Tasks \cup Ctxs \cup Reqs \cup {NULL}
       /\ aio_max_nr \in Nat
       /\ NrEvents \subseteq 1..aio_max_nr
       /\ QuotaRelease \in {"kill_ioctx", "kill_ioctx_rcu", "free_ioctx", "both"}
       /\ Munmap \in {"kill_ioctx", "free_ioctx"}
       /\ GracePeriod \in {"call_rcu", "synchronize_rcu", "none"}
       /\ QuotaCharge \in {"locked", "test_then_add", "add_then_test"}
       /\ KillGate \in {"xchg", "test_then_set", "none"}
       /\ LookupGet \in {"inc", "inc_not_zero"}
       /\ {LockedRemoval, UnlinkFirst, SecondGracePeriod, CompleteInReader, SetupHoldsRef}
            \subseteq BOOLEAN

VARIABLES
    kioctx,         \* struct kioctx, for each object of the slab cache
    hlist,          \* mm->ioctx_list of each mm, and ctx->list of each ctx
    aio_nr,         \* the quota in use
    thread,         \* program counter and registers of each task and of each ctx's work item
    kiocb,          \* the requests
    rcu,            \* the readers, and the pending RCU callback of each ctx
    oops,           \* what the kernel died of
    charged         \* the only ghost: ctx->max_reqs is part of aio_nr.  The kernel keeps no such
                    \*   receipt, and without one nobody can say whose quota is given back.

HList    == INSTANCE HList
RCU      == INSTANCE RCU
Refcount == INSTANCE Refcount
Slab     == INSTANCE Slab

vars == <<kioctx, hlist, aio_nr, thread, kiocb, rcu, oops, charged>>

-----------------------------------------------------------------------------
(* What the variables hold. *)

Ids     == 1..Cardinality(Ctxs)     \* ctx->user_id is an address; 0 is none
Readers == Tasks \cup Reqs          \* who can be inside rcu_read_lock()
Threads == Tasks \cup Ctxs          \* a ctx stands for its work item, ctx->rcu_work

Mm(t) == IF t \in Mms THEN t ELSE CHOOSE m \in Mms : TRUE

FreeCtx == [slab        |-> Slab!New,
            users       |-> Refcount!New(0),
            dead        |-> 0,
            user_id     |-> 0,
            max_reqs    |-> 0,
            mmap_size   |-> 0,
            ring        |-> NULL,   \* not a field: the mm in which the ring is mapped
            reqs_active |-> 0]

InUser   == [pc |-> "user", op |-> "none", ctx |-> NULL, id |-> 0,
             n |-> NULL, next |-> NULL, pprev |-> NULL]
Exited   == [InUser EXCEPT !.pc = "exited"]
NoWork   == [InUser EXCEPT !.pc = "idle"]
IdleReq  == [pc |-> "idle", ctx |-> NULL]

Pcs == {"user", "exited", "idle",
        "test_quota", "add_quota", "out_cleanup", "hlist_add", "hlist_add_first",
        "hlist_add_pprev", "put_user",
        "lookup_ioctx", "atomic_inc", "aio_get_req",
        "atomic_xchg", "atomic_set", "hlist_del", "hlist_del_next", "hlist_del_pprev",
        "sub_quota", "vm_munmap", "call_rcu", "synchronize_rcu", "kill_ioctx_work",
        "put_ioctx", "free_ioctx", "free_call_rcu", "exit_aio"}

Oopses == {"none", "use after free", "double free", "BUG_ON(aio_nr)", "list poison"}

TypeOK ==
    /\ kioctx \in [Ctxs -> [slab        : Slab!Type,
                            users       : 0..(Cardinality(Tasks) + 1),
                            dead        : 0..1,
                            user_id     : 0..Cardinality(Ctxs),
                            max_reqs    : 0..aio_max_nr,
                            mmap_size   : 0..1,
                            ring        : Mms \cup {NULL},
                            reqs_active : 0..Cardinality(Reqs)]]
    /\ hlist \in HList!Type(Mms, Ctxs)
    /\ aio_nr \in 0..(aio_max_nr * Cardinality(Ctxs))
    /\ thread \in [Threads -> [pc    : Pcs,
                               op    : {"none", "setup", "submit", "destroy", "exit", "work"},
                               ctx   : Ctxs \cup {NULL},
                               id    : 0..Cardinality(Ctxs),
                               n     : Ctxs \cup {NULL},
                               next  : Ctxs \cup {NULL},
                               pprev : Ctxs \cup Mms \cup {NULL, POISON}]]
    /\ kiocb \in [Reqs -> [pc : {"idle", "in flight", "wake_up"}, ctx : Ctxs \cup {NULL}]]
    /\ rcu \in RCU!Type(Readers, Ctxs, {"kill_ioctx_rcu", "free_ioctx_rcu", "wakeme_after_rcu"}, 1)
    /\ oops \in Oopses
    /\ charged \in [Ctxs -> BOOLEAN]

Init ==
    /\ kioctx     = [c \in Ctxs |-> FreeCtx]
    /\ hlist      = HList!New(Mms, Ctxs)
    /\ aio_nr     = 0
    /\ thread     = [p \in Threads |-> IF p \in Tasks THEN InUser ELSE NoWork]
    /\ kiocb      = [r \in Reqs |-> IdleReq]
    /\ rcu        = RCU!New(Readers, Ctxs)
    /\ oops       = "none"
    /\ charged    = [c \in Ctxs |-> FALSE]

-----------------------------------------------------------------------------
(* The machine: memory, program counters, RCU. *)

Freed(c)  == ~Slab!Used(kioctx[c].slab)
Linked(c) == HList!Linked(hlist, c)
First(m)  == HList!Next(hlist, m)
NextOf(c) == HList!Next(hlist, c)
Pprev(c)  == HList!Pprev(hlist, c)

\* The kernel dies.  Nothing moves after that, so that each kind of death is a verdict of its own.
Running == oops = "none"

Oops(e) ==
    /\ oops' = e
    /\ UNCHANGED <<kioctx, hlist, aio_nr, thread, kiocb, rcu, charged>>

\* The ctxs whose memory thread p touches in its next step.
Touches(p) ==
    LET c == thread[p].ctx IN
    CASE thread[p].pc = "hlist_add"       -> {c, First(Mm(p))} \ {NULL}
      [] thread[p].pc = "hlist_del"       -> IF LockedRemoval /\ Pprev(c) # POISON
                                             THEN {c, NextOf(c), Pprev(c)} \cap Ctxs
                                             ELSE {c}
      [] thread[p].pc = "hlist_del_next"  -> {thread[p].pprev} \cap Ctxs
      [] thread[p].pc = "hlist_del_pprev" -> {c, thread[p].next} \ {NULL}
      [] thread[p].pc = "hlist_add_pprev" -> {c, thread[p].next} \ {NULL}
      [] thread[p].pc = "exit_aio"        -> {thread[p].n} \ {NULL}
      [] OTHER                            -> {c} \ {NULL}

\* Thread p is at l, and what it touches there is allocated.
At(p, l) == Running /\ thread[p].pc = l /\ \A c \in Touches(p) : ~Freed(c)

UseAfterFree(p) == Running /\ (\E c \in Touches(p) : Freed(c)) /\ Oops("use after free")

Goto(p, l) == [thread EXCEPT ![p].pc = l]

\* kmem_cache_free(): the object is as new.
FreeIt(c) ==
    /\ kioctx' = [kioctx EXCEPT ![c] = FreeCtx]
    /\ hlist' = HList!Reset(hlist, c)

\* Only the reference is left to put: which system call it is does not matter any more.
GotoPut(p) == [thread EXCEPT ![p] = [@ EXCEPT !.pc = "put_ioctx", !.op = "none"]]

\* rcu_read_unlock().
Leave(r) == rcu' = RCU!Leave(rcu, r)

Inside == RCU!Inside(rcu)

-----------------------------------------------------------------------------
(* io_setup(): ioctx_alloc() L343-403, then put_user() and put_ioctx(). *)

NewCtx(m, n, id) == [FreeCtx EXCEPT !.slab      = Slab!Alloc(@),
                                    !.users     = Refcount!New(IF SetupHoldsRef THEN 2 ELSE 1),
                                    !.max_reqs  = n,
                                    !.user_id   = id,
                                    !.mmap_size = 1,
                                    !.ring      = m]

\* mmap takes the first address that is free, so an id comes back as soon as it is unmapped.
Unmapped(m, id) == \A c \in Ctxs : kioctx[c].ring = m => kioctx[c].user_id # id
FirstUnmapped(m, id) == Unmapped(m, id) /\ \A i \in 1..(id - 1) : ~Unmapped(m, i)

\* L359-385: kmem_cache_zalloc(), aio_setup_ring(); under aio_nr_lock, test and charge.
IoSetup(t) ==
    /\ Running
    /\ thread[t].pc = "user"
    /\ \E c \in Ctxs, n \in NrEvents, id \in Ids :
        LET room  == aio_nr + n <= aio_max_nr
            add   == CASE QuotaCharge = "locked"        -> room
                       [] QuotaCharge = "test_then_add" -> FALSE
                       [] QuotaCharge = "add_then_test" -> TRUE
            next  == CASE QuotaCharge = "add_then_test" -> "test_quota"
                       [] ~room                         -> "out_cleanup"
                       [] QuotaCharge = "test_then_add" -> "add_quota"
                       [] OTHER                         -> "hlist_add"
        IN /\ Freed(c)
           /\ FirstUnmapped(Mm(t), id)
           /\ kioctx'  = [kioctx EXCEPT ![c] = NewCtx(Mm(t), n, id)]
           /\ aio_nr'  = IF add THEN aio_nr + n ELSE aio_nr
           /\ charged' = [charged EXCEPT ![c] = add]
           /\ thread'  = [thread EXCEPT ![t] = [@ EXCEPT !.pc = next, !.op = "setup", !.ctx = c]]
    /\ UNCHANGED <<hlist, kiocb, rcu, oops>>

\* Not the seed: test and charge in two steps, in either order.
AddQuota(t) ==
    /\ At(t, "add_quota")
    /\ aio_nr'  = aio_nr + kioctx[thread[t].ctx].max_reqs
    /\ charged' = [charged EXCEPT ![thread[t].ctx] = TRUE]
    /\ thread'  = Goto(t, "hlist_add")
    /\ UNCHANGED <<kioctx, hlist, kiocb, rcu, oops>>

TestQuota(t) ==
    /\ At(t, "test_quota")
    /\ thread' = Goto(t, IF aio_nr <= aio_max_nr THEN "hlist_add" ELSE "out_cleanup")
    /\ UNCHANGED <<kioctx, hlist, aio_nr, kiocb, rcu, oops, charged>>

\* L396-402: no quota left; free the ring and the ctx, return -EAGAIN.  (The ring stays mapped.)
OutCleanup(t) ==
    /\ At(t, "out_cleanup")
    /\ LET c == thread[t].ctx IN
        /\ kioctx'  = [kioctx EXCEPT ![c] = FreeCtx]
        /\ aio_nr'  = IF charged[c] THEN aio_nr - kioctx[c].max_reqs ELSE aio_nr
        /\ charged' = [charged EXCEPT ![c] = FALSE]
    /\ thread' = [thread EXCEPT ![t] = InUser]
    /\ UNCHANGED <<hlist, kiocb, rcu, oops>>

\* L388-390: hlist_add_head_rcu() under mm->ioctx_lock.  One step if removal takes the lock too.
HlistAdd(t) ==
    /\ LockedRemoval
    /\ At(t, "hlist_add")
    /\ hlist' = HList!AddHead(hlist, thread[t].ctx, Mm(t))
    /\ thread' = Goto(t, "put_user")
    /\ UNCHANGED <<kioctx, aio_nr, kiocb, rcu, oops, charged>>

\* The same store by store.  The lock keeps other adders out, and nobody else.
AddersInside(m) == {t \in Tasks : /\ Mm(t) = m
                                  /\ thread[t].pc \in {"hlist_add_first", "hlist_add_pprev"}}

HlistAddLoad(t) ==
    /\ ~LockedRemoval
    /\ At(t, "hlist_add")
    /\ AddersInside(Mm(t)) = {}
    /\ hlist' = HList!AddInit(hlist, thread[t].ctx, Mm(t))
    /\ thread' = [thread EXCEPT ![t].pc = "hlist_add_first", ![t].next = First(Mm(t))]
    /\ UNCHANGED <<kioctx, aio_nr, kiocb, rcu, oops, charged>>

HlistAddFirst(t) ==
    /\ At(t, "hlist_add_first")
    /\ hlist' = HList!AddFirst(hlist, thread[t].ctx, Mm(t))
    /\ thread' = Goto(t, "hlist_add_pprev")
    /\ UNCHANGED <<kioctx, aio_nr, kiocb, rcu, oops, charged>>

HlistAddPprev(t) ==
    /\ At(t, "hlist_add_pprev")
    /\ hlist' = HList!AddPprev(hlist, thread[t].ctx, thread[t].next)
    /\ thread' = [thread EXCEPT ![t].pc = "put_user", ![t].next = NULL]
    /\ UNCHANGED <<kioctx, aio_nr, kiocb, rcu, oops, charged>>

\* SYSCALL_DEFINE2(io_setup): put_user(ioctx->user_id) works, or it faults and the ctx is killed.
PutUser(t) ==
    /\ At(t, "put_user")
    /\ \/ thread' = Goto(t, "atomic_xchg")
       \/ thread' = IF SetupHoldsRef THEN GotoPut(t) ELSE [thread EXCEPT ![t] = InUser]
    /\ UNCHANGED <<kioctx, hlist, aio_nr, kiocb, rcu, oops, charged>>

-----------------------------------------------------------------------------
(* lookup_ioctx() L554-571: find, then count.  The two are not one step. *)

\* Where the walk for id is after it loaded pointer c: at the end, on the match, on another entry.
Walk(o, id, c) ==
    CASE c = NULL                -> InUser
      [] kioctx[c].user_id = id  -> [InUser EXCEPT !.pc = "atomic_inc", !.op = o, !.ctx = c]
      [] OTHER                   -> [InUser EXCEPT !.pc = "lookup_ioctx", !.op = o, !.ctx = c,
                                                   !.id = id]

\* io_submit() and io_destroy() enter; L559-561: rcu_read_lock(), load the first pointer.
\* Userspace may pass any id, also one that it was never given: an id is only an address.
Lookup(t, o) ==
    /\ Running
    /\ thread[t].pc = "user"
    /\ LET c == First(Mm(t)) IN
        /\ c # NULL
        /\ IF Freed(c)
           THEN Oops("use after free")
           ELSE /\ rcu' = RCU!Enter(rcu, t)
                /\ \E id \in Ids : thread' = [thread EXCEPT ![t] = Walk(o, id, c)]
                /\ UNCHANGED <<kioctx, hlist, aio_nr, kiocb, oops, charged>>

\* L561-562: not this one, load the next pointer.
LookupNext(t) ==
    /\ At(t, "lookup_ioctx")
    /\ LET c == NextOf(thread[t].ctx) IN
        IF c # NULL /\ Freed(c)
        THEN Oops("use after free")
        ELSE /\ thread' = [thread EXCEPT ![t] = Walk(thread[t].op, thread[t].id, c)]
             /\ IF c = NULL THEN Leave(t) ELSE rcu' = rcu
             /\ UNCHANGED <<kioctx, hlist, aio_nr, kiocb, oops, charged>>

\* L563, L569: atomic_inc(&ctx->users); rcu_read_unlock().
LookupInc(t) ==
    /\ At(t, "atomic_inc")
    /\ LET c == thread[t].ctx IN
        IF LookupGet = "inc_not_zero" /\ ~Refcount!CanGet(kioctx[c].users)
        THEN /\ thread' = [thread EXCEPT ![t] = InUser]
             /\ kioctx' = kioctx
        ELSE /\ thread' = Goto(t, IF thread[t].op = "submit" THEN "aio_get_req" ELSE "atomic_xchg")
             /\ kioctx' = [kioctx EXCEPT ![c].users = @ + 1]
    /\ Leave(t)
    /\ UNCHANGED <<hlist, aio_nr, kiocb, oops, charged>>

-----------------------------------------------------------------------------
(* io_submit(), and the interrupt that completes the request. *)

\* aio_get_req() L518: reqs_active goes up, the request is under way.  Fails if none is left.
AioGetReq(t) ==
    /\ At(t, "aio_get_req")
    /\ LET c == thread[t].ctx IN
        \/ \E r \in Reqs :
            /\ kiocb[r].pc = "idle"
            /\ kiocb'  = [kiocb EXCEPT ![r] = [pc |-> "in flight", ctx |-> c]]
            /\ kioctx' = [kioctx EXCEPT ![c].reqs_active = @ + 1]
        \/ /\ \A r \in Reqs : kiocb[r].pc # "idle"
           /\ UNCHANGED <<kiocb, kioctx>>
    /\ thread' = GotoPut(t)
    /\ UNCHANGED <<hlist, aio_nr, rcu, oops, charged>>

\* aio_complete(): rcu_read_lock(); atomic_dec(&ctx->reqs_active).
AioComplete(r) ==
    /\ Running
    /\ kiocb[r].pc = "in flight"
    /\ LET c == kiocb[r].ctx IN
        IF Freed(c)
        THEN Oops("use after free")
        ELSE /\ kioctx' = [kioctx EXCEPT ![c].reqs_active = @ - 1]
             /\ kiocb'  = [kiocb EXCEPT ![r].pc = "wake_up"]
             /\ rcu'    = IF CompleteInReader THEN RCU!Enter(rcu, r) ELSE rcu
             /\ UNCHANGED <<hlist, aio_nr, thread, oops, charged>>

\* aio_complete(): wake_up(&ctx->wait); rcu_read_unlock().  The ctx is touched once more.
AioCompleteWake(r) ==
    /\ Running
    /\ kiocb[r].pc = "wake_up"
    /\ IF Freed(kiocb[r].ctx)
       THEN Oops("use after free")
       ELSE /\ kiocb' = [kiocb EXCEPT ![r] = IdleReq]
            /\ IF CompleteInReader THEN Leave(r) ELSE rcu' = rcu
            /\ UNCHANGED <<kioctx, hlist, aio_nr, thread, oops, charged>>

-----------------------------------------------------------------------------
(* kill_ioctx() L426-449, called by io_destroy(), by a faulting io_setup() and by exit_aio(). *)

\* kill_ioctx() is over; io_destroy() and io_setup() put their own reference.
AfterKill(p) ==
    CASE thread[p].op = "exit"                     -> "exit_aio"
      [] thread[p].op = "setup" /\ ~SetupHoldsRef  -> "user"
      [] OTHER                                     -> "put_ioctx"

\* The steps of kill_ioctx() in order, and which of them there are.
KillWait(p) ==
    CASE ~UnlinkFirst                                               -> AfterKill(p)
      [] GracePeriod = "none"                                       -> "kill_ioctx_work"
      [] OTHER                                                      -> "call_rcu"
KillMunmap(p) == IF Munmap = "kill_ioctx" /\ kioctx[thread[p].ctx].mmap_size # 0
                 THEN "vm_munmap" ELSE KillWait(p)
KillQuota(p)  == IF QuotaRelease \in {"kill_ioctx", "both"} THEN "sub_quota" ELSE KillMunmap(p)
KillStart     == IF UnlinkFirst THEN "hlist_del" ELSE "call_rcu"

\* The steps that free_ioctx() has in some variants, between its waiting and its call_rcu().
FreeQuota     == IF QuotaRelease \in {"free_ioctx", "both"} THEN "sub_quota" ELSE "free_call_rcu"
FreeMunmap(p) == IF Munmap = "free_ioctx" /\ kioctx[thread[p].ctx].mmap_size # 0
                 THEN "vm_munmap" ELSE FreeQuota

InFreeIoctx(p) == kioctx[thread[p].ctx].users = 0

\* Thread p goes on at l; a system call that returns forgets its registers.
GoOn(p, l) == IF l = "user" THEN [thread EXCEPT ![p] = InUser] ELSE Goto(p, l)

\* L428: if (!atomic_xchg(&ctx->dead, 1)).
KillXchg(p) ==
    /\ At(p, "atomic_xchg")
    /\ LET c   == thread[p].ctx
           won == kioctx[c].dead = 0 \/ KillGate = "none"
       IN IF won /\ KillGate = "test_then_set"
          THEN /\ thread' = Goto(p, "atomic_set")
               /\ kioctx' = kioctx
          ELSE /\ thread' = GoOn(p, IF won THEN KillStart ELSE AfterKill(p))
               /\ kioctx' = [kioctx EXCEPT ![c].dead = 1]
    /\ UNCHANGED <<hlist, aio_nr, kiocb, rcu, oops, charged>>

\* Not the seed: if (!atomic_read(&ctx->dead)) atomic_set(&ctx->dead, 1).
KillSet(p) ==
    /\ At(p, "atomic_set")
    /\ kioctx' = [kioctx EXCEPT ![thread[p].ctx].dead = 1]
    /\ thread' = Goto(p, KillStart)
    /\ UNCHANGED <<hlist, aio_nr, kiocb, rcu, oops, charged>>

\* L429: hlist_del_rcu(&ctx->list), here under mm->ioctx_lock, which the seed does not take.
HlistDel(p) ==
    /\ LockedRemoval
    /\ At(p, "hlist_del")
    /\ LET c == thread[p].ctx
       IN IF ~Linked(c)
          THEN Oops("list poison")
          ELSE /\ hlist' = HList!DelRcu(hlist, c)
               /\ thread' = GoOn(p, KillQuota(p))
               /\ UNCHANGED <<kioctx, aio_nr, kiocb, rcu, oops, charged>>

\* L429 as the seed has it, load by load and store by store:
\*     next = n->next; pprev = n->pprev;
HlistDelLoad(p) ==
    /\ ~LockedRemoval
    /\ At(p, "hlist_del")
    /\ LET c == thread[p].ctx IN
        thread' = [thread EXCEPT ![p] = [@ EXCEPT !.pc    = "hlist_del_next",
                                                  !.next  = NextOf(c),
                                                  !.pprev = Pprev(c)]]
    /\ UNCHANGED <<kioctx, hlist, aio_nr, kiocb, rcu, oops, charged>>

\*     *pprev = next;
HlistDelNext(p) ==
    /\ At(p, "hlist_del_next")
    /\ LET pp == thread[p].pprev
           n  == thread[p].next
       IN IF pp = POISON
          THEN Oops("list poison")
          ELSE /\ hlist' = HList!DelNext(hlist, n, pp)
               /\ thread' = Goto(p, "hlist_del_pprev")
               /\ UNCHANGED <<kioctx, aio_nr, kiocb, rcu, oops, charged>>

\*     if (next) next->pprev = pprev; n->pprev = LIST_POISON2;
HlistDelPprev(p) ==
    /\ At(p, "hlist_del_pprev")
    /\ hlist' = HList!PoisonRcu(HList!DelPprev(hlist, thread[p].next, thread[p].pprev),
                                thread[p].ctx)
    /\ LET after == GoOn(p, KillQuota(p)) IN
        thread' = [after EXCEPT ![p].next = NULL, ![p].pprev = NULL]
    /\ UNCHANGED <<kioctx, aio_nr, kiocb, rcu, oops, charged>>

\* L438-441: under aio_nr_lock, BUG_ON(underflow) and aio_nr -= ctx->max_reqs.
SubQuota(p) ==
    /\ At(p, "sub_quota")
    /\ LET c == thread[p].ctx IN
        IF aio_nr < kioctx[c].max_reqs
        THEN Oops("BUG_ON(aio_nr)")
        ELSE /\ aio_nr'  = aio_nr - kioctx[c].max_reqs
             /\ charged' = [charged EXCEPT ![c] = FALSE]
             /\ thread'  = GoOn(p, CASE InFreeIoctx(p) -> "free_call_rcu"
                                     [] p \in Ctxs     -> "kill_ioctx_work"
                                     [] OTHER          -> KillMunmap(p))
             /\ UNCHANGED <<kioctx, hlist, kiocb, rcu, oops>>

\* L443-444: vm_munmap(ctx->mmap_base, ctx->mmap_size) in whatever mm the caller has.
VmMunmap(p) ==
    /\ At(p, "vm_munmap")
    /\ kioctx' = [kioctx EXCEPT ![thread[p].ctx].ring = NULL]
    /\ thread' = GoOn(p, IF InFreeIoctx(p) THEN FreeQuota ELSE KillWait(p))
    /\ UNCHANGED <<hlist, aio_nr, kiocb, rcu, oops, charged>>

\* Fields that nobody reads again are cleared, or states would differ in garbage alone.
ForgetAfterKill(k) ==
    [k EXCEPT !.max_reqs  = IF QuotaRelease = "kill_ioctx" /\ UnlinkFirst THEN 0 ELSE @,
              !.mmap_size = IF Munmap = "kill_ioctx" /\ UnlinkFirst THEN 0 ELSE @]
Unlinked(c) == Pprev(c) = POISON
ForgetAfterGracePeriod(c) ==
    IF Unlinked(c) THEN [kioctx[c] EXCEPT !.user_id = 0] ELSE kioctx[c]
ForgetNext(c) == IF Unlinked(c) THEN [hlist EXCEPT !.next[c] = NULL] ELSE hlist

\* L447: call_rcu(&ctx->rcu_head, kill_ioctx_rcu); or, before the seed, synchronize_rcu().
KillCallRcu(p) ==
    /\ At(p, "call_rcu")
    /\ LET c    == thread[p].ctx
           sync == GracePeriod = "synchronize_rcu" /\ thread[p].op # "exit"
       IN IF RCU!Queued(rcu, c)
          THEN Oops("double free")
          ELSE /\ rcu' = RCU!CallRcu(rcu, c, IF sync THEN "wakeme_after_rcu" ELSE "kill_ioctx_rcu")
               /\ thread' = GoOn(p, CASE sync         -> "synchronize_rcu"
                                      [] ~UnlinkFirst -> "hlist_del"
                                      [] OTHER        -> AfterKill(p))
               /\ kioctx' = [kioctx EXCEPT ![c] = ForgetAfterKill(@)]
               /\ UNCHANGED <<hlist, aio_nr, kiocb, oops, charged>>

\* Not the seed: synchronize_rcu() has returned, kill_ioctx_work() is called directly.
SynchronizeRcu(p) ==
    /\ At(p, "synchronize_rcu")
    /\ RCU!Func(rcu, thread[p].ctx) # "wakeme_after_rcu"
    /\ thread' = Goto(p, "kill_ioctx_work")
    /\ UNCHANGED <<kioctx, hlist, aio_nr, kiocb, rcu, oops, charged>>

-----------------------------------------------------------------------------
(* The grace period ends, at any time after the last of its readers left: kill_ioctx_rcu() *)
(* L413-419 schedules the work item, free_ioctx_rcu() frees the ctx.                       *)

RcuCallback(c) ==
    /\ Running
    /\ RCU!CanRun(rcu, c)
    /\ IF Freed(c)
       THEN Oops(IF RCU!Func(rcu, c) = "free_ioctx_rcu" THEN "double free" ELSE "use after free")
       ELSE /\ rcu' = RCU!Run(rcu, c)
            /\ IF RCU!Func(rcu, c) = "free_ioctx_rcu"
               THEN FreeIt(c)
               ELSE /\ kioctx' = [kioctx EXCEPT ![c] = ForgetAfterGracePeriod(c)]
                    /\ hlist' = ForgetNext(c)
            /\ thread' = IF RCU!Func(rcu, c) = "kill_ioctx_rcu"
                         THEN [thread EXCEPT ![c] =
                                 [NoWork EXCEPT !.op  = "work",
                                                !.ctx = c,
                                                !.pc  = IF QuotaRelease = "kill_ioctx_rcu"
                                                        THEN "sub_quota"
                                                        ELSE "kill_ioctx_work"]]
                         ELSE thread
            /\ UNCHANGED <<aio_nr, kiocb, oops, charged>>

-----------------------------------------------------------------------------
(* put_ioctx() L334-338 and free_ioctx(), run by whoever puts the last reference. *)

\* The system call or the work item is over.
Return(p) == [thread EXCEPT ![p] = CASE p \in Ctxs            -> NoWork
                                     [] thread[p].op = "exit" -> [@ EXCEPT !.pc  = "exit_aio",
                                                                           !.ctx = NULL]
                                     [] OTHER                 -> InUser]

\* L336: atomic_dec_and_test(&ctx->users).  kill_ioctx_work() L405-411 puts the initial reference.
PutIoctx(p) ==
    /\ At(p, "put_ioctx") \/ At(p, "kill_ioctx_work")
    /\ LET c == thread[p].ctx IN
        IF ~Refcount!CanGet(kioctx[c].users)
        THEN Oops("double free")
        ELSE /\ kioctx' = [kioctx EXCEPT ![c].users = Refcount!DecAndTest(@)]
             /\ thread' = CASE Refcount!IsLast(kioctx[c].users)         -> Goto(p, "free_ioctx")
                            [] thread[p].pc = "put_ioctx"  -> Return(p)
                            [] p \in Ctxs                  -> Return(p)
                            [] OTHER                       -> GoOn(p, AfterKill(p))
             /\ UNCHANGED <<hlist, aio_nr, kiocb, rcu, oops, charged>>

\* L331: call_rcu(&ctx->rcu_head, free_ioctx_rcu), the last thing that free_ioctx() does.
FreeAfterReaders(p) ==
    LET c == thread[p].ctx IN
    IF RCU!Queued(rcu, c)
    THEN Oops("double free")
    ELSE /\ IF SecondGracePeriod
            THEN rcu' = RCU!CallRcu(rcu, c, "free_ioctx_rcu") /\ UNCHANGED <<kioctx, hlist>>
            ELSE rcu' = rcu /\ FreeIt(c)
         /\ thread' = Return(p)
         /\ UNCHANGED <<aio_nr, kiocb, oops, charged>>

\* free_ioctx(): wait_event(reqs_active = 0); aio_free_ring(); and, if nothing else, L331.
FreeIoctx(p) ==
    /\ At(p, "free_ioctx")
    /\ kioctx[thread[p].ctx].reqs_active = 0
    /\ IF FreeMunmap(p) = "free_call_rcu"
       THEN FreeAfterReaders(p)
       ELSE /\ thread' = Goto(p, FreeMunmap(p))
            /\ UNCHANGED <<kioctx, hlist, aio_nr, kiocb, rcu, oops, charged>>

FreeCallRcu(p) == At(p, "free_call_rcu") /\ FreeAfterReaders(p)

-----------------------------------------------------------------------------
(* exit_aio() L475-499, called when the last task of an mm exits. *)

LastOf(t) == \A u \in Tasks \ {t} : Mm(u) = Mm(t) => thread[u].pc = "exited"

Exit(t) ==
    /\ Running
    /\ thread[t].pc = "user"
    /\ thread' = [thread EXCEPT ![t] =
                    IF LastOf(t)
                    THEN [InUser EXCEPT !.pc = "exit_aio", !.op = "exit", !.n = First(Mm(t))]
                    ELSE Exited]
    /\ UNCHANGED <<kioctx, hlist, aio_nr, kiocb, rcu, oops, charged>>

\* L480-497: hlist_for_each_entry_safe(); ctx->mmap_size = 0; kill_ioctx(ctx).
ExitAioNext(t) ==
    /\ At(t, "exit_aio")
    /\ thread[t].n # NULL
    /\ LET c == thread[t].n IN
        /\ kioctx' = [kioctx EXCEPT ![c].mmap_size = 0]
        /\ thread' = [thread EXCEPT ![t] = [@ EXCEPT !.pc  = "atomic_xchg",
                                                     !.ctx = c,
                                                     !.n   = NextOf(c)]]
    /\ UNCHANGED <<hlist, aio_nr, kiocb, rcu, oops, charged>>

\* The end of the list.  exit_mmap() follows and unmaps what is left of the mm.
ExitAioDone(t) ==
    /\ At(t, "exit_aio")
    /\ thread[t].n = NULL
    /\ kioctx' = [c \in Ctxs |-> [kioctx[c] EXCEPT !.ring = IF @ = Mm(t) THEN NULL ELSE @]]
    /\ thread' = [thread EXCEPT ![t] = Exited]
    /\ UNCHANGED <<hlist, aio_nr, kiocb, rcu, oops, charged>>

-----------------------------------------------------------------------------
(* Everything together. *)

\* What a task in userspace may do next.
Syscall(t) ==
    \/ IoSetup(t)
    \/ t \in Submitters /\ Lookup(t, "submit")
    \/ Lookup(t, "destroy")
    \/ Exit(t)

\* What a task in the kernel does.
InSetup(t)  == \/ AddQuota(t) \/ TestQuota(t) \/ OutCleanup(t)
               \/ HlistAdd(t) \/ HlistAddLoad(t) \/ HlistAddFirst(t) \/ HlistAddPprev(t)
               \/ PutUser(t)
InLookup(t) == LookupNext(t) \/ LookupInc(t)
InSubmit(t) == AioGetReq(t)
InExit(t)   == ExitAioNext(t) \/ ExitAioDone(t)

\* What tasks and work items do.
InKill(p) == \/ KillXchg(p) \/ KillSet(p)
             \/ HlistDel(p) \/ HlistDelLoad(p) \/ HlistDelNext(p) \/ HlistDelPprev(p)
             \/ SubQuota(p) \/ VmMunmap(p) \/ KillCallRcu(p) \/ SynchronizeRcu(p)
InPut(p)  == PutIoctx(p) \/ FreeIoctx(p) \/ FreeCallRcu(p)

TaskStep(t)    == InSetup(t) \/ InLookup(t) \/ InSubmit(t) \/ InExit(t)
ThreadStep(p)  == InKill(p) \/ InPut(p) \/ UseAfterFree(p)
Completion(r)  == AioComplete(r) \/ AioCompleteWake(r)

\* The two ways to stop: everything is over and given back, or the kernel is dead.
Terminated ==
    /\ \A t \in Tasks : thread[t].pc = "exited"
    /\ \A c \in Ctxs  : Freed(c)
    /\ UNCHANGED vars

Halted == ~Running /\ UNCHANGED vars

Next ==
    \/ \E t \in Tasks   : Syscall(t) \/ TaskStep(t)
    \/ \E p \in Threads : ThreadStep(p)
    \/ \E r \in Reqs    : Completion(r)
    \/ \E c \in Ctxs    : RcuCallback(c)
    \/ Terminated
    \/ Halted

Spec == Init /\ [][Next]_vars

\* Whoever is in the kernel goes on, requests complete, grace periods end.  Nobody must call.
Fairness ==
    /\ \A t \in Tasks   : WF_vars(TaskStep(t))
    /\ \A p \in Threads : WF_vars(ThreadStep(p))
    /\ \A r \in Reqs    : WF_vars(Completion(r))
    /\ \A c \in Ctxs    : WF_vars(RcuCallback(c))

FairSpec == Spec /\ Fairness

-----------------------------------------------------------------------------
(* Properties: the quota. *)

\* How much quota the ctxs in S stand for, one pair for each event.
Quota(S) == Cardinality({e \in S \X (1..aio_max_nr) : e[2] <= kioctx[e[1]].max_reqs})

\* Task t is inside the call that kills c: io_destroy(), io_setup() that faulted, exit_aio().
InKillOf(t, c) ==
    \/ thread[t].ctx = c /\ thread[t].op \in {"setup", "destroy"}
    \/ thread[t].op = "exit" /\ kioctx[c].ring = Mm(t)

IsFreed(c) == ~Freed(c) /\ Freed(c)'

\* aio_nr is what the charged ctxs add up to.
QuotaConsistent == aio_nr = Quota({c \in Ctxs : charged[c]})

\* The BUG_ON() of L439.
QuotaNonNegative == oops # "BUG_ON(aio_nr)"

\* The quota is a limit.
QuotaWithinLimit == aio_nr <= aio_max_nr

\* aio_nr goes down by the charge of one charged ctx, which is charged no more.
QuotaReleasedExactlyOnce ==
    [][aio_nr' < aio_nr => \E c \in Ctxs : /\ charged[c] /\ ~charged'[c]
                                           /\ aio_nr - aio_nr' = kioctx[c].max_reqs]_vars

\* No ctx takes its charge into the grave.
QuotaReleasedBeforeFree == [][\A c \in Ctxs : IsFreed(c) => ~charged'[c]]_vars

\* A charge belongs to a ctx that is not dead, or whose killer has not returned yet.
QuotaReleasedBeforeDestroyReturns ==
    \A c \in Ctxs : charged[c] => kioctx[c].dead = 0 \/ \E t \in Tasks : InKillOf(t, c)

\* What userspace may believe live: nobody killed it yet, or the call that did has not returned.
MayBelieveLive(c) ==
    /\ ~Freed(c)
    /\ kioctx[c].dead = 0 \/ \E t \in Tasks : InKillOf(t, c)
    /\ \A t \in Tasks : thread[t].ctx = c => thread[t].pc # "out_cleanup"

\* io_setup() of t finds the quota used up in this step.
Eagain(t) == thread[t].pc # "out_cleanup" /\ thread'[t].pc = "out_cleanup"

\* Whoever is about to give quota back does it for a ctx that is charged.
QuotaReleasedWhenCharged ==
    \A p \in Threads : thread[p].pc = "sub_quota" => charged[thread[p].ctx]

\* Without what userspace knows to be dead there would not have been enough quota either.
NoSpuriousEAGAIN ==
    [][\A t \in Tasks : Eagain(t) =>
         LET new  == thread'[t].ctx
             live == {c \in Ctxs \ {new} : MayBelieveLive(c)}
         IN Quota(live) + kioctx'[new].max_reqs > aio_max_nr]_vars

-----------------------------------------------------------------------------
(* Properties: memory. *)

NoUseAfterFree == oops # "use after free"

NoDoubleFree == oops # "double free"

\* A reference count that fell to 0 stays there.
NoResurrection ==
    [][\A c \in Ctxs : ~Freed(c) /\ kioctx[c].users = 0 => kioctx'[c].users = 0]_vars

\* Where readers can get to from the entries in S: one more entry, or three.
OneOn(S)   == HList!Ahead(hlist, S)
ThreeOn(S) == OneOn(OneOn(OneOn(S)))

\* The initial reference is dropped when no reader can come across the ctx any more: those that
\* could when it was unlinked have left.
GracePeriodBetweenUnlinkAndPut ==
    [][\A p \in Threads :
         (thread[p].pc = "kill_ioctx_work" /\ thread'[p].pc # "kill_ioctx_work")
            => /\ ~Linked(thread[p].ctx)
               /\ \A t \in Inside \cap Tasks : thread[p].ctx \notin ThreeOn({thread[t].ctx})]_vars

\* kmem_cache_zalloc() gives memory that is as new, in which nothing is left of the ctx before.
FreeIsZeroed ==
    \A c \in Ctxs : Freed(c) =>
        /\ kioctx[c].users = 0
        /\ kioctx[c].dead = 0
        /\ kioctx[c].user_id = 0
        /\ kioctx[c].max_reqs = 0 /\ ~charged[c]
        /\ kioctx[c].mmap_size = 0 /\ kioctx[c].ring = NULL
        /\ kioctx[c].reqs_active = 0
        /\ NextOf(c) = NULL /\ Pprev(c) = NULL

\* States do not differ in garbage alone: what nobody reads again is cleared.
NoGarbage ==
    /\ \A c \in Ctxs :
         /\ RCU!Queued(rcu, c)   => kioctx[c].max_reqs = 0 /\ kioctx[c].mmap_size = 0
         /\ thread[c].op = "work" => kioctx[c].user_id = 0 /\ NextOf(c) = NULL
         /\ thread[c] = NoWork \/ thread[c].op = "work"
    /\ \A t \in Tasks : thread[t].pc \in {"user", "exited"} =>
         /\ thread[t].op = "none" /\ thread[t].id = 0
         /\ {thread[t].ctx, thread[t].n, thread[t].next, thread[t].pprev} = {NULL}
    /\ \A p \in Threads : thread[p].pc = "put_ioctx" => thread[p].op # "submit"

-----------------------------------------------------------------------------
(* Properties: the list. *)

\* An id stands for one ctx: no two on the list of an mm have the same, and none has the id 0.
IdsDiffer ==
    \A c \in Ctxs : Linked(c) =>
        /\ kioctx[c].user_id # 0
        /\ \A d \in Ctxs \ {c} : Linked(d) /\ kioctx[d].ring = kioctx[c].ring
                                 => kioctx[d].user_id # kioctx[c].user_id

\* lookup_ioctx() walks on over ctxs that it is not looking for, and over no other.
LookupMissesNothing ==
    \A t \in Tasks : thread[t].pc = "lookup_ioctx"
                     => thread[t].id \notin {0, kioctx[thread[t].ctx].user_id}

\* Somebody is between two stores to the list of m.
ListBusy(m) ==
    \E t \in Tasks : /\ Mm(t) = m
                     /\ thread[t].pc \in {"hlist_add_first", "hlist_add_pprev",
                                          "hlist_del_next", "hlist_del_pprev"}

\* Nobody follows a poisoned pointer; and between stores, what points at a linked ctx is what its
\* pprev says, and no list leads to a ctx that is not linked.
NoListCorruption ==
    /\ oops # "list poison"
    /\ (\A m \in Mms : ~ListBusy(m)) => HList!Consistent(hlist)

-----------------------------------------------------------------------------
(* Properties: the ring's mapping. *)

\* Only a task of the mm takes the mapping away.
MunmapInOwnerContext ==
    [][\A c \in Ctxs : (kioctx[c].ring # NULL /\ kioctx'[c].ring = NULL /\ ~Freed(c)')
         => \E t \in Tasks : thread'[t] # thread[t] /\ Mm(t) = kioctx[c].ring]_vars

\* A mapping belongs to a ctx that is not dead, or whose killer has not returned yet.
MunmapBeforeDestroyReturns ==
    \A c \in Ctxs : kioctx[c].ring # NULL
                      => kioctx[c].dead = 0 \/ \E t \in Tasks : InKillOf(t, c)

\* exit_mmap() is coming and unmaps everything: exit_aio() must not.  (That is why it clears mmap_size.)
ExitLeavesMunmapToExitMmap ==
    \A t \in Tasks : thread[t].pc = "vm_munmap" => thread[t].op # "exit"

-----------------------------------------------------------------------------
(* Properties: waiting. *)

\* The only step of a thread that waits for readers is synchronize_rcu().
WaitsForReaders(p) ==
    thread[p].pc = "synchronize_rcu" /\ RCU!Func(rcu, thread[p].ctx) = "wakeme_after_rcu"

DestroyDoesNotBlockOnRCU ==
    \A t \in Tasks : thread[t].op = "destroy" => ~WaitsForReaders(t)

\* The same without naming the step: a task inside io_destroy() can make a step of its own, unless
\* it runs free_ioctx() and waits for requests.  (No locks here: a locked section is one step.)
DestroyCanStep ==
    \A t \in Tasks : (thread[t].op = "destroy" /\ Running)
        => \/ ENABLED (TaskStep(t) \/ ThreadStep(t))
           \/ thread[t].pc = "free_ioctx" /\ kioctx[thread[t].ctx].reqs_active > 0

-----------------------------------------------------------------------------
(* Properties that the seed does not have, on purpose or by oversight; see aio-strict.cfg. *)

\* io_destroy() of t returns 0.  It fails before it has a ctx, or, in later code, as it loses the race.
DestroyReturns(t) ==
    /\ thread[t].op = "destroy" /\ thread'[t].op # "destroy"
    /\ thread[t].pc \notin {"lookup_ioctx", "atomic_inc", "atomic_xchg"}

\* Not even a call that has not returned yet is an excuse for -EAGAIN.
NoSpuriousEAGAINStrict ==
    [][\A t \in Tasks : Eagain(t) =>
         LET new  == thread'[t].ctx
             live == {c \in Ctxs \ {new} : MayBelieveLive(c) /\ kioctx[c].dead = 0}
         IN Quota(live) + kioctx'[new].max_reqs > aio_max_nr]_vars

\* Every io_destroy() of a ctx, not only the one that killed it, returns after the quota is back.
QuotaReleasedBeforeDestroyReturnsStrict ==
    [][\A t \in Tasks : DestroyReturns(t) => ~charged[thread[t].ctx]]_vars

\* No request is under way when io_destroy() returns, or when the last task has exited.
RequestsDoneBeforeDestroyReturns ==
    [][\A t \in Tasks : DestroyReturns(t) => kioctx[thread[t].ctx].reqs_active = 0]_vars

ExitDrainsRequests ==
    (\A t \in Tasks : thread[t].pc = "exited") => \A r \in Reqs : kiocb[r].pc = "idle"

\* No ctx is freed with its ring still mapped.
NoVmaLeak == [][\A c \in Ctxs : IsFreed(c) => kioctx[c].ring = NULL]_vars

-----------------------------------------------------------------------------
(* Liveness, of FairSpec. *)

KilledEventuallyFreed == \A c \in Ctxs : kioctx[c].dead = 1 ~> Freed(c)

=============================================================================
