/**
 * tfjs-core's own specs on the backend `native`, then who served which kernel. Bundled and started by run.js.
 * The last line is `N passed, N failed`.
 */
import { specs } from "./environment.js";
import "@tensorflow/tfjs-core/dist/tests.js";
import { getKernel } from "@tensorflow/tfjs-core";
import { BACKEND_NAME } from "../src/kernel.js";
import { type KernelCount, kernelCounters } from "../src/kernel-counters.js";
import { nativeKernels } from "../src/kernels/index.js";
import { requiredKernels, uncalledKernels } from "./required-kernels.js";

type SpecCounts = { passed: number; failed: number; pending: number };

const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function runSpecs(): Promise<SpecCounts> {
  const counts: SpecCounts = { passed: 0, failed: 0, pending: 0 };
  specs.configure({ random: false });
  const done = new Promise<void>((resolve) => {
    specs.addReporter({
      specDone(spec) {
        if (spec.status === "passed") counts.passed++;
        else if (spec.status === "failed") {
          counts.failed++;
          print(`FAILED ${spec.fullName}`);
          for (const { message } of spec.failedExpectations) print(`  ${message.split("\n", 1)[0]}`);
        } else counts.pending++;
      },
      jasmineDone(result) {
        for (const { message } of result.failedExpectations) {
          counts.failed++;
          print(`FAILED outside a spec: ${message}`);
        }
        resolve();
      },
    });
  });
  // Specs warn on purpose, hundreds of times.
  console.warn = () => undefined;
  void specs.execute();
  await done;
  return counts;
}

function sumOf(count: KernelCount): number {
  return Object.values(count.copied).reduce((sum, calls) => sum + calls, 0);
}

function printTable(counters: Record<string, KernelCount>): void {
  print(`\n${"kernel".padEnd(36)}${"native".padStart(8)}${"copied".padStart(8)}  reasons`);
  for (const [name, count] of Object.entries(counters).sort(([a], [b]) => a.localeCompare(b))) {
    const reasons = Object.entries(count.copied).map(([reason, calls]) => `${reason}: ${calls}`);
    const mark = name in requiredKernels ? "*" : " ";
    print(
      `${mark} ${name.padEnd(34)}${String(count.native).padStart(8)}${String(sumOf(count)).padStart(8)}  ${reasons.join(", ")}`,
    );
  }
  print("* must be native, but for the reasons in conformance/required-kernels.ts");
}

/** What is wrong with who served the required kernels. */
function violations(counters: Record<string, KernelCount>): string[] {
  const native = new Set(nativeKernels.map(({ kernelName }) => kernelName));
  const missing = [...Object.keys(requiredKernels), ...uncalledKernels]
    .filter((name) => !native.has(name) || getKernel(name, BACKEND_NAME) === undefined)
    .map((name) => `${name} has no native kernel`);
  const wrong = Object.entries(requiredKernels)
    .filter(([name]) => native.has(name))
    .flatMap(([name, allowed]) => {
      const { native: served, copied } = counters[name] ?? { native: 0, copied: {} };
      const refused = Object.keys(copied).filter(
        (reason) => !(allowed as readonly string[]).includes(reason),
      );
      const unused = served === 0 ? [`${name} was never served natively`] : [];
      return [...unused, ...refused.map((reason) => `${name} was served by JavaScript: ${reason}`)];
    });
  const unlisted = [...native]
    .filter((name) => !(name in requiredKernels) && !uncalledKernels.includes(name))
    .map((name) => `${name} is native and in no list of required-kernels.ts`);
  return [...missing, ...unlisted, ...wrong];
}

async function main(): Promise<void> {
  const ran = await runSpecs();
  const counters = kernelCounters();
  printTable(counters);
  const wrong = violations(counters);
  print(`\n${ran.passed} specs passed, ${ran.failed} failed, ${ran.pending} pending`);
  const required = Object.keys(requiredKernels).length + uncalledKernels.length;
  print(`${required} kernels required, ${wrong.length} complaints`);
  for (const complaint of wrong) print(`FAILED ${complaint}`);
  const failed = ran.failed + wrong.length;
  process.exitCode = failed === 0 ? 0 : 1;
  print(`${ran.passed} passed, ${failed} failed`);
}

await main();
