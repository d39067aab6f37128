"""A project of two checkouts, and the ways in which Python may take the code of the other one."""

from __future__ import annotations

import compileall
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

from projects import LAW_CFG, SmallProject

WORK = """
    import caselaw
    class Step(caselaw.Workflow):
        products = {"n": "txt"}
        def upstream(self):
            return {"value": caselaw.over(range(3))}
        def run(self):
            from physics.cuts import number
            with self.publish() as out:
                out["n"].write_text(str(number()))
"""
HELPER = "CUT = 1\ndef number():\n    return CUT\n"

Arrange = Callable[[Path, Path], str]
"""Makes the first checkout importable for somebody who works in the second; returns PYTHONPATH."""


def checkout(root: Path, cut: int) -> SmallProject:
    """A checkout whose step writes `cut`."""
    project = SmallProject(root)
    project.write("law.cfg", LAW_CFG.format(modules="flow.work:", settings="workers: 2\nfirst_party: flow, physics"))
    project.write("flow/__init__.py", "")
    project.write("flow/work.py", WORK)
    project.write("physics/__init__.py", "")
    project.write("physics/cuts.py", HELPER.replace("CUT = 1", f"CUT = {cut}"))
    return project


def second_clone(first: Path, second: Path) -> str:
    return f"{first}:{second}"


def only_the_helper(first: Path, second: Path) -> str:
    """The task is the second checkout's, and what it imports while it runs the first's."""
    shutil.rmtree(first / "flow")
    return f"{first}:{second}"


def editable_by_path(first: Path, second: Path) -> str:
    return site_folder(second, {"project.pth": f"{first}\n"})


def editable_by_finder(first: Path, second: Path) -> str:
    """As setuptools makes it where a folder cannot simply be put on the path."""
    mapping = {name: str(first / name) for name in ("flow", "physics")}
    finder = f"""
import sys
from importlib.util import spec_from_file_location
class EditableFinder:
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        folder = {mapping}.get(name)
        return spec_from_file_location(name, folder + "/__init__.py") if folder else None
sys.meta_path.append(EditableFinder)
"""
    names = {"editable_finder.py": finder, "project.pth": "import editable_finder\n"}
    return site_folder(second, names)


def site_folder(second: Path, files: dict[str, str]) -> str:
    """A folder of installed things whose .pth files are read."""
    site = second.parent / "site-packages"
    site.mkdir()
    (site / "sitecustomize.py").write_text(f"import site\nsite.addsitedir({str(site)!r})\n")
    for name, text in files.items():
        (site / name).write_text(text)
    return str(site)


def build_folder(first: Path, second: Path) -> str:
    shutil.copytree(first / "physics", second / "build" / "lib" / "physics")
    return f"{second / 'build' / 'lib'}:{second}"


def installed_copy(first: Path, second: Path) -> str:
    """As `pip install .` leaves it."""
    site = second.parent / "lib" / "site-packages"
    metadata = site / "project-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: project\nVersion: 1.0\n")
    (metadata / "RECORD").write_text("physics/__init__.py,,\nphysics/cuts.py,,\nflow/__init__.py,,\nflow/work.py,,\n")
    for name in ("flow", "physics"):
        shutil.copytree(first / name, site / name)
    return str(site)


def zipped_copy(first: Path, second: Path) -> str:
    target = second.parent / "first.zip"
    with zipfile.ZipFile(target, "w") as file:
        for path in sorted((first / "physics").glob("*.py")):
            file.write(path, path.relative_to(first))
    return f"{target}:{second}"


def without_sources(first: Path, second: Path) -> str:
    compileall.compile_dir(first / "physics", legacy=True, quiet=2)
    for path in (first / "physics").glob("*.py"):
        path.unlink()
    return f"{first}:{second}"


def namespace_packages(first: Path, second: Path) -> str:
    for root in (first, second):
        (root / "physics" / "__init__.py").unlink()
    return f"{first}:{second}"


def path_changed_by_code(first: Path, second: Path) -> str:
    (second / "flow" / "__init__.py").write_text(f"import sys\nsys.path.insert(0, {str(first)!r})\n")
    return str(second)


OTHER_CHECKOUTS: tuple[Arrange, ...] = (
    second_clone,
    only_the_helper,
    editable_by_path,
    editable_by_finder,
    build_folder,
    installed_copy,
    zipped_copy,
    without_sources,
    namespace_packages,
    path_changed_by_code,
)


def through_a_link(first: Path, second: Path) -> str:
    link = second.parent / "link"
    link.symlink_to(second)
    return str(link)


def linked_package(first: Path, second: Path) -> str:
    (second / "physics").rename(second.parent / "elsewhere")
    (second / "physics").symlink_to(second.parent / "elsewhere")
    return str(second)


def second_first(first: Path, second: Path) -> str:
    return f"{second}:{first}"


def missing_option(first: Path, second: Path) -> str:
    """A module of ours that is imported if it is there."""
    with (second / "physics" / "cuts.py").open("a") as file:
        file.write("try:\n    import physics.fast\nexcept ImportError:\n    pass\n")
    return str(second)


def replaces_itself(first: Path, second: Path) -> str:
    with (second / "physics" / "cuts.py").open("a") as file:
        file.write(
            "import sys, types\n"
            "class Module(types.ModuleType):\n    number = staticmethod(number)\n"
            "sys.modules[__name__] = Module(__name__)\n"
        )
    return str(second)


def installed_on_purpose(first: Path, second: Path) -> str:
    site = second.parent / "lib" / "site-packages"
    site.mkdir(parents=True)
    (second / "physics").rename(site / "physics")
    return f"{site}:{second}"


RIGHT_SET_UPS: tuple[Arrange, ...] = (
    through_a_link,
    linked_package,
    second_first,
    missing_option,
    replaces_itself,
    installed_on_purpose,
)
