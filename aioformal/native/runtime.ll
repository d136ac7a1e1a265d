; What surrounds the specification's own functions: the buffer of successors, the table of states and
; the loop that expands one state after the other. A template: llvm_runtime.py fills in what begins with
; a dollar sign, and says how it works.
;
; %S: what all workers share (memory.Shared), %K: what one worker has for itself (memory.Own).
declare void @llvm.prefetch.p0(ptr, i32, i32, i32)

define internal i64 @get(ptr %base, i64 %n) alwaysinline {
  %p = getelementptr i64, ptr %base, i64 %n
  %v = load i64, ptr %p
  ret i64 %v
}

define internal void @set(ptr %base, i64 %n, i64 %v) alwaysinline {
  %p = getelementptr i64, ptr %base, i64 %n
  store i64 %v, ptr %p
  ret void
}

define internal void @count(ptr %base, i64 %n, i64 %by) alwaysinline {
  %p = getelementptr i64, ptr %base, i64 %n
  %v = load i64, ptr %p
  %r = add i64 %v, %by
  store i64 %r, ptr %p
  ret void
}

define internal ptr @pointer(ptr %base, i64 %n) alwaysinline {
  %v = call i64 @get(ptr %base, i64 %n)
  %p = inttoptr i64 %v to ptr
  ret ptr %p
}

define internal i64 @hash($declared) alwaysinline {
$hash
}

; the address of the state with a number
define internal ptr @state(ptr %S, i64 %n) alwaysinline {
  %directory = call ptr @pointer(ptr %S, i64 $S_STATES)
  %chunk = lshr i64 %n, $chunk_bits
  %base = call ptr @pointer(ptr %directory, i64 %chunk)
  %in = and i64 %n, $chunk_mask
  %offset = mul i64 %in, $words
  %p = getelementptr i64, ptr %base, i64 %offset
  ret ptr %p
}

define internal i64 @hash_of(ptr %S, i64 %n) alwaysinline {
  %here = call ptr @state(ptr %S, i64 %n)
$load_state
  %h = call i64 @hash($passed)
  ret i64 %h
}

define internal void @set_parent(ptr %S, i64 %n, i64 %parent) alwaysinline {
  %directory = call ptr @pointer(ptr %S, i64 $S_PARENTS)
  %chunk = lshr i64 %n, $chunk_bits
  %base = call ptr @pointer(ptr %directory, i64 %chunk)
  %in = and i64 %n, $chunk_mask
  %p = getelementptr i32, ptr %base, i64 %in
  %short = trunc i64 %parent to i32
  store i32 %short, ptr %p
  ret void
}

define internal i64 @parent(ptr %S, i64 %n) alwaysinline {
  %directory = call ptr @pointer(ptr %S, i64 $S_PARENTS)
  %chunk = lshr i64 %n, $chunk_bits
  %base = call ptr @pointer(ptr %directory, i64 %chunk)
  %in = and i64 %n, $chunk_mask
  %p = getelementptr i32, ptr %base, i64 %in
  %short = load i32, ptr %p
  %parent = zext i32 %short to i64
  ret i64 %parent
}

define internal void @trouble(ptr %K, i64 %number) noinline {
  %status = call i64 @get(ptr %K, i64 $K_STATUS)
  %first = icmp eq i64 %status, 0
  br i1 %first, label %note, label %end
note:
  call void @set(ptr %K, i64 $K_STATUS, i64 $IS_TROUBLE)
  call void @set(ptr %K, i64 $K_DETAIL, i64 %number)
  br label %end
end:
  ret void
}

