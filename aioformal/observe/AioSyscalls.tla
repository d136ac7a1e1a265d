----------------------------- MODULE AioSyscalls -----------------------------
(***************************************************************************)
(* What userspace may rely on when it calls io_setup, io_submit,           *)
(* io_getevents and io_destroy, and reads /proc/sys/fs/aio-nr.             *)
(*                                                                         *)
(* Each call is one step, somewhere between its entry and its return.      *)
(* That says: whoever reads aio-nr after an io_destroy() has returned      *)
(* finds its quota given back, and whoever gets -EAGAIN does so at a       *)
(* moment at which there was not enough quota.                             *)
(*                                                                         *)
(* Destroying waits for requests in kernels since 2014 (e02ba72aabfa), and *)
(* did not in the one of spec/aio.tla (2013).                              *)
(***************************************************************************)
EXTENDS Integers

CONSTANTS
    Ctxs,           \* the contexts of this process, by who holds them
    Charges,        \* what an io_setup() can take of the quota
    MaxNr,          \* fs.aio-max-nr
    Baseline,       \* what other processes hold of the quota
    Quiet,          \* they hold that all the time; else any amount at any time
    Seen,           \* the values of fs.aio-nr that were read, where others may have changed it
    Requests,       \* requests of a context at most
    Draining        \* io_destroy() returns when all requests are done

ASSUME /\ Charges \subseteq Nat \ {0}
       /\ MaxNr \in Nat /\ Baseline \in Nat /\ Requests \in Nat
       /\ {Quiet, Draining} \subseteq BOOLEAN

VARIABLES
    charge,         \* what each context holds of the quota; 0: it does not exist
    ours,           \* the sum of that
    aio_nr,         \* what /proc/sys/fs/aio-nr says, if others are quiet
    submitted,      \* requests given to each context
    reaped          \* those whose completion was fetched

vars == <<charge, ours, aio_nr, submitted, reaped>>

Init ==
    /\ charge    = [c \in Ctxs |-> 0]
    /\ ours      = 0
    /\ aio_nr    = Baseline
    /\ submitted = [c \in Ctxs |-> 0]
    /\ reaped    = [c \in Ctxs |-> 0]

Fits(q) == Baseline + ours + q <= MaxNr

Account(c, q) ==
    /\ charge' = [charge EXCEPT ![c] = q]
    /\ ours'   = ours + q - charge[c]
    /\ aio_nr' = Baseline + ours'

\* io_setup() returns 0: there was room for q.
Setup(c, q) ==
    /\ charge[c] = 0
    /\ IF Quiet THEN Fits(q) ELSE ours + q <= MaxNr
    /\ Account(c, q)
    /\ submitted' = [submitted EXCEPT ![c] = 0]
    /\ reaped'    = [reaped EXCEPT ![c] = 0]

\* io_setup() returns -EAGAIN: there was none.
Eagain(q) == (Quiet => ~Fits(q)) /\ UNCHANGED vars

\* io_submit() returns n.
Submit(c, n) ==
    /\ charge[c] > 0
    /\ submitted[c] + n <= Requests
    /\ submitted' = [submitted EXCEPT ![c] = @ + n]
    /\ UNCHANGED <<charge, ours, aio_nr, reaped>>

\* io_getevents() returns n: no completion comes twice, or of nothing.
GetEvents(c, n) ==
    /\ charge[c] > 0
    /\ reaped[c] + n <= submitted[c]
    /\ reaped' = [reaped EXCEPT ![c] = @ + n]
    /\ UNCHANGED <<charge, ours, aio_nr, submitted>>

\* io_destroy() returns 0, and n requests have signalled their completion by then.
Destroy(c, n) ==
    /\ charge[c] > 0
    /\ IF Draining THEN n = submitted[c] ELSE n <= submitted[c]
    /\ Account(c, 0)
    /\ UNCHANGED <<submitted, reaped>>

\* Others come and go, but what is ours is part of it.
Read(v) == ~Quiet /\ v >= ours /\ UNCHANGED vars

Next ==
    \/ \E c \in Ctxs, q \in Charges     : Setup(c, q)
    \/ \E q \in Charges                 : Eagain(q)
    \/ \E c \in Ctxs, n \in 0..Requests : Submit(c, n) \/ GetEvents(c, n) \/ Destroy(c, n)
    \/ \E v \in Seen                    : Read(v)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
TypeOK ==
    /\ charge \in [Ctxs -> Charges \cup {0}]
    /\ ours \in 0..MaxNr
    /\ aio_nr = Baseline + ours
    /\ \A c \in Ctxs : reaped[c] <= submitted[c] /\ submitted[c] <= Requests

\* The quota is a limit, and comes back with the last context.
QuotaWithinLimit == Quiet => aio_nr <= MaxNr
QuotaComesBack   == (\A c \in Ctxs : charge[c] = 0) => ours = 0
=============================================================================
