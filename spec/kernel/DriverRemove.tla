---------------------------- MODULE DriverRemove ----------------------------
(***************************************************************************)
(* A driver whose device is removed.  A task starts the device and waits   *)
(* for a completion.  The interrupt handler queues a work item, and its    *)
(* function completes, looks at the device once more, and returns.  Then   *)
(* the task removes the device: free_irq(), cancel_work_sync(), kfree().   *)
(*                                                                         *)
(* The completion does not say that the function has returned, nor that no *)
(* interrupt comes any more: the line is shared, and the handler is called *)
(* for its neighbours, too.                                                *)
(***************************************************************************)
EXTENDS Naturals, Sequences

CONSTANTS Task,
          FreeIrqFirst,     \* free_irq() comes before the work item is waited for
          Flush             \* "cancel_work_sync", "flush_work", or "none"

Completion == INSTANCE Completion
Slab       == INSTANCE Slab
Workqueue  == INSTANCE Workqueue

VARIABLES dev,              \* struct dev { struct work_struct work; struct completion done; }
          irq,              \* the interrupt: "off", "on", "raised" (the device has something)
          function,         \* where the work function is
          pc                \* where the task is

vars == <<dev, irq, function, pc>>

Init == /\ dev = [slab |-> Slab!Alloc(Slab!New), work |-> Workqueue!New, done |-> Completion!New]
        /\ irq = "on"
        /\ function = "idle"
        /\ pc = "start"

\* After the first fault nothing moves.
Running == Slab!NoFault(dev.slab)

Step(l, to) == pc = l /\ pc' = to

\* Every look at the device.
Touched == [dev EXCEPT !.slab = Slab!Touch(@)]

-----------------------------------------------------------------------------
(* The task. *)

\* What remove() does, step by step.
Steps == LET wait == CASE Flush = "none"       -> <<>>
                       [] Flush = "flush_work" -> <<"flush_work", "flushed">>
                       [] OTHER                -> <<"cancel_work_sync", "flushed">>
         IN (IF FreeIrqFirst THEN <<"free_irq">> \o wait ELSE wait \o <<"free_irq">>) \o <<"kfree">>

After(l) == Steps[(CHOOSE i \in DOMAIN Steps : Steps[i] = l) + 1]

Start ==
    /\ Step("start", "wait_for_completion")
    /\ irq' = "raised"
    /\ dev' = Touched
    /\ UNCHANGED function

WaitForCompletion ==
    /\ Completion!CanWait(dev.done)
    /\ Step("wait_for_completion", Steps[1])
    /\ dev' = [Touched EXCEPT !.done = Completion!Wait(@)]
    /\ UNCHANGED <<irq, function>>

FreeIrq ==
    /\ Step("free_irq", After("free_irq"))
    /\ irq' = "off"
    /\ UNCHANGED <<dev, function>>

FlushWork ==
    /\ Step("flush_work", "flushed")
    /\ dev' = [Touched EXCEPT !.work = Workqueue!Flush(@, Task)]
    /\ UNCHANGED <<irq, function>>

CancelWorkSync ==
    /\ Step("cancel_work_sync", "flushed")
    /\ dev' = [Touched EXCEPT !.work = Workqueue!Cancel(@, Task)]
    /\ UNCHANGED <<irq, function>>

Flushed ==
    /\ pc = "flushed"
    /\ Workqueue!CanReturn(dev.work, Task)
    /\ pc' = After("flushed")
    /\ dev' = [Touched EXCEPT !.work = Workqueue!Return(@, Task)]
    /\ UNCHANGED <<irq, function>>

Kfree ==
    /\ Step("kfree", "removed")
    /\ dev' = [dev EXCEPT !.slab = Slab!Free(@)]
    /\ UNCHANGED <<irq, function>>

-----------------------------------------------------------------------------
(* The interrupt handler, of this device and of its neighbours; and the work function. *)

Interrupt ==
    /\ irq # "off"
    /\ irq' = "on"
    /\ dev' = [Touched EXCEPT !.work = Workqueue!Queue(@)]
    /\ UNCHANGED <<function, pc>>

Begin ==
    /\ Workqueue!CanBegin(dev.work)
    /\ dev' = [Touched EXCEPT !.work = Workqueue!Begin(@)]
    /\ function' = "complete"
    /\ UNCHANGED <<irq, pc>>

\* complete(&dev->done), if the task has started something.
Complete ==
    /\ function = "complete"
    /\ dev' = [Touched EXCEPT !.done = IF pc = "wait_for_completion" /\ ~Completion!Done(@)
                                         THEN Completion!Complete(@) ELSE @]
    /\ function' = "count"
    /\ UNCHANGED <<irq, pc>>

\* dev->stats++, the last look at the device.
Count ==
    /\ function = "count"
    /\ dev' = Touched
    /\ function' = "return"
    /\ UNCHANGED <<irq, pc>>

\* The function returns.  The worker does not look at the item any more: it may be freed.
End ==
    /\ function = "return"
    /\ dev' = [dev EXCEPT !.work = Workqueue!End(@)]
    /\ function' = "idle"
    /\ UNCHANGED <<irq, pc>>

Removed == pc = "removed" /\ UNCHANGED vars

Next == \/ Running /\ \/ Start \/ WaitForCompletion \/ FreeIrq \/ FlushWork \/ CancelWorkSync
                      \/ Flushed \/ Kfree \/ Interrupt \/ Begin \/ Complete \/ Count \/ End
        \/ Removed

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
NoUseAfterFree == dev.slab # "use after free"

\* When the device is gone, nothing is on its way to it.
Quiet == pc = "removed" => irq = "off" /\ Workqueue!Idle(dev.work)
=============================================================================