define internal void @emit(ptr %S, ptr %K, i64 %at, i64 %info, i64 %failed, i64 %ways,
                           $declared) noinline {
entry:
$pass_over
room:
  %n0 = call i64 @get(ptr %K, i64 $K_BUFFERED)
  %capacity = call i64 @get(ptr %K, i64 $K_CAPACITY)
  %full = icmp uge i64 %n0, %capacity
  br i1 %full, label %overflow, label %put
overflow:
  %beginning = call i64 @get(ptr %K, i64 $K_BEGINNING)
  %begins = icmp ne i64 %beginning, 0
  br i1 %begins, label %beginner, label %give_up
give_up:
  call void @set(ptr %K, i64 $K_STATUS, i64 $IS_OVERFLOW)
  ret void
beginner:
  %refused = call i64 @get(ptr %K, i64 $K_STATUS)
  %goes_on = icmp ne i64 %refused, $IS_FULL
  br i1 %goes_on, label %make_room, label %let_go
make_room:
  call void @flush(ptr %S, ptr %K)
  %counter = getelementptr i64, ptr %S, i64 $S_DISTINCT
  %distinct = load atomic i64, ptr %counter monotonic, align 8
  %limit = call i64 @get(ptr %S, i64 $S_LIMIT)
  %tight = icmp ugt i64 %distinct, %limit
  br i1 %tight, label %grow, label %put
grow:
  %grow.f = call ptr @pointer(ptr %S, i64 $S_GROW)
  call void %grow.f()
  %granted = call i64 @get(ptr %K, i64 $K_STATUS)
  %has_room = icmp ne i64 %granted, $IS_FULL
  br i1 %has_room, label %put, label %let_go
let_go:
  ret void
put:
  %n = phi i64 [ %n0, %room ], [ 0, %make_room ], [ 0, %grow ]
  %buffer = call ptr @pointer(ptr %K, i64 $K_BUFFER)
  %offset = mul i64 %n, $entry_words
  %entry.p = getelementptr i64, ptr %buffer, i64 %offset
  %entry1 = bitcast ptr %entry.p to ptr
  call void @fill(ptr %S, ptr %K, ptr %entry1, i64 %at, i64 %info, i64 %failed, i64 %ways, $passed)
  %more = add i64 %n, 1
  call void @set(ptr %K, i64 $K_BUFFERED, i64 %more)
  ret void
}

define internal void @fill(ptr %S, ptr %K, ptr %entry, i64 %at, i64 %info, i64 %failed, i64 %ways,
                           $declared) alwaysinline {
$store_entry
$check_view
  %h = call i64 @hash($kept)
  call void @set(ptr %entry, i64 $entry_hash, i64 %h)
  call void @set(ptr %entry, i64 $entry_parent, i64 %at)
  call void @set(ptr %entry, i64 $entry_info, i64 %info)
  call void @set(ptr %entry, i64 $entry_failed, i64 %failed)
  call void @set(ptr %entry, i64 $entry_ways, i64 %ways)
  %table = call ptr @pointer(ptr %S, i64 $S_TABLE)
  %mask = call i64 @get(ptr %S, i64 $S_TABLE_MASK)
  %slot = and i64 %h, %mask
  %p = getelementptr i64, ptr %table, i64 %slot
  call void @llvm.prefetch.p0(ptr %p, i32 0, i32 3, i32 1)
  ret void
}

; a number for a new state, out of those that the worker has been given
define internal i64 @number(ptr %S, ptr %K) alwaysinline {
entry:
  %next = call i64 @get(ptr %K, i64 $K_NEXT)
  %until = call i64 @get(ptr %K, i64 $K_UNTIL)
  %some = icmp ult i64 %next, %until
  br i1 %some, label %take, label %ask
ask:
  %counter = getelementptr i64, ptr %S, i64 $S_DISTINCT
  %from = atomicrmw add ptr %counter, i64 $reserved acq_rel
  %to = add i64 %from, $reserved
  call void @set(ptr %K, i64 $K_UNTIL, i64 %to)
  br label %take
take:
  %mine = phi i64 [ %next, %entry ], [ %from, %ask ]
  %following = add i64 %mine, 1
  call void @set(ptr %K, i64 $K_NEXT, i64 %following)
  ret i64 %mine
}

