/**
 * Compiles the addon and the kernels' tests without node-gyp, for builds that are not for this machine or not for
 * use: with sanitizers, or for another CPU. Sources and flags are those of binding.gyp.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** binding.gyp is JSON but for comments and trailing commas. */
function readBinding() {
  const text = readFileSync(join(root, "binding.gyp"), "utf8");
  return JSON.parse(text.replace(/^\s*#.*$/gm, "").replace(/,(\s*[}\]])/g, "$1"));
}

/** Every target of binding.gyp by its name: its sources, its own compiler flags. */
function readTargets(binding) {
  const conditional = binding.conditions.flatMap(([, { targets }]) => targets);
  return Object.fromEntries(
    [...binding.targets, ...conditional].map((target) => [target.target_name, target]),
  );
}

/** Runs a command to its end. @throws if it fails. */
export async function run(command, args, options = {}) {
  const child = spawn(command, args, { stdio: "inherit", cwd: root, ...options });
  const [code, signal] = await new Promise((resolve, reject) => {
    child.on("error", reject).on("close", (...end) => resolve(end));
  });
  if (code !== 0) {
    throw new Error(`Expected ${basename(command)} to succeed. Received: ${signal ?? `exit code ${code}`}.`);
  }
}

/** What this process has compiled, by its arguments: a program and an addon share their kernels. */
const compiled = new Set();

/**
 * Builds `target` ("convkit_native" or "kernels_test") with its kernels.
 *
 * @param options.isas names of targets: "kernels_portable", "kernels_avx2", "kernels_avx512".
 * @param options.directory for the binary.
 * @param options.objects for what is compiled on the way.
 * @param options.flags for compiling and linking, after those of binding.gyp.
 * @returns the path of the binary.
 */
export async function compile(target, { compiler, directory, objects, isas, flags, includes = [] }) {
  const binding = readBinding();
  const targets = readTargets(binding);
  mkdirSync(objects, { recursive: true });
  const common = [...binding.variables.kernel_cflags, ...flags];
  const jobs = [target, ...isas].flatMap((name) =>
    targets[name].sources.map((source) => {
      const object = join(objects, `${name}-${basename(source, ".cc")}.o`);
      const defines = (targets[name].defines ?? []).map((define) => `-D${define}`);
      const paths = name === target ? includes.map((path) => `-I${path}`) : [];
      const own = [...(targets[name].cflags_cc ?? []), ...defines, ...paths];
      return { object, args: [...common, ...own, "-c", source, "-o", object] };
    }),
  );
  const keyOf = ({ args }) => [compiler, ...args].join("\0");
  const waiting = jobs.filter((job) => !compiled.has(keyOf(job)));
  const worker = async () => {
    for (let job = waiting.pop(); job !== undefined; job = waiting.pop()) {
      await run(compiler, job.args);
      compiled.add(keyOf(job));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  const isAddon = target === "convkit_native";
  const binary = join(directory, isAddon ? `${target}.node` : target);
  const kind = isAddon ? ["-shared"] : [];
  await run(compiler, [...flags, ...kind, ...jobs.map(({ object }) => object), "-lpthread", "-o", binary]);
  return binary;
}
