"""The changes dev/mutate tries: each is a small fault that somebody could have written."""

import ast
import copy
from typing import NamedTuple

COMPARED = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
COMPUTED = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
# Functions, wherever they stand, and methods.
FUNCTIONS = "min max, any all"
METHODS = "minimum maximum, fmin fmax, floor ceil, first last, head tail, argmin argmax"


def _both_ways(pairs):
    found = dict(pair.split() for pair in pairs.split(","))
    return found | {other: one for one, other in found.items()}


NAMES = {ast.Name: _both_ways(FUNCTIONS), ast.Attribute: _both_ways(f"{FUNCTIONS}, {METHODS}")}
WORDS = {"left": "right", "right": "left", "any": "all", "all": "any"}


class Mutant(NamedTuple):
    """``number``: which of its file; ``before``, ``after``: what was changed, as source."""

    file: str
    number: int
    line: int
    before: str
    after: str


def _constant(node):
    value = node.value
    if isinstance(value, bool):
        return [ast.Constant(not value)]
    if isinstance(value, int | float):
        return [ast.Constant(value + 1), ast.Constant(value - 1)]
    if isinstance(value, str) and value in WORDS:
        return [ast.Constant(WORDS[value])]
    return []


def _compare(node):
    found = []
    for place, operator in enumerate(node.ops):
        for other in COMPARED[type(operator)]:
            new = copy.copy(node)
            new.ops = [*node.ops[:place], other(), *node.ops[place + 1 :]]
            found.append(new)
    return found


def _operator(node):
    if type(node.op) not in COMPUTED:
        return []
    new = copy.copy(node)
    new.op = COMPUTED[type(node.op)]()
    return [new]


def _bool(node):
    new = copy.copy(node)
    new.op = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
    return [new]


def _test(node):
    new = copy.copy(node)
    new.test = ast.UnaryOp(ast.Not(), node.test)
    return [new]


def _return(node):
    if node.value is None or (isinstance(node.value, ast.Constant) and node.value.value is None):
        return []
    return [ast.Return(ast.Constant(None))]


def _name(node):
    field = "attr" if isinstance(node, ast.Attribute) else "id"
    other = NAMES[type(node)].get(getattr(node, field))
    if not other or not isinstance(node.ctx, ast.Load):
        return []
    new = copy.copy(node)
    setattr(new, field, other)
    return [new]


CHANGES = {
    ast.Constant: _constant,
    ast.Compare: _compare,
    ast.BinOp: _operator,
    ast.AugAssign: _operator,
    ast.BoolOp: _bool,
    ast.UnaryOp: lambda node: [] if isinstance(node.operand, ast.Constant) else [node.operand],
    ast.If: _test,
    ast.IfExp: _test,
    ast.Return: _return,
    ast.Continue: lambda _node: [ast.Break()],
    ast.Break: lambda _node: [ast.Continue()],
    ast.Name: _name,
    ast.Attribute: _name,
}


def _parts(node):
    """Yield (node, parent, field, place in a list or None) of all that is run, annotations not."""
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "type_comment"):
            continue
        for place, child in enumerate(value) if isinstance(value, list) else ((None, value),):
            if isinstance(child, ast.AST):
                yield child, node, field, place
                yield from _parts(child)


def _words(node):
    """Return source on one line; of a block its head."""
    return ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).splitlines()[0]


def mutants(path):
    """Return every Mutant of a file, always in the same order."""
    return [
        Mutant(path.stem, number, node.lineno, _words(node), _words(new))
        for number, (node, new, _place) in enumerate(_changes(_parse(path)))
    ]


def changed(path, number):
    """Return the module with one change, ready to be compiled."""
    tree = _parse(path)
    node, new, place = list(_changes(tree))[number]
    _put(*place, ast.copy_location(new, node))
    return ast.fix_missing_locations(tree)


def _parse(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def _changes(tree):
    for node, *place in list(_parts(tree)):
        for new in CHANGES.get(type(node), lambda _node: [])(node):
            yield node, new, place


def _put(parent, field, place, node):
    if place is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[place] = node
