/** Users' transforms: modules named by path in a config, loaded wherever pictures are transformed. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { TransformSpec } from "@convkit/schema";
import type { TransformFactory } from "@convkit/transforms";

/** A transform's module is missing, cannot be loaded, or exports no function. */
export class TransformModuleError extends Error {
  override readonly name = "TransformModuleError";
}

/**
 * Loads every module the specs name: JavaScript by Node itself, TypeScript through jiti.
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
  if (!existsSync(path)) {
    throw new TransformModuleError(
      `Expected a transform's module at ${path}. Received: no such file. Paths count from the working directory.`,
    );
  }
  let exported: unknown;
  try {
    exported = await importDefault(path);
  } catch (cause) {
    throw new TransformModuleError(
      `Expected ${path} to load as a module. Received: ${(cause as Error).message}.`,
      { cause },
    );
  }
  if (typeof exported !== "function") {
    throw new TransformModuleError(
      `Expected the default export of ${path} to be a function (options) => transform. Received: ${typeof exported}.`,
    );
  }
  return exported as TransformFactory;
}

async function importDefault(path: string): Promise<unknown> {
  if (/\.[mc]?ts$/.test(path)) {
    const { createJiti } = await import("jiti");
    return createJiti(import.meta.url).import(path, { default: true });
  }
  const module = (await import(pathToFileURL(path).href)) as { default?: unknown };
  return module.default;
}
