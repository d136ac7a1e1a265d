/* spec/examples/EWD840.tla with eight machines, for Spin. Sets of machines are masks: its states are as small
   as one would make them by hand. */
#define N 8
#define BIT(m) (1 << (m))
#define ABOVE(m) (255 & ~((2 << (m)) - 1))
#define UP_TO(m) ((2 << (m)) - 1)

byte works, black, at;
bit token_black = 1;

inline judge() {
    assert(!(at == 0 && !token_black && !(black & 1) && !(works & 1)) || works == 0);
    assert(!(works & ABOVE(at)) || (black & UP_TO(at)) || token_black);
}

#define PASS(m) :: atomic { at == m && (!(works & BIT(m)) || (black & BIT(m)) || token_black) -> \
    at = m - 1; token_black = token_black || (black & BIT(m)) != 0; black = black & ~BIT(m); judge() }
#define REST(m) :: atomic { (works & BIT(m)) -> works = works & ~BIT(m); judge() }
#define WAKE(m, o) :: atomic { (works & BIT(m)) -> works = works | BIT(o); \
    black = black | ((o > m) << m); judge() }

active proctype ring() {
    int chosen;
    atomic {
        select(chosen : 0 .. 255); works = chosen;
        select(chosen : 0 .. 255); black = chosen;
        select(chosen : 0 .. 7); at = chosen;
        chosen = 0; judge()
    }
    do
    :: atomic { at == 0 && (token_black || (black & 1)) -> at = N - 1; token_black = 0; black = black & 254; judge() }
    PASS(1) PASS(2) PASS(3) PASS(4) PASS(5) PASS(6) PASS(7)
    REST(0) REST(1) REST(2) REST(3) REST(4) REST(5) REST(6) REST(7)
    WAKE(0,1) WAKE(0,2) WAKE(0,3) WAKE(0,4) WAKE(0,5) WAKE(0,6) WAKE(0,7)
    WAKE(1,0) WAKE(1,2) WAKE(1,3) WAKE(1,4) WAKE(1,5) WAKE(1,6) WAKE(1,7)
    WAKE(2,0) WAKE(2,1) WAKE(2,3) WAKE(2,4) WAKE(2,5) WAKE(2,6) WAKE(2,7)
    WAKE(3,0) WAKE(3,1) WAKE(3,2) WAKE(3,4) WAKE(3,5) WAKE(3,6) WAKE(3,7)
    WAKE(4,0) WAKE(4,1) WAKE(4,2) WAKE(4,3) WAKE(4,5) WAKE(4,6) WAKE(4,7)
    WAKE(5,0) WAKE(5,1) WAKE(5,2) WAKE(5,3) WAKE(5,4) WAKE(5,6) WAKE(5,7)
    WAKE(6,0) WAKE(6,1) WAKE(6,2) WAKE(6,3) WAKE(6,4) WAKE(6,5) WAKE(6,7)
    WAKE(7,0) WAKE(7,1) WAKE(7,2) WAKE(7,3) WAKE(7,4) WAKE(7,5) WAKE(7,6)
    od
}
