// Runs a Python program under CPython 3.14, compiled to WebAssembly.
//
//   node python.mjs PACKAGE FOLDER:FOLDER program.py [ARGUMENT…]
//
// PACKAGE is the folder of the npm package `pyodide`. The program sees the FOLDERs under the paths that
// they have here, and nothing else of this machine.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [home, folders, ...argv] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(home, "pyodide.mjs")));
const python = await loadPyodide({
  stdout: (line) => console.log(line),
  stderr: (line) => console.error(line),
});
for (const folder of folders.split(":")) {
  python.FS.mkdirTree(folder);
  python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, folder);
}
python.globals.set("argv", python.toPy(argv));
try {
  python.runPython(`
import runpy, sys
sys.dont_write_bytecode = True
sys.argv = list(argv)
runpy.run_path(sys.argv[0], run_name="__main__")
`);
} catch (error) {
  console.error(error.message); // without it, Node prints the whole compiled interpreter
  process.exitCode = 1;
}
