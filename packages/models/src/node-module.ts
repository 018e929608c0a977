/**
 * Node's own modules without an import statement: this package also runs in browsers, whose bundlers stop at
 * `node:` even where the code behind it is never reached.
 */
import type * as crypto from "node:crypto";
import type * as fs from "node:fs/promises";
import type * as path from "node:path";
import type * as url from "node:url";

type NodeModules = {
  "node:crypto": typeof crypto;
  "node:fs/promises": typeof fs;
  "node:path": typeof path;
  "node:url": typeof url;
};

/** Whether Node's own modules are there. */
export function isNode(): boolean {
  return typeof globalThis.process?.getBuiltinModule === "function";
}

/** @throws where there is no Node. */
export function nodeModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name] {
  if (!isNode())
    throw new Error(`Expected Node for ${name}. Received: a browser. Use this function in Node.`);
  return globalThis.process.getBuiltinModule(name);
}
