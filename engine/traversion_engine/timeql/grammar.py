"""The grammar of TimeQL and the only user of parsimonious.

Upper-case rules are keywords (see `terminals`); rules that begin with `_` leave no piece. Brackets,
calls and lists are one flat rule, `inner`, so that a level of nesting costs few Python frames;
precedence is not in the grammar at all but in `build_expressions`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from typing import Any, Final

# parsimonious ships no types, and its stubs are those of another version.
from parsimonious.exceptions import ParseError
from parsimonious.expressions import Expression, Regex
from parsimonious.grammar import Grammar
from parsimonious.nodes import Node, RegexNode

from traversion_engine.diagnostic import Span
from traversion_engine.timeql.pieces import Piece
from traversion_engine.timeql.terminals import BLANK, Terminal, terminals

RULES: Final = r"""
query         = prefix _statement semicolon* end
prefix        = _blank EXPLAIN*
_statement    = state / stack / timeline / select / traverse / path / root_cause / match_pattern
              / patterns / anomalies / compare / predict_when / predict / what_if / trace / calls
              / history / goto / mark / edges / show / help

state         = STATE (at / where / for_fields / changed_since / over)*
stack         = STACK (at / where)*
timeline      = TIMELINE (_scope / where / limit)*
select        = SELECT item (comma item)* (from_events / _scope / where / group_by / every
              / having / order_by / limit)*
traverse      = TRAVERSE (from_event / following / via / min_confidence / depth / until / where
              / without / limit)*
path          = PATH (from_event / to_event / via / min_confidence / without)*
root_cause    = ROOT CAUSE (of / at / _scope / without)*
match_pattern = MATCH PATTERN (steps / _scope / by_keys)*
patterns      = PATTERNS (_scope / min_support)*
anomalies     = ANOMALIES (_scope / for_fields / by)*
compare       = COMPARE time (with_time / for_measures / over / by / where)*
predict_when  = PREDICT WHEN expr within?
predict       = PREDICT (next / from_time / for_fields / by / where / every)*
what_if       = WHAT IF _change (comma _change)* (_scope / for_fields)*
trace         = TRACE event
calls         = CALLS (at / over / _scope)*
history       = HISTORY (of_target / _scope)*
goto          = GOTO _moment
mark          = MARK _mark_name at?
edges         = EDGES (_scope / where / with_returns / without)*
show          = SHOW _show_kind
help          = HELP topic?

at            = AT time
where         = WHERE expr
for_fields    = FOR _fields
for_measures  = FOR_measures amount (comma amount)*
changed_since = CHANGED SINCE_changed time
over          = OVER duration
limit         = LIMIT whole
every         = EVERY duration
from_events   = FROM_table EVENTS
group_by      = GROUP BY_group amount (comma amount)*
having        = HAVING expr
order_by      = ORDER BY_order order_item (comma order_item)*
order_item    = amount _direction?
_direction    = DESC / ASC
item          = star / _aliased
_aliased      = amount (AS _alias)?
_alias        = alias_quoted / alias_name
from_event    = FROM_event event
to_event      = TO_event event
following     = FOLLOWING _toward
_toward       = BACKWARD / FORWARD / BOTH
via           = VIA _kind (comma _kind)*
_kind         = DIRECT / TEMPORAL / DATA / SERVICE
min_confidence = MIN_confidence CONFIDENCE share
min_support   = MIN_support SUPPORT whole
depth         = DEPTH whole
until         = UNTIL expr
without       = WITHOUT _veto (comma _veto)*
_veto         = veto_edge / _kind
veto_edge     = event arrow event
of            = OF event
steps         = WHERE expr step* within
step          = NOT_step? FOLLOWED BY_step expr
within        = WITHIN duration
by_keys       = BY _by_keys
_by_keys      = NOTHING / _fields
by            = BY _field
with_time     = WITH time
with_returns  = WITH RETURNS
next          = NEXT duration
from_time     = FROM_time time
of_target     = OF_target target
_change       = drop_calls / change
drop_calls    = WITHOUT_calls _service arrow _service
change        = target change_op _change_value
_change_value = BASELINE / quantity
target        = _dotted / target_name
_dotted       = _owner dot _field
_owner        = owner_string / owner_quoted
_service      = service_string / service_quoted / service_name
_mark_name    = mark_string / bookmark / alias_name
_show_kind    = SERVICES / FIELDS / TYPES / SOURCES / GAPS / BOOKMARKS
_fields       = _field (comma _field)*
_field        = name_quoted / name

_scope        = scope_from / scope_since / scope_to / scope_between / scope_last / scope_around
scope_from    = FROM time (TO_part time)?
scope_since   = SINCE time
scope_to      = TO time
scope_between = BETWEEN time AND_between time
scope_last    = _last duration
_last         = (IN LAST_in) / LAST
scope_around  = AROUND time (WITHIN_radius duration)?

time          = _time offset?
_time         = time_string / time_date / time_clock / time_epoch / ago / NOW / PLAYHEAD / START
              / END / bookmark / _time_event
_time_event   = seq / SELECTED / first_error / last_error / first_match / event_word
offset        = sign duration
ago           = ago_number duration_unit (duration_more unit_more)* AGO
duration      = duration_number duration_unit (duration_more unit_more)*
event         = event_string / seq / SELECTED / first_error / last_error / first_match
              / event_word / event_id
_moment       = time / event_id
first_error   = FIRST_error ERROR
last_error    = LAST_error ERROR_last
first_match   = open WHERE_event expr close

