/* spec/examples/TicketLock.tla with five threads and eight tickets, by hand. */
#include "search.h"

#define THREADS 5
enum { OUTSIDE, SPIN, INSIDE, CMPXCHG, UNLOCK };

/* Three bits each: next, owner, then pc and ax of every thread. */
#define NEXT(s) ((unsigned)(s) & 7)
#define OWNER(s) ((unsigned)((s) >> 3) & 7)
#define PC(s, t) ((unsigned)((s) >> (6 + 6 * (t))) & 7)
#define AX(s, t) ((unsigned)((s) >> (9 + 6 * (t))) & 7)
#define AFTER(n) (((n) + 1) & 7)
#define HOLDS(s, t) (PC(s, t) == INSIDE || PC(s, t) == UNLOCK)

static State at(State s, unsigned next, unsigned owner, unsigned t, unsigned pc, unsigned ax) {
    s &= ~((State)63 << (6 + 6 * t) | 63);
    return s | next | owner << 3 | (State)(pc | ax << 3) << (6 + 6 * t);
}

static int judge(State s) {
    unsigned held = 0, owner = OWNER(s);
    for (unsigned t = 0; t < THREADS; t++) {
        held += PC(s, t) == SPIN || HOLDS(s, t);
        for (unsigned u = 0; u < THREADS; u++) {
            if (u == t) continue;
            if (HOLDS(s, t) && HOLDS(s, u)) return 0;
            if (PC(s, t) == SPIN && PC(s, u) == SPIN && AX(s, t) == AX(s, u)) return 0;
            if (HOLDS(s, t) && PC(s, u) == SPIN && AX(s, u) == owner) return 0;
        }
    }
    return ((NEXT(s) - owner) & 7) == (held & 7);
}

static unsigned ahead(State s, unsigned t) { return (AX(s, t) - OWNER(s)) & 7; }

static int judge_step(State s, State after) {
    for (unsigned t = 0; t < THREADS; t++)
        for (unsigned u = 0; u < THREADS; u++) {
            int spin = PC(s, t) == SPIN && PC(after, t) == SPIN && PC(s, u) == SPIN && PC(after, u) == SPIN;
            if (spin && ahead(s, t) < ahead(s, u) && ahead(after, t) >= ahead(after, u)) return 0;
        }
    if (OWNER(s) == OWNER(after)) return 1;
    if (OWNER(after) != AFTER(OWNER(s))) return 0;
    for (unsigned t = 0; t < THREADS; t++)
        if (HOLDS(s, t)) return 1;
    return 0;
}

static void initial(void) { emit(0); }

static void step(State s) {
    unsigned next = NEXT(s), owner = OWNER(s);
    for (unsigned t = 0; t < THREADS; t++) {
        unsigned ax = AX(s, t);
        switch (PC(s, t)) {
        case OUTSIDE:
            go(s, at(s, AFTER(next), owner, t, SPIN, next));
            if (next == owner) go(s, at(s, next, owner, t, CMPXCHG, next));
            break;
        case SPIN:
            if (owner == ax) go(s, at(s, next, owner, t, INSIDE, 0));
            break;
        case CMPXCHG:
            if (next == ax && owner == ax) go(s, at(s, AFTER(next), owner, t, INSIDE, 0));
            else go(s, at(s, next, owner, t, OUTSIDE, 0));
            break;
        case INSIDE:
            go(s, at(s, next, owner, t, UNLOCK, owner));
            break;
        case UNLOCK:
            go(s, at(s, next, AFTER(ax), t, OUTSIDE, 0));
            break;
        }
    }
}