; gives states other numbers: pairs of from and to; afterwards there are %distinct, without gaps
define void @renumber(ptr %S, ptr %workers, i64 %count, ptr %pairs, i64 %moves, i64 %distinct) {
entry:
  %table = call ptr @pointer(ptr %S, i64 $S_TABLE)
  %mask = call i64 @get(ptr %S, i64 $S_TABLE_MASK)
  br label %head
head:
  %i = phi i64 [ 0, %entry ], [ %i1, %found ]
  %done = icmp uge i64 %i, %moves
  br i1 %done, label %settle, label %move
move:
  %even = mul i64 %i, 2
  %odd = add i64 %even, 1
  %from = call i64 @get(ptr %pairs, i64 %even)
  %to = call i64 @get(ptr %pairs, i64 %odd)
  %here = call ptr @state(ptr %S, i64 %from)
  %place = call ptr @state(ptr %S, i64 %to)
$load_state
$store_state
  %parent = call i64 @parent(ptr %S, i64 %from)
  call void @set_parent(ptr %S, i64 %to, i64 %parent)
  %h = call i64 @hash($passed)
  %first = and i64 %h, %mask
  %sought = add i64 %from, 1
  br label %probe
probe:
  %slot = phi i64 [ %first, %move ], [ %following, %other ]
  %p = getelementptr i64, ptr %table, i64 %slot
  %e = load i64, ptr %p
  %low = and i64 %e, $locked
  %it = icmp eq i64 %low, %sought
  br i1 %it, label %found, label %other
other:
  %slot1 = add i64 %slot, 1
  %following = and i64 %slot1, %mask
  br label %probe
found:
  %tag = and i64 %e, -4294967296
  %plus = add i64 %to, 1
  %value = or i64 %tag, %plus
  store i64 %value, ptr %p
  %i1 = add i64 %i, 1
  br label %head
settle:
  %n = phi i64 [ 0, %head ], [ %n1, %give ]
  %all = icmp uge i64 %n, %count
  br i1 %all, label %end, label %give
give:
  %K = call ptr @pointer(ptr %workers, i64 %n)
  call void @set(ptr %K, i64 $K_NEXT, i64 0)
  call void @set(ptr %K, i64 $K_UNTIL, i64 0)
  %n1 = add i64 %n, 1
  br label %settle
end:
  call void @set(ptr %S, i64 $S_DISTINCT, i64 %distinct)
  ret void
}

; the number of the state plus one if it is new, 0 if it is known
define internal i64 @insert(ptr %S, ptr %K, i64 %h, i64 %parent, $declared) {
entry:
  %table = call ptr @pointer(ptr %S, i64 $S_TABLE)
  %mask = call i64 @get(ptr %S, i64 $S_TABLE_MASK)
  %tag = and i64 %h, -4294967296
  %first = and i64 %h, %mask
  br label %probe
probe:
  %slot = phi i64 [ %first, %entry ], [ %slot, %retry ], [ %following, %next ]
  %p = getelementptr i64, ptr %table, i64 %slot
  %e = load atomic i64, ptr %p acquire, align 8
  %empty = icmp eq i64 %e, 0
  br i1 %empty, label %claim, label %check
claim:
  %lock = or i64 %tag, $locked
  %pair = cmpxchg ptr %p, i64 0, i64 %lock acq_rel acquire
  %won = extractvalue { i64, i1 } %pair, 1
  br i1 %won, label %publish, label %retry
retry:
  br label %probe
check:
  %its_tag = and i64 %e, -4294967296
  %alike = icmp eq i64 %its_tag, %tag
  br i1 %alike, label %read, label %next
read:
  %low = and i64 %e, $locked
  %held = icmp eq i64 %low, $locked
  br i1 %held, label %retry, label %compare
compare:
  %number = sub i64 %low, 1
  %old = call ptr @state(ptr %S, i64 %number)
$compare
known:
  ret i64 0
next:
  %slot1 = add i64 %slot, 1
  %following = and i64 %slot1, %mask
  br label %probe
publish:
  %mine = call i64 @number(ptr %S, ptr %K)
  %place = call ptr @state(ptr %S, i64 %mine)
$store_state
  call void @set_parent(ptr %S, i64 %mine, i64 %parent)
  %plus = add i64 %mine, 1
  %value = or i64 %tag, %plus
  store atomic i64 %value, ptr %p release, align 8
  ret i64 %plus
}

