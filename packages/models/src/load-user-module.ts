/**
 * Loads a module of the user's own: JavaScript by Node itself; `.ts`, `.mts` and `.cts` through jiti, which strips the
 * types and keeps native resolution, so that `@tensorflow/tfjs` is the same copy on both sides. Node only. As
 * @convkit/data loads its users' transforms, which cannot be imported from here.
 */
import { UserModuleError } from "./errors.js";
import { nodeModule } from "./node-module.js";

/**
 * @param path resolved against the working directory.
 * @returns the module's default export.
 * @throws {UserModuleError} if there is no such file, it fails while loading, or has no default export.
 */
export async function loadUserModule(path: string): Promise<unknown> {
  const fs = nodeModule("node:fs/promises");
  const absolute = nodeModule("node:path").resolve(path);
  const found = await fs.stat(absolute).catch(() => null);
  if (!found?.isFile()) {
    throw new UserModuleError(
      `Expected a module at ${absolute}. Received: ${found ? "a folder" : "no such file"}. ` +
        "The path is taken from the working directory.",
    );
  }
  let exports: Record<string, unknown>;
  try {
    exports = await importFile(absolute);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserModuleError(`Expected ${absolute} to load. Received: ${reason}`, { cause: error });
  }
  if (exports.default === undefined) {
    const names = Object.keys(exports).join(", ") || "none";
    throw new UserModuleError(`Expected a default export from ${absolute}. Received exports: ${names}.`);
  }
  return exports.default;
}

async function importFile(absolute: string): Promise<Record<string, unknown>> {
  const url = nodeModule("node:url").pathToFileURL(absolute).href;
  if (!/\.[mc]?ts$/.test(absolute)) {
    return (await import(/* @vite-ignore */ /* webpackIgnore: true */ url)) as Record<string, unknown>;
  }
  const { createJiti } = await import("jiti");
  return createJiti(url).import(absolute);
}
