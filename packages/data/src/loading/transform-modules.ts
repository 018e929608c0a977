/**
 * Users' transforms: modules named by path in a config, loaded wherever pictures are transformed. They are loaded as
 * @convkit/models loads its users' modules, which cannot be imported from here.
 */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { TransformSpec } from "@convkit/schema";
import type { TransformFactory } from "@convkit/transforms";

/** A transform's module is missing, cannot be loaded, or exports no function. */
export class TransformModuleError extends Error {
  override readonly name = "TransformModuleError";
}

/**
 * Loads every module the specs name: JavaScript by Node itself; .ts, .mts and .cts through jiti.
 * @returns default exports by the path written in the spec.
 * @throws {TransformModuleError} if a module is missing, cannot be loaded, or exports no function as its default.
 */
export async function loadTransformModules(
  specs: readonly TransformSpec[],
): Promise<Map<string, TransformFactory>> {
  const factories = new Map<string, TransformFactory>();
  for (const spec of specs) {
    if ("module" in spec && !factories.has(spec.module)) {
      factories.set(spec.module, await loadTransformModule(spec.module));
    }
  }
  return factories;
}

async function loadTransformModule(module: string): Promise<TransformFactory> {
  const path = resolve(module);
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) {
    throw new TransformModuleError(
      `Expected a module at ${path}. Received: ${found ? "a folder" : "no such file"}. ` +
        "The path is taken from the working directory.",
    );
  }
  let exports: Record<string, unknown>;
  try {
    exports = await importFile(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TransformModuleError(`Expected ${path} to load. Received: ${reason}`, { cause });
  }
  if (exports["default"] === undefined) {
    const names = Object.keys(exports).join(", ") || "none";
    throw new TransformModuleError(`Expected a default export from ${path}. Received exports: ${names}.`);
  }
  if (typeof exports["default"] !== "function") {
    throw new TransformModuleError(
      `Expected the default export of ${module} to be a function (options) => Transform. ` +
        `Received: ${typeof exports["default"]}.`,
    );
  }
  return exports["default"] as TransformFactory;
}

async function importFile(path: string): Promise<Record<string, unknown>> {
  const url = pathToFileURL(path).href;
  if (!/\.[mc]?ts$/.test(path)) return (await import(url)) as Record<string, unknown>;
  const { createJiti } = await import("jiti");
  return createJiti(url).import(path);
}
