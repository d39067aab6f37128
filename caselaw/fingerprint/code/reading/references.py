"""What a piece of code refers to beyond itself: names of its module, of other modules, and look-ups."""

from __future__ import annotations

import ast
import itertools
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from caselaw.fingerprint.code.reading import lookups, observers, options
from caselaw.fingerprint.code.reading.chains import dotted_chain, is_own_branch_data, is_super, root_chain
from caselaw.fingerprint.code.reading.facts import MUTATORS, OWN, PASSED_ON, Done, Facts, Lookup, Ref
from caselaw.fingerprint.code.reading.names import (
    Comprehension,
    Names,
    imports_of,
    names_of_class,
    names_of_function,
    names_of_targets,
    origins_of,
)
from caselaw.fingerprint.code.reading.scopes import Scope, with_type_parameters
from caselaw.fingerprint.code.reading.syntax_digest import (
    EVALUATED,
    JUDGED,
    Reading,
    counted_statements,
    field_names,
    field_value,
    inner_scopes,
)
from caselaw.fingerprint.code.reading.tree_walk import NO_NODES

_FIELDS: dict[type, tuple[str, ...]] = {}


def walked_fields(cls: type[ast.AST]) -> tuple[str, ...]:
    """The fields of a class of nodes in which more nodes are, in the order in which they count."""
    found = _FIELDS.get(cls)
    if found is None:
        found = _FIELDS[cls] = tuple(name for name in field_names(cls) if name not in NO_NODES)
    return found


