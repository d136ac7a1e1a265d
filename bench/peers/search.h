/* Breadth-first search as one writes it by hand in C for a model whose states fit into 64 bits: exact, with a
   parent for each state, and each state and step judged. A model defines `initial` and `step`, which call `emit`,
   and `judge` and `judge_step`, which are true of what is right. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef uint64_t State;

static int judge(State s);
static int judge_step(State s, State t);
static void initial(void);
static void step(State s);

static State *states;
static uint32_t *parents, *table;
static uint64_t room, slots, distinct, generated, from;

static uint64_t slot_of(State s) {
    s *= 0x9E3779B97F4A7C15u;
    s ^= s >> 32;
    return (s * 0xBF58476D1CE4E5B9u) >> 20 & (slots - 1);
}

static void *sized(void *old, uint64_t bytes) {
    void *now = realloc(old, bytes);
    if (!now) exit(2);
    return now;
}

static void grow(void) {
    slots = slots ? 2 * slots : 1 << 16;
    free(table);
    if (!(table = calloc(slots, sizeof *table))) exit(2);
    for (uint64_t n = 0; n < distinct; n++) {
        uint64_t at = slot_of(states[n]);
        while (table[at]) at = (at + 1) & (slots - 1);
        table[at] = n + 1;
    }
}

static void emit(State s) {
    generated++;
    if (distinct * 2 >= slots) grow();
    uint64_t at = slot_of(s);
    for (; table[at]; at = (at + 1) & (slots - 1))
        if (states[table[at] - 1] == s) return;
    if (distinct == room) {
        room = room ? 2 * room : 1 << 16;
        states = sized(states, room * sizeof *states);
        parents = sized(parents, room * sizeof *parents);
    }
    if (!judge(s)) { printf("violated\n"); exit(1); }
    states[distinct] = s;
    parents[distinct] = from;
    table[at] = ++distinct;
}

static void go(State s, State t) {
    if (!judge_step(s, t)) { printf("violated by a step\n"); exit(1); }
    emit(t);
}

int main(void) {
    clock_t start = clock();
    unsigned depth = 0;
    initial();
    for (uint64_t n = 0, end = distinct; n < distinct; n++) {
        if (n == end) end = distinct, depth++;
        from = n + 1;
        step(states[n]);
    }
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    printf("%llu distinct, %llu generated, depth %u, %.3f s\n", (unsigned long long)distinct,
           (unsigned long long)generated, depth, seconds);
    return 0;
}