expr          = NOT* _first _tail*
amount        = _first (_amount_group / _amount_atom)*
_amount_group = _calculate _opener inner close
_amount_atom  = _calculate _atom
_calculate    = op_add / op_multiply
inner         = NOT* _first _more*
_first        = _group / _atom
_more         = _comma_group / _comma_atom / _tail
_comma_group  = comma NOT* _opener inner close
_comma_atom   = comma NOT* _atom
_tail         = _op_group / _op_atom / _in_group / is_null
_op_group     = _op NOT* _opener inner close
_in_group     = in_list list_open inner close
_op_atom      = _op NOT* _atom
_group        = _opener inner close
_opener       = call_open / open
in_list       = NOT? IN_list
is_null       = IS NOT? NULL_is
_op           = op_compare / AND / OR / BETWEEN_op / LIKE / CONTAINS / op_regex / op_not
              / _calculate
op_not        = NOT _negatable
_negatable    = BETWEEN_op / LIKE / CONTAINS
_atom         = string / value_ago / value_date / value_clock / value_seq / value_bookmark
              / TRUE / FALSE / NULL / call_empty / call_star / quantity / field_quoted
              / field
value_ago     = number_more unit (number_more unit)* AGO_value
quantity      = number _measure?
_measure      = percent / _units
_units        = unit (number_more unit)*
"""

DEFINED: Final[dict[str, str]] = dict(re.findall(r"^(\w+) *= (.*(?:\n +.*)*)", RULES, re.MULTILINE))
"""Every rule's right-hand side."""

TERMINALS: Final[dict[str, Terminal]] = terminals(RULES)

HIDDEN_RULE: Final = "_"


class Attempt:
    """One run of the grammar over one text: the pieces if it matched, and what failed where.

    The text is closed by a NUL, which only `end` matches, so that the grammar tries what may follow
    at the very end too. Among terminals the furthest position at which one failed is where the
    error is, and all that failed there are what was expected.
    """

    def __init__(self, text: str, clause_at: int | None = None) -> None:
        """Read a text; a BETWEEN at `clause_at` is no operator but begins a scope.

        Raises:
            RecursionError: only where the caller's own stack is nearly full.
        """
        grammar = _grammar()
        self._text = text + "\0"
        self._cache: defaultdict[int, dict[int, Node | None]] = defaultdict(dict)
        if clause_at is not None:
            self._cache[_terminals()["BETWEEN_op"]][clause_at] = None
        self._node = self._run(grammar["query"])

    def _run(self, rule: Expression) -> Node | None:
        node: Node | None = rule.match_core(self._text, 0, self._cache, ParseError(self._text))
        return node

    @property
    def query(self) -> Piece | None:
        """The whole statement's piece, None where the text is no statement."""
        return None if self._node is None else _piece(self._node)

    def statement(self) -> Piece | None:
        """The piece of the statement that the text begins with, whatever follows it."""
        grammar = _grammar()
        prefix = self._cache[id(grammar["prefix"])].get(0)
        if prefix is None:
            return None
        node = self._cache[id(grammar["_statement"])].get(prefix.end)
        return None if node is None else _piece(node.children[0])

    def failed_at(self, position: int) -> frozenset[str]:
        """The terminals that were tried at a position and did not match."""
        return frozenset(
            name
            for name, terminal in _terminals().items()
            if self._cache[terminal].get(position, self) is None
        )

    def furthest(self) -> int:
        """The last position at which a terminal failed."""
        return max(
            (
                position
                for terminal in _terminals().values()
                for position, node in self._cache[terminal].items()
                if node is None
            ),
            default=0,
        )

    def matched_before(self, position: int, *rules: str) -> Piece | None:
        """The terminal of `rules` that matched up to `position`, blanks included."""
        for rule in rules:
            for node in self._cache[_terminals()[rule]].values():
                if node is not None and node.end == position:
                    return _piece(node)
        return None


def reads(rule: str, text: str, following: str = "") -> bool:
    """Whether a terminal takes a text as a whole where `following` comes next."""
    found = _grammar()[rule].re.match(text + following)
    return found is not None and found.group(1) == text


class _Tried(Regex):  # type: ignore[misc] # the library has no types
    """A terminal whose regex is compiled when it is first tried: most statements try few of all."""

    __slots__ = ("_compiled", "_pattern")

    def __init__(self, pattern: str, name: str) -> None:
        Expression.__init__(self, name)
        self._pattern = pattern
        self._compiled: Any = None

    @property
    def re(self) -> Any:
        """The compiled regex, case ignored."""
        if self._compiled is None:
            self._compiled = Regex(self._pattern, ignore_case=True).re
        return self._compiled


@cache
def _grammar() -> Grammar:
    regexes = {
        name: _Tried(f"({terminal.pattern}){BLANK}", name) for name, terminal in TERMINALS.items()
    }
    return Grammar(RULES, _blank=Regex(BLANK, name="_blank"), **regexes)


@cache
def _terminals() -> dict[str, int]:
    grammar = _grammar()
    return {name: id(grammar[name]) for name in TERMINALS}


def _piece(root: Node) -> Piece:
    """The tree of named rules, built without recursion."""
    done: list[list[Piece]] = [[]]
    todo: list[tuple[Node, bool]] = [(root, False)]
    while todo:
        node, finished = todo.pop()
        shown = bool(node.expr_name) and not node.expr_name.startswith(HIDDEN_RULE)
        if finished:
            children = tuple(done.pop())
            end = children[-1].span.end if children else node.start
            done[-1].append(Piece(node.expr_name, Span(node.start, end), "", children))
        elif isinstance(node, RegexNode):
            if shown:
                span = Span(node.start, node.match.end(1))
                done[-1].append(Piece(node.expr_name, span, node.match.group(1)))
        else:
            if shown:
                todo.append((node, True))
                done.append([])
            todo.extend((child, False) for child in reversed(node.children))
    return done[0][0]