define internal void @log(ptr %S, ptr %K, i64 %event, i64 %mask, i64 %parent, i64 %rule, $declared) noinline {
  %n = call i64 @get(ptr %K, i64 $K_LOGGED)
  %fits = icmp ult i64 %n, $log_entries
  br i1 %fits, label %write, label %end
write:
  %lines = call ptr @pointer(ptr %K, i64 $K_LOG)
  %offset = mul i64 %n, $log_words
  %line = getelementptr i64, ptr %lines, i64 %offset
$store_log
  call void @set(ptr %line, i64 $log_event, i64 %event)
  call void @set(ptr %line, i64 $log_mask, i64 %mask)
  call void @set(ptr %line, i64 $log_parent, i64 %parent)
  call void @set(ptr %line, i64 $log_rule, i64 %rule)
  %more = add i64 %n, 1
  call void @set(ptr %K, i64 $K_LOGGED, i64 %more)
  %stop = getelementptr i64, ptr %S, i64 $S_STOP
  store atomic i64 1, ptr %stop release, align 8
  br label %end
end:
  ret void
}

; reports each failing property once: what is reported is closed
define internal void @report(ptr %S, ptr %K, i64 %which, i64 %event, i64 %failed, i64 %parent,
                             i64 %rule, $declared) alwaysinline {
  %p = getelementptr i64, ptr %S, i64 %which
  %open = load atomic i64, ptr %p monotonic, align 8
  %bad = and i64 %failed, %open
  %any = icmp ne i64 %bad, 0
  br i1 %any, label %claim, label %end
claim:
  %rest = xor i64 %bad, -1
  %before = atomicrmw and ptr %p, i64 %rest acq_rel
  %mine = and i64 %before, %bad
  %left = icmp ne i64 %mine, 0
  br i1 %left, label %say, label %end
say:
  call void @log(ptr %S, ptr %K, i64 %event, i64 %mine, i64 %parent, i64 %rule, $passed)
  br label %end
end:
  ret void
}

define internal void @judge_state(ptr %S, ptr %K, i64 %parent, i64 %rule, $declared) alwaysinline {
  %open = call i64 @get(ptr %S, i64 $S_OPEN_STATES)
  %some = icmp ne i64 %open, 0
  br i1 %some, label %look, label %end
look:
  %beginning = call i64 @get(ptr %K, i64 $K_BEGINNING)
  %begins = icmp ne i64 %beginning, 0
  br i1 %begins, label %at_first, label %always
at_first:
  %f = call i64 @judge_first($passed)
  br label %tell
always:
  %a = call i64 @judge($passed)
  br label %tell
tell:
  %failed = phi i64 [ %f, %at_first ], [ %a, %always ]
  call void @report(ptr %S, ptr %K, i64 $S_OPEN_STATES, i64 $EVENT_STATE, i64 %failed,
                    i64 %parent, i64 %rule, $passed)
  br label %end
end:
  ret void
}

