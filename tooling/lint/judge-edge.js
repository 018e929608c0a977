/** Reads the table in edges.js: what a specifier stands for there, and whether a package may import it. */
import { isBuiltin } from "node:module";
import { edges } from "./edges.js";

const partsOfTfjs = /^@tensorflow\/tfjs(-core|-layers|-converter|-data|-backend-cpu)?$/;

/** What any package's tests may use. */
const testTools = ["vitest", "fast-check", "node"];

/** `@convkit/data` → `data`, `convkit` → `convkit`. @param {string} packageName */
export const rowName = (packageName) => packageName.replace(/^@convkit\//, "");

/**
 * The words of the table that would allow a specifier, most particular first.
 *
 * @param {string} specifier as written after `from`.
 * @param {string} importer name of the importing package; its own name is no edge.
 * @returns {string[]} empty for an import of itself.
 */
export function edgeOf(specifier, importer) {
  if (isBuiltin(specifier)) return ["node"];
  const [first, second] = specifier.split("/");
  const packageName = first.startsWith("@") ? `${first}/${second}` : first;
  if (packageName === importer) return [];
  if (packageName === "convkit" || packageName.startsWith("@convkit/")) return [rowName(packageName)];
  if (packageName.startsWith("@tensorflow/"))
    return [packageName, partsOfTfjs.test(packageName) ? "tfjs" : "tfjs-backends"];
  return [packageName, "npm"];
}

/**
 * @param {string} importer package name.
 * @param {string[]} edge from `edgeOf`.
 * @param {{ isTest: boolean, manner: "static" | "lazy" | "type" }} options
 * @returns {"allowed" | "forbidden" | "static" | "unknownPackage"}
 */
export function mayImport(importer, edge, { isTest, manner }) {
  const row = edges[rowName(importer)];
  if (row === undefined) return "unknownPackage";
  const has = (/** @type {string[]} */ words) => edge.some((word) => words.includes(word));
  if (edge.length === 0 || has(row.may)) return "allowed";
  if (isTest && has([...(row.tests ?? []), ...testTools])) return "allowed";
  if (!has(row.lazily ?? [])) return "forbidden";
  return manner === "static" && !isTest ? "static" : "allowed";
}
