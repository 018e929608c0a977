import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as data from "@convkit/data";
import * as engine from "@convkit/engine";
import { expect, it } from "vitest";
import { EXIT_CODES } from "./exit-codes.js";
import { EXIT_CODE_OF_ERROR, exitCodeOfError } from "./exit-code-of-error.js";
import { InterruptedError } from "./process/process-errors.js";
import { packError, unpackError } from "./process/protocol.js";

/** Thrown where our own code is wrong, or only around an error that decides: their stack is to be seen. */
const DEFECTS = [
  "EngineAlreadyOpenError",
  "F16UnavailableError",
  "ImageDataUrlError",
  "LoaderClosedError",
  "LoaderError",
  "RngStateError",
  "SynchronousReadError",
  "UnservedKernelError",
];

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/** Folders of the packages that the one in `folder` stands on, and its own. */
function packagesUnder(folder: string): string[] {
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    dependencies?: Record<string, string>;
  };
  const ours = Object.keys(dependencies).filter((name) => name.startsWith("@convkit/"));
  const below = ours.flatMap((name) => packagesUnder(join(ROOT, "packages", name.split("/")[1] ?? "")));
  return [...new Set([folder, ...below])];
}

/** Every error class of this package and of those under it, exported or not. */
function errorClasses(): string[] {
  const sources = packagesUnder(join(ROOT, "apps/trainer")).map((folder) => join(folder, "src"));
  return sources.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
      .map((file) => readFileSync(join(folder, file), "utf8"))
      .flatMap((source) => [...source.matchAll(/^(?:export )?class (\w+Error) extends/gm)])
      .map(([, name]) => name ?? ""),
  );
}

it("gives every error class of ours a number, or names it a defect", () => {
  const known = [...Object.keys(EXIT_CODE_OF_ERROR), ...DEFECTS, InterruptedError.name];
  expect(errorClasses().sort()).toEqual(known.sort());
});

it("knows an error by its class's name, also one that came from another process", () => {
  const inWorker = new data.LoaderError("no batch", {
    cause: new data.ImageDecodeError("a.png", new Error("cut short")),
  });
  expect(exitCodeOfError(unpackError(structuredClone(packError(inWorker))))).toBe(EXIT_CODES.data);
  expect(exitCodeOfError(new engine.EngineUnavailableError("native", "no compiler"))).toBe(EXIT_CODES.engine);
  expect(exitCodeOfError(new InterruptedError("stopped", EXIT_CODES.terminated))).toBe(EXIT_CODES.terminated);
  expect(exitCodeOfError(new TypeError("a defect"))).toBe(EXIT_CODES.failed);
});
