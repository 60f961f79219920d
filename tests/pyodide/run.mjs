// Runs one Python file in a browser's Python (Pyodide), under Node and without a network.
//
//     node run.mjs PYODIDE_DIR SITE_DIR SCRIPT
//
// PYODIDE_DIR is node_modules/pyodide, SITE_DIR a folder that the script may import from.
// What the script prints goes to standard output; an exception in it ends this with code 1.

import { readFileSync } from "node:fs";
import net from "node:net";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

// Every connection that Node makes, fetch() and https included, goes through here.
net.Socket.prototype.connect = () => {
  throw new Error("This run is offline, and something asked for the network.");
};

const [pyodideDir, siteDir, script] = process.argv.slice(2).map((path) => resolve(path));
const { loadPyodide } = await import(pathToFileURL(`${pyodideDir}/pyodide.mjs`));
const pyodide = await loadPyodide({
  indexURL: pyodideDir,
  env: { PYTHONPATH: "/site", PYTHONDONTWRITEBYTECODE: "1" },
  fsInit: async (FS) => {
    FS.mkdir("/site");
    FS.mount(FS.filesystems.NODEFS, { root: siteDir }, "/site");
  },
});
pyodide.runPython(readFileSync(script, "utf8"), { filename: script });
