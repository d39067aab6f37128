"""Which methods give generators, by their text: what run() returns may be the generator of something else."""

from __future__ import annotations

import contextlib
import functools

import pytest

from caselaw.branches.generators import gives_generator


def function(task):
    yield task


def decorated(method):
    @functools.wraps(method)
    def wrapper(*args, **kwargs):
        return method(*args, **kwargs)

    return wrapper


class Base:
    def steps(self):
        yield 1

    def plain(self):
        return [1]

    def returned(self):
        return self.steps()

    @classmethod
    def of_class(cls):
        yield 1

    @staticmethod
    def static():
        yield 1

    def around(self):
        return self.turn()

    def turn(self):
        return self.around()

    def run(self):
        yield 1


class Gives(Base):
    def itself(self):
        yield from self.steps()

    def through_others(self):
        return self.returned()

    def of_base(self):
        return super().run()

    def of_named_base(self):
        return super(Gives, self).run()  # noqa: UP008

    def by_class(self):
        return Base.run(self)

    def of_function(self):
        return function(self)

    def of_method_of_class(self):
        return self.of_class()

    def of_type(self):
        return type(self).of_class()

    def of_static(self):
        return self.static()

    def expression(self):
        return (n for n in range(3))

    def on_condition(self):
        return self.steps() if self.plain() else None

    def or_nothing(self):
        return self.plain() and self.steps()

    def by_name(self):
        found = None
        if self.plain():
            found = self.steps()
        return found

    def by_walrus(self):
        if made := self.steps():
            return made
        return None

    def in_block(self):
        with contextlib.suppress(ValueError):
            return self.steps()

    @decorated
    def with_decorator(self):
        return self.steps()


class GivesNot(Base):
    def nothing(self):
        self.steps()

    def used(self):
        for _ in self.steps():
            pass
        return self.plain()

    def none(self):
        return None

    def text(self):
        return "text" if self.plain() else 1

    def of_inner(self):
        def inner():
            return self.steps()

        return [inner]

    def in_circles(self):
        return self.around()

    def unknown(self):
        return getattr(self, "steps")()  # noqa: B009

    def missing(self):
        return self.no_such_method()

    def in_list(self):
        return [self.steps()]

    builtin = len


def own(cls: type) -> list[str]:
    return [name for name in vars(cls) if not name.startswith("__")]


@pytest.mark.parametrize("name", own(Gives))
def test_method_that_gives_a_generator(name):
    assert gives_generator(Gives, vars(Gives)[name])


@pytest.mark.parametrize("name", own(GivesNot))
def test_method_that_gives_none(name):
    assert not gives_generator(GivesNot, vars(GivesNot)[name])


def test_a_subclass_says_what_the_method_is_that_is_returned():
    class Other(Base):
        def steps(self):
            return [1]

    assert gives_generator(Base, Base.returned)
    assert not gives_generator(Other, Other.returned)