; asks for the memory of the states that the entries of the buffer will be compared with
define internal void @announce(ptr %S, ptr %buffer, i64 %n) {
entry:
  %table = call ptr @pointer(ptr %S, i64 $S_TABLE)
  %mask = call i64 @get(ptr %S, i64 $S_TABLE_MASK)
  br label %head
head:
  %i = phi i64 [ 0, %entry ], [ %i1, %next ]
  %done = icmp uge i64 %i, %n
  br i1 %done, label %end, label %look
look:
  %offset = mul i64 %i, $entry_words
  %entry1 = getelementptr i64, ptr %buffer, i64 %offset
  %h = call i64 @get(ptr %entry1, i64 $entry_hash)
  %slot = and i64 %h, %mask
  %p = getelementptr i64, ptr %table, i64 %slot
  %e = load atomic i64, ptr %p monotonic, align 8
  %low = and i64 %e, $locked
  %differs = xor i64 %e, %h
  %tags = lshr i64 %differs, 32
  %alike = icmp eq i64 %tags, 0
  %free = icmp eq i64 %low, 0
  %held = icmp eq i64 %low, $locked
  %no = or i1 %free, %held
  %is = xor i1 %no, true
  %yes = and i1 %alike, %is
  br i1 %yes, label %fetch, label %next
fetch:
  %number = sub i64 %low, 1
  %old = call ptr @state(ptr %S, i64 %number)
  call void @llvm.prefetch.p0(ptr %old, i32 0, i32 3, i32 1)
  br label %next
next:
  %i1 = add i64 %i, 1
  br label %head
end:
  ret void
}

define internal void @degree(ptr %K, i64 %new) alwaysinline {
  %many = icmp ugt i64 %new, 63
  %n = select i1 %many, i64 63, i64 %new
  %degrees = call ptr @pointer(ptr %K, i64 $K_DEGREES)
  call void @count(ptr %degrees, i64 %n, i64 1)
  ret void
}

define internal void @flush(ptr %S, ptr %K) noinline {
entry:
  %n = call i64 @get(ptr %K, i64 $K_BUFFERED)
  %buffer = call ptr @pointer(ptr %K, i64 $K_BUFFER)
  %beginning = call i64 @get(ptr %K, i64 $K_BEGINNING)
  %begins = icmp ne i64 %beginning, 0
  %fired = call ptr @pointer(ptr %K, i64 $K_FIRED)
  %found = call ptr @pointer(ptr %K, i64 $K_FOUND)
  call void @announce(ptr %S, ptr %buffer, i64 %n)
  br label %head
head:
  %i = phi i64 [ 0, %entry ], [ %i1, %next ]
  %new = phi i64 [ 0, %entry ], [ %new3, %next ]
  %last = phi i64 [ 0, %entry ], [ %parent1, %next ]
  %done = icmp uge i64 %i, %n
  br i1 %done, label %end, label %take
take:
  %offset = mul i64 %i, $entry_words
  %entry1 = getelementptr i64, ptr %buffer, i64 %offset
  %h = call i64 @get(ptr %entry1, i64 $entry_hash)
  %parent1 = call i64 @get(ptr %entry1, i64 $entry_parent)
  %info = call i64 @get(ptr %entry1, i64 $entry_info)
  %failed = call i64 @get(ptr %entry1, i64 $entry_failed)
  %ways = call i64 @get(ptr %entry1, i64 $entry_ways)
  call void @count(ptr %K, i64 $K_GENERATED, i64 %ways)
  %rule = and i64 %info, $locked
  %same = icmp eq i64 %parent1, %last
  br i1 %same, label %same_parent, label %other_parent
other_parent:
  %real = icmp ne i64 %last, 0
  br i1 %real, label %note_degree, label %same_parent
note_degree:
  call void @degree(ptr %K, i64 %new)
  br label %same_parent
same_parent:
  %new1 = phi i64 [ %new, %take ], [ 0, %other_parent ], [ 0, %note_degree ]
  br i1 %begins, label %judge_nothing, label %judge_step
judge_step:
  call void @count(ptr %fired, i64 %rule, i64 %ways)
  br label %judge_nothing
judge_nothing:
  %words_at = bitcast ptr %entry1 to ptr
  %got = call i64 @arrive(ptr %S, ptr %K, ptr %words_at, i64 %h, i64 %parent1, i64 %info, i64 %failed)
  %new3 = add i64 %new1, %got
  %not_first = xor i1 %begins, true
  br i1 %not_first, label %note_found, label %next
note_found:
  call void @count(ptr %found, i64 %rule, i64 %got)
  br label %next
next:
  %i1 = add i64 %i, 1
  br label %head
end:
  %any = icmp ne i64 %last, 0
  br i1 %any, label %last_degree, label %out
last_degree:
  call void @degree(ptr %K, i64 %new)
  br label %out
out:
  call void @set(ptr %K, i64 $K_BUFFERED, i64 0)
  ret void
}

