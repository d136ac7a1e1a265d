/* spec/examples/TicketLock.tla with five threads and eight tickets, for Spin; its invariants are asserted. */
#define OUTSIDE 0
#define SPIN 1
#define INSIDE 2
#define CMPXCHG 3
#define UNLOCK 4
#define AFTER(n) (((n) + 1) & 7)
#define HOLDS(t) (pc[t] == INSIDE || pc[t] == UNLOCK)
#define PAIR(t, u) assert(!(HOLDS(t) && HOLDS(u)) && !(pc[t] == SPIN && pc[u] == SPIN && ax[t] == ax[u])); \
    assert(!(HOLDS(t) && pc[u] == SPIN) || ax[u] != owner); assert(!(HOLDS(u) && pc[t] == SPIN) || ax[t] != owner)
#define IN_HAND(t) (pc[t] == SPIN || HOLDS(t))

byte next, owner, pc[5], ax[5];

inline judge() {
    PAIR(0, 1);
    PAIR(0, 2);
    PAIR(0, 3);
    PAIR(0, 4);
    PAIR(1, 2);
    PAIR(1, 3);
    PAIR(1, 4);
    PAIR(2, 3);
    PAIR(2, 4);
    PAIR(3, 4);
    assert(((next - owner) & 7) == ((IN_HAND(0) + IN_HAND(1) + IN_HAND(2) + IN_HAND(3) + IN_HAND(4)) & 7))
}

active proctype threads() {
    do
    :: atomic { pc[0] == OUTSIDE -> ax[0] = next; next = AFTER(next); pc[0] = SPIN; judge() }
    :: atomic { pc[0] == SPIN && owner == ax[0] -> pc[0] = INSIDE; ax[0] = 0; judge() }
    :: atomic { pc[0] == OUTSIDE && next == owner -> pc[0] = CMPXCHG; ax[0] = next; judge() }
    :: atomic { pc[0] == CMPXCHG ->
        if
        :: next == ax[0] && owner == ax[0] -> next = AFTER(next); pc[0] = INSIDE
        :: else -> pc[0] = OUTSIDE
        fi; ax[0] = 0; judge() }
    :: atomic { pc[0] == INSIDE -> ax[0] = owner; pc[0] = UNLOCK; judge() }
    :: atomic { pc[0] == UNLOCK -> owner = AFTER(ax[0]); ax[0] = 0; pc[0] = OUTSIDE; judge() }
    :: atomic { pc[1] == OUTSIDE -> ax[1] = next; next = AFTER(next); pc[1] = SPIN; judge() }
    :: atomic { pc[1] == SPIN && owner == ax[1] -> pc[1] = INSIDE; ax[1] = 0; judge() }
    :: atomic { pc[1] == OUTSIDE && next == owner -> pc[1] = CMPXCHG; ax[1] = next; judge() }
    :: atomic { pc[1] == CMPXCHG ->
        if
        :: next == ax[1] && owner == ax[1] -> next = AFTER(next); pc[1] = INSIDE
        :: else -> pc[1] = OUTSIDE
        fi; ax[1] = 0; judge() }
    :: atomic { pc[1] == INSIDE -> ax[1] = owner; pc[1] = UNLOCK; judge() }
    :: atomic { pc[1] == UNLOCK -> owner = AFTER(ax[1]); ax[1] = 0; pc[1] = OUTSIDE; judge() }
    :: atomic { pc[2] == OUTSIDE -> ax[2] = next; next = AFTER(next); pc[2] = SPIN; judge() }
    :: atomic { pc[2] == SPIN && owner == ax[2] -> pc[2] = INSIDE; ax[2] = 0; judge() }
    :: atomic { pc[2] == OUTSIDE && next == owner -> pc[2] = CMPXCHG; ax[2] = next; judge() }
    :: atomic { pc[2] == CMPXCHG ->
        if
        :: next == ax[2] && owner == ax[2] -> next = AFTER(next); pc[2] = INSIDE
        :: else -> pc[2] = OUTSIDE
        fi; ax[2] = 0; judge() }
    :: atomic { pc[2] == INSIDE -> ax[2] = owner; pc[2] = UNLOCK; judge() }
    :: atomic { pc[2] == UNLOCK -> owner = AFTER(ax[2]); ax[2] = 0; pc[2] = OUTSIDE; judge() }
    :: atomic { pc[3] == OUTSIDE -> ax[3] = next; next = AFTER(next); pc[3] = SPIN; judge() }
    :: atomic { pc[3] == SPIN && owner == ax[3] -> pc[3] = INSIDE; ax[3] = 0; judge() }
    :: atomic { pc[3] == OUTSIDE && next == owner -> pc[3] = CMPXCHG; ax[3] = next; judge() }
    :: atomic { pc[3] == CMPXCHG ->
        if
        :: next == ax[3] && owner == ax[3] -> next = AFTER(next); pc[3] = INSIDE
        :: else -> pc[3] = OUTSIDE
        fi; ax[3] = 0; judge() }
    :: atomic { pc[3] == INSIDE -> ax[3] = owner; pc[3] = UNLOCK; judge() }
    :: atomic { pc[3] == UNLOCK -> owner = AFTER(ax[3]); ax[3] = 0; pc[3] = OUTSIDE; judge() }
    :: atomic { pc[4] == OUTSIDE -> ax[4] = next; next = AFTER(next); pc[4] = SPIN; judge() }
    :: atomic { pc[4] == SPIN && owner == ax[4] -> pc[4] = INSIDE; ax[4] = 0; judge() }
    :: atomic { pc[4] == OUTSIDE && next == owner -> pc[4] = CMPXCHG; ax[4] = next; judge() }
    :: atomic { pc[4] == CMPXCHG ->
        if
        :: next == ax[4] && owner == ax[4] -> next = AFTER(next); pc[4] = INSIDE
        :: else -> pc[4] = OUTSIDE
        fi; ax[4] = 0; judge() }
    :: atomic { pc[4] == INSIDE -> ax[4] = owner; pc[4] = UNLOCK; judge() }
    :: atomic { pc[4] == UNLOCK -> owner = AFTER(ax[4]); ax[4] = 0; pc[4] = OUTSIDE; judge() }
    od
}
