"""What luigi asks of every file target: the 17 cases of its `FileSystemTargetTestMixin`, in our words."""

from __future__ import annotations

import gc
import random
from typing import Any

import luigi.format
import luigi.target
import pytest


class SpoiltError(Exception):
    """What goes wrong in the middle of a block."""


class Marking(luigi.format.Format):  # type: ignore[misc]
    """A format that leaves a mark on what it reads and writes."""

    def pipe_reader(self, input_pipe: Any) -> Any:
        input_pipe.mark = "read"
        return input_pipe

    def pipe_writer(self, output_pipe: Any) -> Any:
        output_pipe.mark = "written"
        return output_pipe


class LuigiSuite:
    """Derive from it and say in `target` how one is made, of a name that does not exist."""

    def target(self, file_format: Any = None) -> Any:
        raise NotImplementedError

    def leftovers(self) -> list[str]:
        """Temporary files that should be gone."""
        raise NotImplementedError

    def test_a_file_is_there_when_it_is_closed_and_not_before(self):
        target = self.target()
        file = target.open("w")
        assert not target.exists()
        file.close()
        assert target.exists()

    def test_what_was_written_is_read(self):
        target = self.target()
        file = target.open("w")
        file.write("lol\n")
        file.close()
        file = target.open("r")
        assert file.read() == "lol\n"
        file.close()

    def test_text_of_any_script_is_read_as_it_was_written(self):
        target = self.target()
        file = target.open("w")
        file.write("µ→eγ\n")
        file.close()
        file = target.open("r")
        assert file.read() == "µ→eγ\n"
        file.close()

    def test_a_block_publishes_and_cleans_up(self):
        target = self.target()
        with target.open("w") as file:
            file.write("hej\n")
        assert target.exists()
        assert self.leftovers() == []

    def test_a_block_that_fails_publishes_nothing(self):
        target = self.target()
        with pytest.raises(SpoiltError), target.open("w") as file:
            file.write("hej\n")
            raise SpoiltError
        assert not target.exists()
        assert self.leftovers() == []

    def test_a_file_that_is_dropped_publishes_nothing(self):
        target = self.target()
        file = target.open("w")
        print("test", file=file)
        del file
        assert not target.exists()
        assert self.leftovers() == []

    def test_a_file_that_a_function_forgets_publishes_nothing(self):
        target = self.target()

        def forget() -> None:
            target.open("w").write("stuff")

        forget()
        gc.collect()
        assert not target.exists()
        assert self.leftovers() == []

    def test_the_text_format_reads_what_it_wrote(self):
        target = self.target(luigi.format.UTF8)
        with target.open("w") as file:
            file.write("我éçф")
        with target.open("r") as file:
            assert file.read() == "我éçф"

    def test_a_file_of_the_text_format_that_is_dropped_publishes_nothing(self):
        target = self.target(luigi.format.UTF8)
        file = target.open("w")
        print("test", file=file)
        del file
        assert not target.exists()
        assert self.leftovers() == []

    def test_a_format_of_the_user_gets_both_streams(self):
        target = self.target(Marking())
        with target.open("w") as file:
            assert file.mark == "written"
        with target.open("r") as file:
            assert file.mark == "read"

    def test_the_plain_format_takes_bytes_as_they_are(self):
        target = self.target(luigi.format.Nop)
        with target.open("w") as file:
            file.write(b"a\xf2\xf3\r\nfd")
        with target.open("r") as file:
            assert file.read() == b"a\xf2\xf3\r\nfd"

    def test_lines_are_written_together(self):
        target = self.target()
        with target.open("w") as file:
            file.writelines(["a\n", "b\n", "c\n"])
        with target.open("r") as file:
            assert file.read() == "a\nb\nc\n"

    def test_lines_are_read_one_by_one(self):
        target = self.target()
        with target.open("w") as file:
            file.write("a\nb\nc\n")
        with target.open("r") as file:
            assert list(file) == ["a\n", "b\n", "c\n"]

    def test_a_compressed_file_is_there_when_it_is_closed_and_not_before(self):
        target = self.target(luigi.format.Gzip)
        file = target.open("w")
        file.write(b"test")
        assert not target.exists()
        file.close()
        assert target.exists()
        assert self.leftovers() == []

    def test_a_compressed_file_is_read_by_the_default_mode(self):
        target = self.target(luigi.format.Gzip)
        with target.open("w") as file:
            file.write(b"123testing")
        assert self.leftovers() == []
        with target.open() as file:
            assert file.read() == b"123testing"

    def test_the_file_system_moves_a_file(self):
        target = self.target()
        other = f"{target.path}-{random.randrange(10**9)}"
        target._touchz()
        assert target.exists()
        target.fs.move(target.path, other)
        assert not target.exists()

    def test_a_file_gets_another_name_only_where_nothing_has_it(self):
        target = self.target()
        other = f"{target.path}-{random.randrange(10**9)}"
        target._touchz()
        target.fs.rename_dont_move(target.path, other)
        assert not target.exists()
        with pytest.raises(luigi.target.FileAlreadyExists):
            target.fs.rename_dont_move(target.path, other)