; takes note of a state and of the step to it; 1 if it is new
define internal i64 @arrive(ptr %S, ptr %K, ptr %entry, i64 %h, i64 %parent, i64 %info, i64 %failed) {
begin:
$load_entry
  %rule = and i64 %info, $locked
$recall
look:
  call void @report(ptr %S, ptr %K, i64 $S_OPEN_STEPS, i64 $EVENT_STEP, i64 %failed,
                    i64 %parent, i64 %rule, $passed)
  %place = call i64 @place($passed)
  %unclear = icmp ugt i64 %place, 1
  br i1 %unclear, label %no_value, label %placed
no_value:
  call void @log(ptr %S, ptr %K, i64 $EVENT_UNCLEAR, i64 0, i64 %parent, i64 %rule, $passed)
  ret i64 0
placed:
  %inside = icmp eq i64 %place, 0
  br i1 %inside, label %ask_step, label %beyond
ask_step:
  %no_answer = icmp uge i64 %info, $unclear
  br i1 %no_answer, label %no_value, label %answered
answered:
  %allowed = icmp ugt i64 %info, $locked
  br i1 %allowed, label %keep, label %beyond
keep:
  %number = call i64 @insert(ptr %S, ptr %K, i64 %h, i64 %parent, $kept)
$remember
  %known = icmp eq i64 %number, 0
  br i1 %known, label %end, label %fresh
fresh:
  call void @judge_state(ptr %S, ptr %K, i64 %parent, i64 %rule, $passed)
  ret i64 1
beyond:
  call void @judge_state(ptr %S, ptr %K, i64 %parent, i64 %rule, $passed)
  br label %end
end:
  ret i64 0
}

; makes the initial states
define i64 @begin(ptr %S, ptr %K) {
  call void @initial(ptr %S, ptr %K, i64 0)
  call void @flush(ptr %S, ptr %K)
  %status = call i64 @get(ptr %K, i64 $K_STATUS)
  ret i64 %status
}

; the successors of a state that need not be kept, in the buffer
define i64 @look(ptr %S, ptr %K, ptr %here) {
$load_state
  call void @set(ptr %K, i64 $K_STATUS, i64 0)
  call void @set(ptr %K, i64 $K_BUFFERED, i64 0)
  call void @step(ptr %S, ptr %K, i64 0, $passed)
  %status = call i64 @get(ptr %K, i64 $K_STATUS)
  ret i64 %status
}

; what fails in a state that need not be kept: as an initial one, as a later one, and its place
define void @test(ptr %here, ptr %out) {
$load_state
  %f = call i64 @judge_first($passed)
  %a = call i64 @judge($passed)
  %place = call i64 @place($passed)
  call void @set(ptr %out, i64 0, i64 %f)
  call void @set(ptr %out, i64 1, i64 %a)
  call void @set(ptr %out, i64 2, i64 %place)
  ret void
}

; puts the states that stand for them in the place of the states of an array
define void @represent(ptr %states, i64 %count) {
entry:
  br label %head
head:
  %i = phi i64 [ 0, %entry ], [ %i1, %take ]
  %done = icmp uge i64 %i, %count
  br i1 %done, label %end, label %take
take:
  %offset = mul i64 %i, $words
  %here = getelementptr i64, ptr %states, i64 %offset
$canonical
  %i1 = add i64 %i, 1
  br label %head
end:
  ret void
}

