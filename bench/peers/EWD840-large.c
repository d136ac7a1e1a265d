/* spec/examples/EWD840.tla with eight machines, by hand. */
#include "search.h"

#define N 8
#define WORKS(s) ((unsigned)(s) & 255)
#define BLACK(s) ((unsigned)((s) >> 8) & 255)
#define AT(s) ((unsigned)((s) >> 16) & 7)
#define TOKEN(s) ((unsigned)((s) >> 19) & 1)
#define UP_TO(m) ((2u << (m)) - 1)

static State make(unsigned works, unsigned black, unsigned at, unsigned token) {
    return works | black << 8 | at << 16 | token << 19;
}

static int judge(State s) {
    unsigned works = WORKS(s), black = BLACK(s), at = AT(s), token = TOKEN(s);
    int detected = at == 0 && !token && !(black & 1) && !(works & 1);
    return (!detected || !works) && (!(works & ~UP_TO(at)) || (black & UP_TO(at)) || token);
}

static int judge_step(State s, State t) {
    if (!WORKS(s) && WORKS(t)) return 0;
    if (AT(s) != AT(t) && AT(t) != (AT(s) + N - 1) % N) return 0;
    return !(TOKEN(s) && !TOKEN(t) && AT(s) != 0);
}

static void initial(void) {
    for (unsigned n = 0; n < 1u << 16; n++)
        for (unsigned at = 0; at < N; at++) emit(make(n & 255, n >> 8, at, 1));
}

static void step(State s) {
    unsigned works = WORKS(s), black = BLACK(s), at = AT(s), token = TOKEN(s);
    if (at == 0 && (token || (black & 1))) go(s, make(works, black & ~1u, N - 1, 0));
    if (at != 0) {
        unsigned me = 1u << at;
        if (!(works & me) || (black & me) || token)
            go(s, make(works, black & ~me, at - 1, token || (black & me)));
    }
    for (unsigned m = 0; m < N; m++) {
        if (!(works >> m & 1)) continue;
        go(s, make(works & ~(1u << m), black, at, token));
        for (unsigned other = 0; other < N; other++)
            if (other != m) go(s, make(works | 1u << other, black | (unsigned)(other > m) << m, at, token));
    }
}
