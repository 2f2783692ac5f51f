"""The questions that the rest of goescape may ask Go."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from goescape.analysis.syntax.build_constraints import Target
from goescape.toolchain.cache.disk_cache import own_code
from goescape.toolchain.compile.build import Build, plain_sentence, problem_of
from goescape.toolchain.compile.build_plan import PLAN_FIELDS, may_be_planned, module_files
from goescape.toolchain.digests import digest, file_digests
from goescape.toolchain.file_stamps import FileStamp, file_stamp, folder_stamp
from goescape.toolchain.go.command import (
    TARGET,
    Go,
    clean_flags,
    find_go,
    go_environment,
    knows_escape_debug,
    settings_of,
)
from goescape.toolchain.go.gofmt import format_like
from goescape.toolchain.go.imported_sources import SOURCE_FIELDS, ImportedSources
from goescape.toolchain.go.local_modules import local_modules, near_folders
from goescape.toolchain.go.packages import (
    FIELDS,
    FileHome,
    JsonObjects,
    ListedPackage,
    absolute,
    exclusion,
    is_among,
    listed_packages,
    lone_files,
    lone_name,
    module_root,
    nested_modules,
    pattern_of,
    split_path,
    work_root,
)
from goescape.toolchain.go.process import FOLDER, BoundedText, Command, capture, run
from goescape.toolchain.go.work_file import WorkFile
from goescape.toolchain.options import EngineOptions
from goescape.toolchain.problems import GoProblem, Problem
from goescape.toolchain.tasks import both, together, with_timeout

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    from goescape.analysis.model import PackageReport
    from goescape.analysis.syntax.source import SourceText
    from goescape.fixes.context.imported_types import PackageSources

__all__ = ["Engine", "EngineOptions", "Problem"]

LIST_SECONDS = 120.0
"""How long go may take to list packages; std on a cold disk takes some seconds."""
TEST_SECONDS = 600.0
"""How long a package's tests may take: what go test itself allows by default."""
_ATTEMPTS = 5
_VET = "vet.exe" if os.name == "nt" else "vet"
_COMPILER = "compile.exe" if os.name == "nt" else "compile"
_VET_READS_OVERLAYS = (1, 24)
# The compiler lives a second: collecting its garbage would cost more than the memory.
_MEMORY = {"GOGC": "off", "GOMEMLIMIT": "1GiB"}
_VET_OVERLAY = f'"{sys.executable}" -I -S "{Path(__file__).with_name("go") / "vet_overlay.py"}"'
_RAW_LIMIT = 2_000_000
_WITHOUT_EFFECT = frozenset({"GOCACHE", "GOTMPDIR", "GOPROXY", "GOSUMDB", "GOMAXPROCS"})
"""Variables that change nothing of what is compiled."""


@frozen
class _Toolchain:
    go: Go
    environment: Mapping[str, str]
    target: str
    cgo: bool
    gcflags: str
    vet: str
    """The tool behind `go vet`."""
    compiler: str
    modules: str
    """Where fetched modules lie."""
    target_environment: Mapping[str, str]
    """What the go command tells its compiler of the target."""


