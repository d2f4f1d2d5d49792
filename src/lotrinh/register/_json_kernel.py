"""Finds the pieces of a JSON text without building them, compiled: whole objects, also in a text that is damaged."""

from __future__ import annotations

from typing import Any

from numba import njit

MEMBER, ELEMENT, FOUND, FAILED = range(4)
"""What a row of `scan` tells: a member of the outermost object, an element of a list that is one, an object found after
damage, a place that could not be read."""
BEGIN, IN_OBJECT, NEXT_KEY, AFTER_MEMBER, IN_LIST, AFTER_ELEMENT, AT_END, LOST, DONE = range(9)
"""Where the scan stands; `LOST` from the first damage on."""
DEPTH = 256
"""Deepest nesting of an object that is read on its own."""

_inner = njit(nogil=True, _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""Compiled into `scan`, which alone is called and kept between runs."""


@_inner
def _string(data: Any, at: int, size: int) -> int:
    """Return where the string that begins at `at` ends, or `size + 1` where it does not."""
    at += 1
    while at < size:
        byte = data[at]
        if byte == 34:
            return at + 1
        at += 2 if byte == 92 else 1
    return size + 1


@_inner
def _blanks(data: Any, at: int, size: int) -> int:
    """Return the first place from `at` on that is no blank."""
    while at < size and (data[at] == 32 or data[at] == 10 or data[at] == 13 or data[at] == 9):
        at += 1
    return at


@_inner
def _literal(data: Any, at: int, size: int) -> int:
    """Return where the run of letters, digits, signs and points from `at` on ends."""
    while at < size:
        byte = data[at]
        if not (48 <= byte <= 57 or 65 <= byte <= 90 or 97 <= byte <= 122 or byte in (43, 45, 46)):
            break
        at += 1
    return at


@_inner
def _value(data: Any, at: int, size: int, stack: Any) -> int:
    """Return where the JSON value that begins at `at` ends, or ``-1 - place`` of the first byte that cannot be there.

    Literals are any run of letters, digits, signs and points, and strings may hold any byte: what they are worth is
    found out when the piece is built. Where it is nested too deeply, `stack` begins with 0 afterwards.
    """
    depth, want = 0, 0  # 0 a value, 1 a value or ], 2 a key, 3 a key or }, 4 a colon, 5 a comma or an end
    while True:
        at = _blanks(data, at, size)
        if at >= size:
            return -1 - size
        byte, here, first = data[at], at, want == 1
        if want <= 1:
            want = 5
            if byte in (123, 91):
                if depth == len(stack):
                    stack[0] = 0
                    return -1 - here
                stack[depth] = byte
                depth, at, want = depth + 1, at + 1, 3 if byte == 123 else 1
            elif byte == 34:
                at = _string(data, at, size)
            elif byte == 93 and first:
                depth, at = depth - 1, at + 1
            else:
                at = _literal(data, at, size)
                if at == here:
                    return -1 - here
        elif want <= 3:
            if byte == 34:
                at, want = _string(data, at, size), 4
            elif byte == 125 and want == 3:
                depth, at, want = depth - 1, at + 1, 5
            else:
                return -1 - here
        elif want == 4:
            if byte != 58:
                return -1 - here
            at, want = at + 1, 0
        else:
            if byte == 44:
                want = 2 if stack[depth - 1] == 123 else 0
            elif byte == stack[depth - 1] + 2:
                depth -= 1
            else:
                return -1 - here
            at += 1
        if at > size:
            return -1 - size
        if depth == 0 and want == 5:
            return at


@_inner
def _member(data: Any, at: int, size: int, stack: Any, row: Any) -> int:
    """Read a key and, unless it is a list, its value into `row`; return the mode that follows. `row[4]` is where."""
    row[0], row[3], row[4] = FAILED, at, at
    if data[at] != 34:
        return LOST
    end = _string(data, at, size)
    colon = _blanks(data, end, size)
    if colon >= size or data[colon] != 58:
        row[4] = min(colon, size)
        return LOST
    row[1], row[2] = at, end
    at = _blanks(data, colon + 1, size)
    row[3], row[4] = at, at + 1
    if at < size and data[at] == 91:
        return IN_LIST
    end = _value(data, at, size, stack)
    row[4] = end if end >= 0 else -1 - end
    if end < 0:
        return LOST
    row[0] = MEMBER
    return AFTER_MEMBER


@_inner
def _object(data: Any, at: int, size: int, stack: Any, row: Any) -> int:
    """Read the next object from `at` on into `row`; return where to go on, `size + 1` where there is none."""
    while at < size and data[at] != 123:
        at += 1
    if at >= size:
        return size + 1
    stack[0] = 1
    end = _value(data, at, size, stack)
    row[0], row[1], row[2], row[3], row[4] = FOUND, 0, 0, at, end
    if end >= 0:
        return end
    row[0], row[4] = FAILED, -1 - end
    return -1 - end if stack[0] == 0 else at + 1


@njit(cache=True, nogil=True)
def scan(data: Any, state: Any, rows: Any, stack: Any) -> int:
    """Fill `rows` with the next pieces of `data`, an array of bytes, and return how many; 0 at the end.

    A row is what it is, where the key of its member begins and ends, and where it itself begins and ends; for `FAILED`
    where the piece that could not be read begins and where its first wrong byte stands. `state` is where the scan
    stands, its mode, whether the last row failed, the key of the list it is in, and where the last whole object ended,
    for damage may lie in a text after it that swallowed a brace; it begins as zeros.

    Before any damage the grammar of JSON is followed from the outermost object down to its lists. After it every
    opening brace is tried: what is a whole object from there on is found, so that damage costs what it touches. Of what
    is nested too deeply only the inner end is tried, or it would take for ever.
    """
    size, at, mode, count = len(data), state[0], state[1], 0
    while count < len(rows) and mode != DONE:
        row = rows[count]
        row[1], row[2] = state[3], state[4]
        if mode == LOST:
            at = _object(data, at, size, stack, row)
            if at > size:
                mode = DONE
                break
            count += row[0] == FOUND or state[2] == 0
            state[2] = row[0] == FAILED
            continue
        at = _blanks(data, at, size)
        if at >= size:
            if mode != AT_END:
                row[0], row[3], row[4] = FAILED, size, size
                count += 1
            mode = DONE
            break
        byte, before = data[at], mode
        mode = LOST
        if before in (BEGIN, AT_END):
            if byte == 123:
                mode = IN_OBJECT
            elif byte == 91 and before == BEGIN:
                mode = IN_LIST
            state[3], state[4] = 0, 0
        elif before == IN_LIST:
            if byte == 93:
                mode = AFTER_MEMBER if state[4] > 0 else AT_END
            else:
                end = _value(data, at, size, stack)
                row[0], row[3], row[4] = ELEMENT, at, end
                if end >= 0:
                    if byte in (123, 91):
                        state[5] = end
                    at, mode, count = end, AFTER_ELEMENT, count + 1
                    continue
                row[4] = -1 - end
        elif before == AFTER_ELEMENT:
            if byte == 44:
                mode = IN_LIST
            elif byte == 93:
                mode = AFTER_MEMBER if state[4] > 0 else AT_END
        elif byte == 125 and before != NEXT_KEY:
            mode = AT_END
        elif byte == 44 and before == AFTER_MEMBER:
            mode = NEXT_KEY
        elif before != AFTER_MEMBER:
            mode = _member(data, at, size, stack, row)
            state[3], state[4] = row[1], row[2]
            if mode != LOST:
                if data[row[3]] == 123:
                    state[5] = row[4]
                at, count = row[4], count + (mode == AFTER_MEMBER)
                continue
            at = row[3]
        if mode == LOST:
            if before != IN_LIST and row[0] != FAILED:
                row[4] = at
            row[0], row[3] = FAILED, at
            row[4] = max(row[4], at)
            state[2], count = 1, count + 1
            at = state[5]
        else:
            at += 1
    state[0], state[1] = at, mode
    return count
