/**
 * Imports of a packed package that its package.json does not declare. They work in a workspace, where a
 * neighbour's dependencies lie within reach, and fail on a user's machine.
 */
import { readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, relative, sep } from "node:path";
import ts from "typescript";

/** `@scope/name/path` → `@scope/name`. @param {string} specifier */
const packageOf = (specifier) =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

/**
 * @param {string} folder of an unpacked package.
 * @returns {string[]} `file: specifier`, for JavaScript and declarations alike.
 */
export function undeclaredImports(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const declared = new Set([
    manifest.name,
    ...Object.keys({
      ...manifest.dependencies,
      ...manifest.peerDependencies,
      ...manifest.optionalDependencies,
    }),
  ]);
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  // What npm put into the package's own node_modules is not the package's; a folder that brings its own, such as
  // Next.js's standalone build, resolves from there.
  const closed = entries
    .filter((entry) => entry.isDirectory() && entry.name === "node_modules")
    .map(({ name, parentPath }) => `${parentPath === folder ? join(folder, name) : parentPath}${sep}`);
  const sources = entries
    .filter((entry) => entry.isFile() && /\.([cm]?js|d\.[cm]?ts)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !closed.some((prefix) => file.startsWith(prefix)));
  return sources.flatMap((file) => {
    const { importedFiles } = ts.preProcessFile(readFileSync(file, "utf8"), true, true);
    return importedFiles
      .map(({ fileName }) => fileName)
      .filter((specifier) => !specifier.startsWith(".") && !isBuiltin(specifier))
      .filter((specifier) => !declared.has(packageOf(specifier)))
      .map((specifier) => `${relative(folder, file)}: ${specifier}`);
  });
}