class Engine:
    """Answers with the Go that its options lead to; finds it once, when first asked."""

    def __init__(self, options: EngineOptions) -> None:
        self.options = options
        self._env = {**os.environ, **options.env}
        self._finding = asyncio.Lock()
        self._found: _Toolchain | None = None
        self._homes: dict[str, tuple[object, tuple[ListedPackage, ...]]] = {}
        self._work_files: dict[str, tuple[FileStamp | None, WorkFile]] = {}
        self.near: dict[str, Mapping[str, object]] = {}
        """Of each folder that was analysed: the user's own folders that it depends on, with their
        stamps from before."""

    async def go(self) -> Go:
        """The Go in use. Raises GoProblem, and looks again at the next call."""
        return (await self._toolchain()).go

    async def home(self, file: str) -> FileHome:
        """Where a file belongs. Raises GoProblem when go is missing or cannot tell."""
        file = absolute(file)
        directory = str(Path(file).parent)
        root = module_root(directory)
        if not root:
            return FileHome(file, directory, directory, file, lone_name(lone_files(file)))
        toolchain = await self._toolchain()
        packages = await self._packages_of(root, directory)
        name = Path(file).name
        import_path = next((each.path for each in packages if not each.variant), "")
        excluded = ""
        if name.startswith(("_", ".")) or any(name in each.ignored for each in packages):
            excluded = exclusion(file, toolchain.target, cgo=toolchain.cgo)
        pattern = pattern_of(root, directory)
        language = min((each.language for each in packages), default=(1, 22))
        return FileHome(file, directory, root, pattern, import_path, excluded, language)

    async def analyze(
        self, root: str, patterns: Sequence[str], overlay: Mapping[str, bytes] | None = None
    ) -> AsyncGenerator[PackageReport | Problem, None]:
        """Compile packages and yield each one's report as it completes.

        A package whose files change meanwhile is compiled again: a report always fits its sources.
        ``overlay`` is what files shall hold instead of what is on the disk, by absolute path.
        """
        for group in _together(patterns):
            async with aclosing(self._analyze_together(root, group, overlay or {})) as items:
                async for item in items:
                    yield item

    async def _analyze_together(
        self, root: str, patterns: Sequence[str], overlay: Mapping[str, bytes]
    ) -> AsyncGenerator[PackageReport | Problem, None]:
        waiting, in_this_process = patterns, False
        try:
            for _ in range(_ATTEMPTS):
                listed, problems = await self._listed(root, waiting)
                for problem in problems:
                    yield problem
                if not listed:
                    return
                command = evolve(await self._compile_command(root, waiting), overlay=overlay)
                workspace = work_root(root) or root
                build = Build(command, listed, workspace, in_this_process=in_this_process)
                async with aclosing(build.items()) as items:
                    async for item in items:
                        yield item
                waiting = [*build.stale, *build.failed]
                in_this_process = in_this_process or bool(build.failed)
                if not waiting:
                    return
        except GoProblem as why:
            yield problem_of(why)
            return
        for pattern in waiting:
            text = f"The files of {pattern} keep changing while Go compiles them; save once more."
            yield Problem(text, pattern)

    async def target(self) -> Target:
        """The build that everything here is about."""
        goos, _, goarch = (await self._toolchain()).target.partition("/")
        flags = clean_flags(self.options.build_flags)
        named = [re.fullmatch(r"--?tags=(.*)", flag) for flag in flags]
        tags = [tag for match in named if match for tag in re.split(r"[\s,]+", match[1]) if tag]
        return Target(goos, goarch, tuple(sorted(tags)))

    def building_for(self, target: Target) -> Engine:
        """The same Go for another build, without cgo."""
        system = {"GOOS": target.goos, "GOARCH": target.goarch, "CGO_ENABLED": "0"}
        flags = [f for f in self.options.build_flags if not re.match(r"--?tags=", f)]
        tags = (f"-tags={','.join(target.tags)}",) if target.tags else ()
        options = evolve(
            self.options, env={**self.options.env, **system}, build_flags=(*flags, *tags)
        )
        return Engine(options)

    async def files_of(self, root: str, pattern: str) -> frozenset[str]:
        """The Go files of a package and its tests in this build. Raises GoProblem."""
        listed = listed_packages(await self._list(root, (pattern,)))
        return frozenset(file for each in listed for file in (*each.files, *each.test_files))

    async def import_paths(self, root: str, patterns: Sequence[str]) -> tuple[str, ...]:
        """The packages that patterns mean, or the patterns of lone files. Raises GoProblem."""
        if all(pattern.endswith(".go") for pattern in patterns):
            return tuple(patterns)
        listed = listed_packages(await self._list(root, tuple(patterns)))
        return tuple(sorted({each.path for each in listed if not each.variant}))

    async def vet(
        self,
        root: str,
        patterns: Sequence[str],
        overlay: Mapping[str, bytes],
        analyses: Sequence[str],
    ) -> tuple[str, ...]:
        """What these analyses of `go vet` say, or the first error; empty when all is well.

        It checks types without compiling the packages themselves. Raises GoProblem.
        """
        build_flags = clean_flags(self.options.build_flags)
        names = [name for pattern in patterns for name in _command_line(pattern)]
        reads_overlays = (await self.go()).number >= _VET_READS_OVERLAYS or not overlay
        helped = () if reads_overlays else (f"-toolexec={_VET_OVERLAY}",)
        command = await self._command(root, "vet", *analyses, *build_flags, *helped, "--", *names)
        answer = await capture(evolve(command, overlay=overlay), LIST_SECONDS)
        lines = [line for line in answer.errors.splitlines() if not line.startswith("#")]
        return tuple(lines) if answer.code != 0 else ()

    async def vet_tool(
        self, analyses: Sequence[str], work: Mapping[str, bytes]
    ) -> tuple[int, tuple[str, ...]]:
        """The exit code and the text of vet's own tool, among ``work``'s files and ``vet.cfg``."""
        toolchain = await self._toolchain()
        goos, _, goarch = toolchain.target.partition("/")
        environment = {**toolchain.environment, "GOOS": goos, "GOARCH": goarch}
        program = (toolchain.vet, *analyses, "vet.cfg")
        answer = await capture(Command(program, "", environment, work), LIST_SECONDS)
        return answer.code, tuple(answer.errors.splitlines())

    async def failing_tests(self, overlay: Mapping[str, bytes]) -> str:
        """Why the tests of the packages of these files fail with other texts; empty if they pass.

        This runs the user's code: only ever on request. Raises GoProblem.
        """
        homes = [await self.home(path) for path in overlay]
        for root in dict.fromkeys(home.root for home in homes):
            patterns = dict.fromkeys(home.pattern for home in homes if home.root == root)
            flags = clean_flags(self.options.build_flags)
            command = await self._command(root, "test", *flags, "--", *patterns)
            answer = await capture(evolve(command, overlay=overlay), TEST_SECONDS)
            if answer.code != 0:
                lines = (answer.output + answer.errors).splitlines()
                failures = [line.strip() for line in lines if "FAIL" in line] or lines[-1:]
                return plain_sentence(failures[:1]) if failures else "go test failed without a word"
        return ""

    async def test_command(self, root: str, *arguments: str) -> Command:
        """``go test`` with these arguments. It runs the user's code: only ever on request."""
        return await self._command(root, "test", *arguments)

    async def formatted(
        self, before: Mapping[str, SourceText], contents: Mapping[str, bytes]
    ) -> dict[str, bytes]:
        """New texts as gofmt leaves them, where the old ones were as gofmt leaves them."""
        toolchain = await self._toolchain()
        works = [
            format_like(toolchain.go, toolchain.environment, before[path].content, content)
            for path, content in contents.items()
        ]
        return dict(zip(contents, await together(works), strict=True))

    async def raw_text(self, root: str, pattern: str) -> str:
        """The compiler's own text of a package, at most 2 MB. Raises GoProblem."""
        text = BoundedText(_RAW_LIMIT)
        command = await self._compile_command(root, (pattern,))
        output = JsonObjects()
        await run(command, output.feed, text.add)
        errors = (error for each in listed_packages(output.objects) for error in each.errors)
        end = "" if text.complete else "... (the rest is left out)\n"
        return text.text + end + "\n".join(errors)

    async def modules(self, folder: str) -> tuple[str, ...]:
        """The module roots of a workspace folder.

        Those of its go.work; else every go.mod below; else the module that the folder lies in.
        Raises GoProblem when go.work cannot be read.
        """
        folder = absolute(folder)
        if work_root(folder) == folder:
            return (await self._read_work(folder)).modules
        if below := await asyncio.to_thread(nested_modules, folder):
            return below
        above = module_root(folder)
        return (above,) if above else ()

    async def importers(
        self, root: str, package_path: str, among_directories: set[str]
    ) -> tuple[str, ...]:
        """Which of these directories hold packages that import the package, also indirectly.

        The answer is patterns for ``analyze``, without the package itself.
        """
        inside = {each for each in among_directories if module_root(each) == root}
        if not inside:
            return ()
        patterns = [pattern_of(root, each) for each in sorted(inside)]
        found = await self.importing(root, package_path, patterns)
        return tuple(sorted({pattern_of(root, each) for each in found} & set(patterns)))

    async def importing(
        self, root: str, package_path: str, patterns: Sequence[str] = ("./...",)
    ) -> dict[str, tuple[str, ...]]:
        """The folders of packages that import a package, also indirectly, with their Go files."""
        found: dict[str, set[str]] = {}
        for item in await self._list(root, patterns, (f"-json={FIELDS},Deps",)):
            path, dependencies = str(item.get("ImportPath")), item.get("Deps")
            its_own = {path, path.removesuffix(".test"), item.get("ForTest")}
            if package_path in its_own or not isinstance(dependencies, list):
                continue
            if any(split_path(str(each))[0] == package_path for each in dependencies):
                for listed in listed_packages([item]):
                    files = (*listed.files, *listed.test_files)
                    here = {file for file in files if str(Path(file).parent) == listed.directory}
                    found.setdefault(listed.directory, set()).update(here)
        return {directory: tuple(sorted(files)) for directory, files in found.items()}

    async def imported(self, root: str, pattern: str) -> Mapping[str, PackageSources]:
        """The sources of what a package and its tests import, also indirectly; read when used."""
        flags = ("-deps", f"-json={SOURCE_FIELDS}")
        return ImportedSources(await self._list(root, (pattern,), flags))

    async def exports(
        self, root: str, pattern: str, fields: str, added: Sequence[str]
    ) -> list[Mapping[str, object]]:
        """A package, its tests and all that they import, compiled; ``added`` too, if possible."""
        gcflags = (await self._toolchain()).gcflags
        flags = ("-deps", "-export", f"-json={fields}")
        own = self._list(root, (pattern,), (*flags, f"-gcflags={gcflags}"))
        without_tests = Engine(evolve(self.options, tests=False))
        without_tests._found = await self._toolchain()
        others = without_tests._list(root, added, flags)
        found, more = await both(own, others)
        return [*more, *found]

    async def describe(
        self, root: str, pattern: str, overlay: Mapping[str, bytes]
    ) -> list[Mapping[str, object]]:
        """A package with its variants and all that it imports, for a build plan; compiles nothing.

        Raises GoProblem.
        """
        flags = ("-deps", f"-json={PLAN_FIELDS}")
        command = await self._list_command(root, flags, (pattern,))
        return await self._objects(evolve(command, overlay=overlay))

    async def built(
        self, root: str, packages: Sequence[str], *, with_tests: bool = False
    ) -> dict[str, str]:
        """The export file of each package, built where it is not; also of test variants if asked.

        Raises GoProblem.
        """
        tests = ("-test", "-deps") if with_tests else ()
        flags = (*tests, *clean_flags(self.options.build_flags), "-json=ImportPath,Export")
        command = await self._command(root, "list", "-e", "-export", *flags, "--", *packages)
        objects = await self._objects(command)
        return {str(item["ImportPath"]): str(item.get("Export") or "") for item in objects}

    async def compile_command(
        self, root: str, arguments: Sequence[str], work: Mapping[str, bytes], mark: str
    ) -> Command:
        """The compiler itself, asked what `go build` asks it, and for ``mark`` among its -d."""
        toolchain = await self._toolchain()
        asked = toolchain.gcflags.split()
        flags = [f"{flag},{mark}" if flag.startswith("-d=") else flag for flag in asked]
        environment = {**toolchain.environment, **toolchain.target_environment, **_MEMORY}
        environment["GOROOT"] = toolchain.go.goroot
        # Never the null device: a compiler that fails removes its output, and root may do that.
        output = f"{FOLDER}{os.sep}output.a"
        command = (toolchain.compiler, "-o", output, *flags, *arguments)
        return Command(command, root, environment, work, niceness=0)

    async def world(self, root: str) -> bytes:
        """Of all that decides what the packages of a module compile to, besides their sources.

        Raises GoProblem.
        """
        toolchain = await self._toolchain()
        go = {
            name: value
            for name, value in toolchain.environment.items()
            if name.startswith(("GO", "CGO_")) and name not in _WITHOUT_EFFECT
        }
        parts = (
            (toolchain.go.version, toolchain.compiler, toolchain.gcflags, toolchain.target),
            sorted(toolchain.target_environment.items()),
            (sorted(go.items()), self.options.build_flags, self.options.tests),
            await asyncio.to_thread(_read_all, (toolchain.compiler, *sorted(module_files(root)))),
        )
        return digest(repr(parts).encode())

    async def library(self) -> tuple[str, ...]:
        """The folders of code that does not change: the standard library and fetched modules."""
        toolchain = await self._toolchain()
        return tuple(folder for folder in (toolchain.go.goroot, toolchain.modules) if folder)

    async def is_plain_build(self) -> bool:
        """Whether no flag or environment variable changes what the compiler is told."""
        toolchain = await self._toolchain()
        present = await asyncio.to_thread(os.path.isfile, toolchain.compiler)
        return present and may_be_planned(self.options.build_flags, toolchain.environment)

    async def _toolchain(self) -> _Toolchain:
        async with self._finding:
            if self._found is None:
                self._found = await self._find()
            return self._found

    async def _find(self) -> _Toolchain:
        go = await find_go(self.options.go_path, self._env)
        values = await settings_of(go, self._env)
        flags = "-m=2 -L -d=closure=1"
        if await knows_escape_debug(go, self._env):
            flags += ",escapedebug=1"
        if not self.options.inlining:
            flags += " -l"
        return _Toolchain(
            go,
            go_environment(self._env, values.get("GOFLAGS", "")),
            f"{values.get('GOOS', '')}/{values.get('GOARCH', '')}",
            values.get("CGO_ENABLED") == "1",
            flags,
            os.path.join(values.get("GOTOOLDIR", ""), _VET),  # noqa: PTH118
            os.path.join(values.get("GOTOOLDIR", ""), _COMPILER),  # noqa: PTH118
            values.get("GOMODCACHE", ""),
            {name: values[name] for name in TARGET if values.get(name)},
        )

    async def _command(self, root: str, *arguments: str) -> Command:
        toolchain = await self._toolchain()
        environment = dict(toolchain.environment)
        work = await self._work_of(root)
        if work is not None and not is_among(root, work.modules):
            environment["GOWORK"] = "off"  # else go refuses a module that go.work does not list
            work = None
        # go list may add to go.work.sum, whatever -mod says: it works on a copy.
        copy = work.copy() if work is not None else {}
        return Command((toolchain.go.path, *arguments), root, environment, copy)

    async def _compile_command(self, root: str, patterns: Sequence[str]) -> Command:
        gcflags = (await self._toolchain()).gcflags
        flags = ("-export", f"-gcflags={gcflags}", f"-json={FIELDS}")
        return await self._list_command(root, flags, patterns)

    async def _list_command(
        self, root: str, flags: Sequence[str], patterns: Sequence[str]
    ) -> Command:
        tests = ("-test",) if self.options.tests else ()
        build_flags = clean_flags(self.options.build_flags)
        named = [name for pattern in patterns for name in _command_line(pattern)]
        return await self._command(root, "list", "-e", *tests, *build_flags, *flags, "--", *named)

    async def _listed(
        self, root: str, patterns: Sequence[str]
    ) -> tuple[tuple[ListedPackage, ...], list[Problem]]:
        """The packages that can be compiled, and what is wrong with the rest."""
        objects = await self._list(root, patterns, (f"-json={FIELDS},Deps",))
        modules = await asyncio.to_thread(local_modules, root)
        self.near.update(await asyncio.to_thread(near_folders, objects, modules))
        listed = listed_packages(objects)
        problems = [
            Problem(plain_sentence(each.errors), each.path, "load")
            for each in listed
            if each.errors and not each.directory
        ]
        return tuple(each for each in listed if each.directory), problems

    async def _list(
        self, root: str, patterns: Sequence[str], flags: Sequence[str] = (f"-json={FIELDS}",)
    ) -> list[Mapping[str, object]]:
        """`go list` without compiling. Raises GoProblem when it says nothing but errors."""
        return await self._objects(await self._list_command(root, flags, patterns))

    async def _objects(self, command: Command) -> list[Mapping[str, object]]:
        root, objects = command.directory, JsonObjects()
        errors = BoundedText(4000)
        try:
            code = await with_timeout(LIST_SECONDS, run(command, objects.feed, errors.add))
        except asyncio.TimeoutError:
            raise GoProblem(
                f"`go list` did not answer within {LIST_SECONDS:g} s in {root}; "
                "run it in a terminal to see why."
            ) from None
        if code != 0 and not objects.objects:
            text = errors.text.strip() or f"go list ended with code {code} and no message"
            raise GoProblem(f"Go cannot load {root}: {plain_sentence(text.splitlines())}", "load")
        if objects.strays and not objects.objects:
            raise GoProblem(
                f"{command.arguments[0]} answers nonsense ({objects.strays[0][:80]!r}); "
                "set goescape.go.path to a working go."
            )
        return objects.objects

    async def _packages_of(self, root: str, directory: str) -> tuple[ListedPackage, ...]:
        """The package of a folder, from the last time if its files have not changed."""
        stamp = (folder_stamp(directory), file_stamp(os.path.join(root, "go.mod")))  # noqa: PTH118
        known = self._homes.get(directory)
        if known is not None and known[0] == stamp:
            return known[1]
        listed = listed_packages(await self._list(root, (pattern_of(root, directory),)))
        self._homes[directory] = (stamp, listed)
        return listed

    async def _work_of(self, root: str) -> WorkFile | None:
        """The go.work above a module, unless the environment names another."""
        folder = work_root(root)
        if not folder or self._env.get("GOWORK") or not module_root(root):
            return None
        try:
            return await self._read_work(folder)
        except GoProblem:
            return None  # go itself will say what is wrong with it

    async def _read_work(self, folder: str) -> WorkFile:
        file = os.path.join(folder, "go.work")  # noqa: PTH118
        stamp = file_stamp(file)
        known = self._work_files.get(folder)
        if known is not None and known[0] == stamp:
            return known[1]
        toolchain = await self._toolchain()
        arguments = (toolchain.go.path, "work", "edit", "-json", file)
        answer = await capture(Command(arguments, folder, toolchain.environment), LIST_SECONDS)
        if answer.code != 0:
            lines = answer.errors.splitlines()
            raise GoProblem(f"go.work in {folder} cannot be read: {plain_sentence(lines)}", "load")
        work = WorkFile(folder, json.loads(answer.output))
        self._work_files[folder] = (stamp, work)
        return work


def _together(patterns: Sequence[str]) -> list[tuple[str, ...]]:
    """Patterns that one go command can take: packages together, each lone file by itself."""
    packages = tuple(pattern for pattern in patterns if not pattern.endswith(".go"))
    lone = {lone_files(pattern): pattern for pattern in patterns if pattern.endswith(".go")}
    return ([packages] if packages else []) + [(pattern,) for pattern in lone.values()]


def _command_line(pattern: str) -> tuple[str, ...]:
    """A pattern as go wants it: a lone file stands for the files of its package."""
    return lone_files(pattern) if pattern.endswith(".go") else (pattern,)


def _read_all(files: Sequence[str]) -> list[object]:
    """The stamp of the first, a program; the contents of the others; and goescape's own code."""
    program, *texts = files
    return [file_stamp(program), file_digests(texts), own_code()]
