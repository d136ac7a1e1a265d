-------------------------------- MODULE Slab --------------------------------
(***************************************************************************)
(* The memory of one object: allocated, freed, and allocated again.  Pure  *)
(* operators over its state, which is "free", "used", or a recorded fault, *)
(* "use after free" or "double free".                                      *)
(*                                                                         *)
(*     Slab!CanAlloc(slab[o]) /\ slab' = [slab EXCEPT ![o] = Slab!Alloc(@)]*)
(*     slab' = [slab EXCEPT ![o] = Slab!Touch(@)]                          *)
(*                                                                         *)
(* The members of a finite set of objects are addresses.  Allocation may   *)
(* give any free one, at once after it was freed.  A fault is for ever,    *)
(* and such an object is not given out again.                              *)
(*                                                                         *)
(* Assumed: whoever reads or writes a field says so with Touch, or asks    *)
(* Used first.  Abstracted: the cache behind it (magazines, pages); that   *)
(* an allocation can fail, which is one more choice of the specification.  *)
(* A pointer that is kept while its object is freed and given out again is *)
(* valid memory: what goes wrong then shows elsewhere.  That is all there  *)
(* is to SLAB_TYPESAFE_BY_RCU, whose objects are not touched with Touch.   *)
(***************************************************************************)

\* The values that it can have.
Type == {"free", "used", "use after free", "double free"}

\* An object that is not allocated yet.
New == "free"

\* It is allocated, and nothing was done wrong.
Used(o) == o = "used"

\* Guard: kmem_cache_alloc() may return it.
CanAlloc(o) == o = "free"

\* kmem_cache_alloc(), kmalloc(): one atomic step, when CanAlloc.
Alloc(o) == IF CanAlloc(o) THEN "used" ELSE o

\* kmem_cache_free(), kfree(): one atomic step.
Free(o) == CASE o = "used" -> "free"
             [] o = "free" -> "double free"
             [] OTHER      -> o

\* A load or store of any field: no step of its own, a part of the one that loads or stores.
Touch(o) == IF o = "free" THEN "use after free" ELSE o

\* What SLAB_POISON leaves of a freed object's fields, a record: p in each.  Whoever follows p is
\* found out, also where Touch is forgotten.
Poisoned(fields, p) == [f \in DOMAIN fields |-> p]

\* No rule has been broken yet.
NoFault(o) == o \in {"free", "used"}
=============================================================================
