"""Classes at the top level of a module, in pieces: bases, decorators, methods and other members."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence

from caselaw.fingerprint.code.reading.chains import dotted_chain
from caselaw.fingerprint.code.reading.facts import OWN, PASSED_ON, Done, Ref
from caselaw.fingerprint.code.reading.lookups import constant_text
from caselaw.fingerprint.code.reading.modules import ENGINE, standard_library
from caselaw.fingerprint.code.reading.names import names_of, names_of_class
from caselaw.fingerprint.code.reading.references import Walker
from caselaw.fingerprint.code.reading.scopes import Scope, with_type_parameters
from caselaw.fingerprint.code.reading.syntax_digest import Function, Reading, class_scope, counted_statements
from caselaw.fingerprint.code.reading.table import ClassTable, Part
from caselaw.fingerprint.code.reading.table_parts import Parts, lines_of


def class_table(statement: ast.ClassDef, make: Parts) -> ClassTable:
    """The table of a class statement."""
    outer = with_type_parameters(statement, make.module)
    inner = outer.within(names_of_class(statement), is_class=True)
    annotations = class_scope(statement, make.reading)
    statements: list[Part] = []
    methods: dict[str, list[Part]] = {}
    registering: list[Done] = []
    for member in counted_statements(statement.body, annotations, make.reading):
        part = make.of_member(member, annotations, inner, statement.name)
        if isinstance(member, Function):
            if not all(_is_of_others(decorator, make.reading) for decorator in member.decorator_list):
                part = part._replace(mentions=part.mentions | {PASSED_ON})
            methods.setdefault(member.name, []).append(part)
            for what, times in decorators_of(member.decorator_list):
                found = Walker(make.module, make.reading).references(what.chain, what.line, inner) if what.chain else []
                registering.extend(Done(ref, times) for ref in found if ref.level == OWN)
        else:
            statements.append(_member(part, member, Walker(make.module, make.reading), inner))
    return ClassTable(
        head=_head(statement, make),
        decorators=tuple(make.of_statement(decorator) for decorator in statement.decorator_list),
        bases=tuple(make.of_member(base, make.annotations, outer, "") for base in statement.bases),
        statements=tuple(statements),
        methods={name: tuple(parts) for name, parts in methods.items()},
        method_decorators=tuple(dict.fromkeys(registering)),
    )


def _is_of_others(decorator: ast.expr, reading: Reading) -> bool:
    """Whether a decorator comes from a library that knows no members of ours: it takes none of the object's."""
    top = reading.origin(decorator).partition(".")[0]
    own = isinstance(decorator, ast.Attribute) and decorator.attr in ("setter", "getter", "deleter")
    return own or top in ENGINE or top in ("classmethod", "property", "staticmethod") or standard_library(top)


def _head(statement: ast.ClassDef, make: Parts) -> Part:
    """Name and keywords; the lines are those of all that stands before the body."""
    bare = ast.ClassDef(name=statement.name, bases=[], keywords=statement.keywords, body=[], decorator_list=[])
    if sys.version_info >= (3, 12):
        bare.type_params = statement.type_params
    part = make.of_statement(ast.copy_location(bare, statement))
    last = max([statement.lineno, *(lines_of(node)[1] for node in (*statement.bases, *statement.keywords))])
    return part._replace(lines=(lines_of(statement)[0], last))


def decorators_of(decorators: Sequence[ast.expr]) -> Iterator[Done]:
    """What decorates, and how often it is called: `@f` once, `@f(1)` twice."""
    for node in decorators:
        calls = 1
        while isinstance(node, ast.Call):
            calls, node = calls + 1, node.func
        yield Done(Ref(node.lineno, OWN, "", dotted_chain(node)), calls)


def _member(part: Part, node: ast.AST, walker: Walker, scope: Scope) -> Part:
    """The part of a statement in a class, with what it binds and where the value comes from."""
    names = names_of([node])
    value = getattr(node, "value", None)
    refs: list[Ref] = []
    if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(value, ast.Call):
        chain = dotted_chain(value.func)
        refs = walker.references(chain, value.lineno, scope) if chain else []
    bound = tuple(sorted({*names.bound, *names.imported}))
    texts: tuple[str, ...] = ()
    if "code_dependencies" in bound and isinstance(value, ast.Tuple | ast.List):
        texts = tuple(text for element in value.elts if (text := constant_text(element)) is not None)
    is_field = isinstance(node, ast.AnnAssign) and "ClassVar" not in ast.unparse(node.annotation)
    return part._replace(names=bound, value=refs[0] if refs else None, texts=texts, is_field=is_field)