; takes back what was counted of the steps out of a state
define internal void @take_back(ptr %K) noinline {
entry:
  %passed = call i64 @get(ptr %K, i64 $K_PASSED_OVER)
  %notes = call ptr @pointer(ptr %K, i64 $K_PASSED)
  %fired = call ptr @pointer(ptr %K, i64 $K_FIRED)
  br label %head
head:
  %i = phi i64 [ 0, %entry ], [ %i1, %take ]
  %done = icmp uge i64 %i, %passed
  br i1 %done, label %end, label %take
take:
  %even = mul i64 %i, 2
  %odd = add i64 %even, 1
  %rule = call i64 @get(ptr %notes, i64 %even)
  %ways = call i64 @get(ptr %notes, i64 %odd)
  %less = sub i64 0, %ways
  call void @count(ptr %fired, i64 %rule, i64 %less)
  call void @count(ptr %K, i64 $K_GENERATED, i64 %less)
  %i1 = add i64 %i, 1
  br label %head
end:
  ret void
}

; expands up to %most states of the level
define i64 @run(ptr %S, ptr %K, i64 %most) {
entry:
  br label %head
head:
  %left = phi i64 [ %most, %entry ], [ %left, %take ], [ %left1, %onward ]
  %stop.p = getelementptr i64, ptr %S, i64 $S_STOP
  %stop = load atomic i64, ptr %stop.p acquire, align 8
  %stopped = icmp ne i64 %stop, 0
  br i1 %stopped, label %halt, label %have
have:
  %spent = icmp eq i64 %left, 0
  br i1 %spent, label %pause, label %look
look:
  %low = call i64 @get(ptr %K, i64 $K_LOW)
  %high = call i64 @get(ptr %K, i64 $K_HIGH)
  %some = icmp ult i64 %low, %high
  br i1 %some, label %room, label %ask
ask:
  %cursor.p = getelementptr i64, ptr %S, i64 $S_CURSOR
  %end = call i64 @get(ptr %S, i64 $S_END)
  %cursor = load atomic i64, ptr %cursor.p monotonic, align 8
  %over = icmp uge i64 %cursor, %end
  br i1 %over, label %level, label %take
take:
  %from = atomicrmw add ptr %cursor.p, i64 $taken acq_rel
  %to0 = add i64 %from, $taken
  %short = icmp ugt i64 %to0, %end
  %to = select i1 %short, i64 %end, i64 %to0
  call void @set(ptr %K, i64 $K_LOW, i64 %from)
  call void @set(ptr %K, i64 $K_HIGH, i64 %to)
  br label %head
room:
  %counter = getelementptr i64, ptr %S, i64 $S_DISTINCT
  %distinct = load atomic i64, ptr %counter monotonic, align 8
  %limit = call i64 @get(ptr %S, i64 $S_LIMIT)
  %full = icmp ugt i64 %distinct, %limit
  br i1 %full, label %no_room, label %expand
expand:
  %here = call ptr @state(ptr %S, i64 %low)
$load_state
  %before = call i64 @get(ptr %K, i64 $K_BUFFERED)
  %me = add i64 %low, 1
  call void @set(ptr %K, i64 $K_PASSED_OVER, i64 0)
  call void @step(ptr %S, ptr %K, i64 %me, $passed)
  %status = call i64 @get(ptr %K, i64 $K_STATUS)
  %fine = icmp eq i64 %status, 0
  br i1 %fine, label %made, label %broken
broken:
  call void @take_back(ptr %K)
  call void @set(ptr %K, i64 $K_BUFFERED, i64 %before)
  store atomic i64 1, ptr %stop.p release, align 8
  call void @flush(ptr %S, ptr %K)
  ret i64 %status
made:
  %after = call i64 @get(ptr %K, i64 $K_BUFFERED)
  %buffered = sub i64 %after, %before
  call void @count(ptr %K, i64 $K_EXPANDED, i64 1)
  %low1 = add i64 %low, 1
  call void @set(ptr %K, i64 $K_LOW, i64 %low1)
  %none = icmp eq i64 %buffered, 0
  br i1 %none, label %barren, label %onward0
barren:
  call void @degree(ptr %K, i64 0)
  %passed = call i64 @get(ptr %K, i64 $K_PASSED_OVER)
  %alive = icmp ne i64 %passed, 0
  br i1 %alive, label %onward0, label %dead
dead:
  call void @report(ptr %S, ptr %K, i64 $S_DEADLOCK, i64 $EVENT_DEADLOCK, i64 1, i64 %me, i64 0, $passed)
  br label %onward0
onward0:
  %enough = icmp uge i64 %after, $waiting
  br i1 %enough, label %empty, label %onward
empty:
  call void @flush(ptr %S, ptr %K)
  br label %onward
onward:
  %left1 = sub i64 %left, 1
  br label %head
halt:
  call void @flush(ptr %S, ptr %K)
  ret i64 $IS_HALTED
pause:
  call void @flush(ptr %S, ptr %K)
  ret i64 $IS_PAUSED
level:
  call void @flush(ptr %S, ptr %K)
  ret i64 $IS_LEVEL
no_room:
  call void @flush(ptr %S, ptr %K)
  store atomic i64 1, ptr %stop.p release, align 8
  ret i64 $IS_FULL
}