@dataclass
class Walker:
    """One walk through a piece of code, with a stack instead of recursion: expressions may be deep."""

    module: Scope
    reading: Reading
    facts: Facts = field(default_factory=Facts)
    stack: list[tuple[Any, str, Scope, int]] = field(default_factory=list)
    objects: frozenset[str] = frozenset()
    """Names of the object that code in a class belongs to."""
    settled: set[int] = field(default_factory=set)
    """Nodes that what is around them has been noted with: see `observers`."""
    asked: set[int] = field(default_factory=set)
    """Nodes of a configuration of which a call reads known options."""
    only_import: bool = False
    """Whether code that is not executed on import is left out."""

    def walk(self, nodes: Iterable[ast.AST], annotations: str, scope: Scope, depth: int = 0) -> Facts:
        """`annotations` says whether annotations are evaluated where the nodes stand (see syntax)."""
        self.push(list(nodes), annotations, scope, depth)
        while self.stack:
            node, annotations, scope, depth = self.stack.pop()
            if depth and self.only_import:
                continue
            if self.reading.joins and type(node) in observers.MAY_BE_PLACES[self.reading.seeds]:
                observers.observe_place(self, node, scope)
            visit = _VISITS.get(type(node))
            if visit is None or visit(self, node, annotations, scope, depth):
                self.children(node, annotations, scope, depth)
        return self.facts

    def children(self, node: ast.AST, annotations: str, scope: Scope, depth: int) -> None:
        """What a node holds; functions and classes have visits of their own."""
        for name in walked_fields(type(node)):
            value = field_value(node, name, annotations, self.reading) if name in JUDGED else getattr(node, name, None)
            if isinstance(value, ast.AST):
                self.stack.append((value, annotations, scope, depth))
            elif value:
                self.push(value, annotations, scope, depth)

    def push(self, value: Any, annotations: str, scope: Scope, depth: int) -> None:
        for part in value if isinstance(value, list) else (value,):
            if isinstance(part, ast.AST):
                self.stack.append((part, annotations, scope, depth))

    # Where a name leads

    def references(self, chain: tuple[str, ...], line: int, scope: Scope) -> list[Ref]:
        origins = scope.origins(chain[0], line)
        if origins is None:
            return [Ref(line, OWN, "", chain)]
        return [Ref(line, level, module, (*start, *chain[1:])) for level, module, start in origins]

    def dotted(self, node: ast.expr, scope: Scope) -> set[str]:
        """All dotted origins that a name or attribute may have; `{"eval"}` for one of Python's own."""
        chain = dotted_chain(node)
        if not chain:
            return set()
        origins = scope.origins(chain[0])
        if origins is None:
            origins = self.module.names.imported.get(chain[0], [])
            if not origins and chain[0] not in self.module.names.bound:
                return {".".join(chain)}
        found = (".".join(filter(None, (module, *start, *chain[1:]))) for level, module, start in origins if not level)
        return set(found)

    def by_constant_name(self, node: ast.expr, scope: Scope) -> list[Ref]:
        if isinstance(node, ast.Call):
            return lookups.by_constant_name(node, self.dotted(node.func, scope))
        if isinstance(node, ast.Subscript):
            return lookups.by_constant_name(node, self.dotted(node.value, scope))
        return []

    def use(self, chain: tuple[str, ...], line: int, scope: Scope, depth: int) -> None:
        for ref in self.references(chain, line, scope):
            self.refer(ref)
            if ref.level == OWN and depth == 0:
                self.facts.executed.add(chain[0])

    def refer(self, ref: Ref) -> None:
        self.facts.refs.setdefault(ref)

    def mutate(self, node: ast.expr, scope: Scope, depth: int) -> None:
        chain = root_chain(node)
        if chain:
            found = self.references(chain, node.lineno, scope)
            self.facts.mutations.extend(Done(ref, depth) for ref in found)

    # Visits: True when the children follow

    def _name(self, node: ast.Name, annotations: str, scope: Scope, depth: int) -> bool:
        self.facts.mentions.add(node.id)
        if node.id in observers.OBSERVED:
            observers.observe_chain(self, node, (node.id,), scope)
        if node.id in self.objects:
            self.facts.mentions.add(PASSED_ON)
        if isinstance(node.ctx, ast.Load):
            self.use((node.id,), node.lineno, scope, depth)
            self._configuration(node, scope)
        elif node.id in scope.names.of_module:
            self.facts.binds.add(node.id)
            self.use((node.id,), node.lineno, scope, depth)
            self.mutate(node, scope, depth)
        return False

    def _attribute(self, node: ast.Attribute, annotations: str, scope: Scope, depth: int) -> bool:
        if not isinstance(node.ctx, ast.Load):
            self.mutate(node, scope, depth)
        names: list[str] = []
        inner: ast.expr = node
        while isinstance(inner, ast.Attribute):
            names.append(inner.attr)
            inner = inner.value
        self.facts.mentions.update(names)
        names.reverse()
        if not observers.OBSERVED.isdisjoint(names):
            root = [inner.id] if isinstance(inner, ast.Name) else [""]
            observers.observe_chain(self, node, (*root, *names), scope)
        if isinstance(inner, ast.Name):
            self.facts.mentions.add(inner.id)
            self.use((inner.id, *names), node.lineno, scope, depth)
            self._configuration(node, scope)
        elif is_super(inner):
            self.facts.mentions.add("super")
        elif found := self.by_constant_name(inner, scope):
            for ref in found:
                self.refer(ref._replace(chain=(*ref.chain, *names)))
        else:
            self.stack.append((inner, annotations, scope, depth))
        return False

    def _subscript(self, node: ast.Subscript, annotations: str, scope: Scope, depth: int) -> bool:
        if not isinstance(node.ctx, ast.Load):
            self.mutate(node, scope, depth)
        if is_own_branch_data(node):
            self.facts.mentions.add("branch_data")
            return False
        if isinstance(node.value, ast.Call) and "globals" in self.dotted(node.value.func, scope):
            name = lookups.constant_text(node.slice)
            if name is not None:
                self.use((name,), node.lineno, scope, depth)
                return False
        if "sys.modules" in self.dotted(node.value, scope):
            found = self.by_constant_name(node, scope)
            for ref in found:
                self.refer(ref)
            if not found:
                self.facts.lookups.append(Lookup(node.lineno, lookups.text_of(node)))
        return True

    def _augmented(self, node: ast.AugAssign, annotations: str, scope: Scope, depth: int) -> bool:
        if isinstance(node.target, ast.Name):
            self.use((node.target.id,), node.lineno, scope, depth)
        observers.observe_search(self, node, scope)
        return True

    def _assigned(self, node: ast.Assign, annotations: str, scope: Scope, depth: int) -> bool:
        observers.observe_search(self, node, scope)
        return True

    def _asked(self, node: Any, annotations: str, scope: Scope, depth: int) -> bool:
        observers.observe_asked(self, node, scope)
        return True

    def _call(self, node: ast.Call, annotations: str, scope: Scope, depth: int) -> bool:
        chain = dotted_chain(node.func)
        if chain:
            self.facts.calls.extend(Done(ref, depth) for ref in self.references(chain, node.lineno, scope))
        if isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS:
            self.mutate(node.func.value, scope, depth)
        if is_super(node):  # not followed by an attribute: anything may be taken from it
            self.facts.mentions.update(("super", "*"))
        origins = self.dotted(node.func, scope)
        if self.reading.configures:
            self._options(node, origins, scope)
        if origins & lookups.ONLY_ASK_WHAT_IT_IS or chain[-1:] == ("req",):
            others = [part for part in node.args if not (isinstance(part, ast.Name) and part.id in self.objects)]
            self.push([node.func, *others, *node.keywords], annotations, scope, depth)
            return False
        observers.observe_call(self, node, origins, scope)
        followed = observers.observe_search(self, node, scope) or observers.follows_path(self, node, origins, scope)
        for found in lookups.in_call(node, origins) if not followed else ():
            if isinstance(found, Ref):
                self.refer(found)
            elif isinstance(found, Lookup):
                self.facts.lookups.append(found)
            else:
                self.facts.below.append(found)
        if origins & {"vars", "locals"} and not node.args and scope.parent is None:
            self.refer(Ref(node.lineno, OWN, "", (lookups.WHOLE,)))
        if origins & lookups.ATTRIBUTE_BY_NAME and len(node.args) > 1:
            return self._attribute_by_name(node, annotations, scope, depth)
        return True

    def _configuration(self, node: ast.expr, scope: Scope) -> None:
        """A configuration, or a function of it, that is handed on: anything may be read from it."""
        if self.reading.configures and id(node) not in self.asked:
            self.facts.options.update(options.whole(self.dotted(node, scope)))

    def _options(self, node: ast.Call, origins: set[str], scope: Scope) -> None:
        """`law.config.get(…)`, `get(…)` after an import from there, `luigi.configuration.get_config().get(…)`."""
        if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Call):
            maker, method = node.func.value.func, node.func.attr
            found = set(options.read_by(node, method, self.dotted(maker, scope)))
        else:
            maker = node.func
            read = (options.read_by(node, origin.rpartition(".")[2], {origin}) for origin in origins)
            found = set(itertools.chain.from_iterable(read))
        if found:
            self.facts.options.update(found)
            self.asked.add(id(maker))

    def _attribute_by_name(self, node: ast.Call, annotations: str, scope: Scope, depth: int) -> bool:
        """`getattr(module, "name")` is `module.name`; by a computed name it is a look-up."""
        chain, name = dotted_chain(node.args[0]), lookups.constant_text(node.args[1])
        if not chain:
            return True
        if name is None:
            for ref in self.references(chain, node.lineno, scope) if "getattr" in lookups.text_of(node.func) else ():
                self.facts.lookups.append(Lookup(node.lineno, lookups.text_of(node), ref))
            return True
        self.facts.mentions.add(name)
        attribute = ast.copy_location(ast.Attribute(node.args[0], name, ast.Load()), node)
        observers.observe_chain(self, attribute, (*chain, name), scope)
        self.use((*chain, name), node.lineno, scope, depth)
        self.push([node.func, *node.args[2:], *node.keywords], annotations, scope, depth)
        return False

    def _constant(self, node: ast.Constant, annotations: str, scope: Scope, depth: int) -> bool:
        if isinstance(node.value, str) and node.value.isidentifier():
            self.facts.mentions.add(node.value)
            observers.observe_text(self, node)
        return False

    def _argument(self, node: ast.arg, annotations: str, scope: Scope, depth: int) -> bool:
        if annotations == EVALUATED and node.annotation is not None:
            self._annotation(node.annotation, annotations, scope, depth)
        return False

    def _annotated(self, node: ast.AnnAssign, annotations: str, scope: Scope, depth: int) -> bool:
        evaluated = field_value(node, "annotation", annotations, self.reading)
        if evaluated is not None:
            self._annotation(evaluated, annotations, scope, depth)
        self.push([node.target, node.value], annotations, scope, depth)
        return False

    def _annotation(self, node: ast.expr, annotations: str, scope: Scope, depth: int) -> None:
        self.stack.append((node, annotations, scope, depth))
        for text in ast.walk(node):
            if isinstance(text, ast.Constant) and isinstance(text.value, str):
                try:
                    self.stack.append((ast.parse(text.value, mode="eval").body, annotations, scope, depth + 1))
                except (SyntaxError, ValueError):  # Literal["not a type"], also one that UTF-8 cannot write
                    continue

    def _function(self, node: Any, annotations: str, scope: Scope, depth: int) -> bool:
        outer = with_type_parameters(node, scope)
        inner = outer.within(names_of_function(node))
        if self.reading.seeds:
            observers.enter_function(self, node, inner)
        of_fields = inner_scopes(node, annotations, self.reading)
        self.push(node.decorator_list, annotations, scope, depth)
        self.push(getattr(node, "type_params", []), annotations, outer, depth + 1)
        self.push(field_value(node, "returns", annotations, self.reading), of_fields["args"], outer, depth)
        self.push([node.args], of_fields["args"], outer, depth)
        body = list(counted_statements(node.body, of_fields["body"], self.reading))
        self.push(body, of_fields["body"], inner, depth + 1)
        return False

    def _lambda(self, node: ast.Lambda, annotations: str, scope: Scope, depth: int) -> bool:
        self.push([node.args], annotations, scope, depth)
        self.push([node.body], annotations, scope.within(names_of_function(node)), depth + 1)
        return False

    def _class(self, node: ast.ClassDef, annotations: str, scope: Scope, depth: int) -> bool:
        scope = with_type_parameters(node, scope)
        inner = scope.within(names_of_class(node), is_class=True)
        of_body = inner_scopes(node, annotations, self.reading)["body"]
        self.push([*node.decorator_list, *node.bases, *node.keywords], annotations, scope, depth)
        self.push(getattr(node, "type_params", []), annotations, inner, depth + 1)
        self.push(list(counted_statements(node.body, of_body, self.reading)), of_body, inner, depth)
        return False

    def _type_alias(self, node: Any, annotations: str, scope: Scope, depth: int) -> bool:
        inner = with_type_parameters(node, scope)
        self.push([*node.type_params, node.value], annotations, inner, depth + 1)
        return False

    def _comprehension(self, node: Any, annotations: str, scope: Scope, depth: int) -> bool:
        first = node.generators[0].iter
        self.push([first], annotations, scope, depth)
        inner = Scope(Names(bound=names_of_targets(node)), scope)
        for name in field_names(type(node)):
            if name != "generators":
                self.push(getattr(node, name), annotations, inner, depth)
        for generator in node.generators:
            observers.observe_asked(self, generator, scope)
            later = [generator.iter] if generator.iter is not first else []
            self.push([generator.target, *later, *generator.ifs], annotations, inner, depth)
        return False

    def _import(self, node: Any, annotations: str, scope: Scope, depth: int) -> bool:
        self.facts.imports.extend(imports_of(node))
        for name, origin in origins_of(node):
            if scope.parent is not None and (scope.is_class or name in scope.names.of_module):
                self.refer(Ref(node.lineno, *origin))  # from here on anybody may take it
        return False


_VISITS: dict[type, Callable[[Walker, Any, str, Scope, int], bool]] = {
    ast.Name: Walker._name,
    ast.Attribute: Walker._attribute,
    ast.Subscript: Walker._subscript,
    ast.AugAssign: Walker._augmented,
    ast.Assign: Walker._assigned,
    ast.Compare: Walker._asked,
    ast.For: Walker._asked,
    ast.Call: Walker._call,
    ast.Constant: Walker._constant,
    ast.arg: Walker._argument,
    ast.AnnAssign: Walker._annotated,
    ast.FunctionDef: Walker._function,
    ast.AsyncFunctionDef: Walker._function,
    ast.Lambda: Walker._lambda,
    ast.ClassDef: Walker._class,
    **dict.fromkeys(Comprehension.__args__, Walker._comprehension),
    ast.Import: Walker._import,
    ast.ImportFrom: Walker._import,
}
if sys.version_info >= (3, 12):
    _VISITS[ast.TypeAlias] = Walker._type_alias