; enters the states of a range of numbers, all different, into an empty or partly filled table; other
; ranges may be entered beside it. The memory of a slot is asked for while states before it are entered.
define void @rehash(ptr %S, i64 %from, i64 %to) {
entry:
  %table = call ptr @pointer(ptr %S, i64 $S_TABLE)
  %mask = call i64 @get(ptr %S, i64 $S_TABLE_MASK)
  %last = sub i64 %to, 1
  br label %head
head:
  %i = phi i64 [ %from, %entry ], [ %i1, %put ]
  %done = icmp uge i64 %i, %to
  br i1 %done, label %end, label %take
take:
  %ahead = add i64 %i, $ahead
  %within = icmp ult i64 %ahead, %to
  %coming = select i1 %within, i64 %ahead, i64 %last
  %hc = call i64 @hash_of(ptr %S, i64 %coming)
  %slotc = and i64 %hc, %mask
  %pc = getelementptr i64, ptr %table, i64 %slotc
  call void @llvm.prefetch.p0(ptr %pc, i32 1, i32 3, i32 1)
  %h = call i64 @hash_of(ptr %S, i64 %i)
  %first = and i64 %h, %mask
  %tag = and i64 %h, -4294967296
  %i1 = add i64 %i, 1
  %value = or i64 %tag, %i1
  br label %probe
probe:
  %slot = phi i64 [ %first, %take ], [ %slot2, %occupied ]
  %p = getelementptr i64, ptr %table, i64 %slot
  %e = load atomic i64, ptr %p monotonic, align 8
  %free = icmp eq i64 %e, 0
  br i1 %free, label %claim, label %occupied
claim:
  %pair = cmpxchg ptr %p, i64 0, i64 %value monotonic monotonic
  %won = extractvalue { i64, i1 } %pair, 1
  br i1 %won, label %put, label %occupied
occupied:
  %slot1 = add i64 %slot, 1
  %slot2 = and i64 %slot1, %mask
  br label %probe
put:
  br label %head
end:
  ret void
}

; the sum of the hashes of the first states, whatever their order
define i64 @digest(ptr %S, i64 %count) {
entry:
  br label %head
head:
  %i = phi i64 [ 0, %entry ], [ %i1, %take ]
  %sum = phi i64 [ 0, %entry ], [ %sum1, %take ]
  %done = icmp uge i64 %i, %count
  br i1 %done, label %end, label %take
take:
  %here = call ptr @state(ptr %S, i64 %i)
$load_state
  %h = call i64 @hash($passed)
  %sum1 = add i64 %sum, %h
  %i1 = add i64 %i, 1
  br label %head
end:
  ret i64 %sum
}
