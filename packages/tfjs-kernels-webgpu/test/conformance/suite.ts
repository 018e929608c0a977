/** tfjs-core's own specs on the backend `webgpu`. Bundled and started by run.js, which judges what is written here. */
import { writeFileSync } from "node:fs";
import { options, specs } from "./environment.js";
import "@tensorflow/tfjs-core/dist/tests.js";

const passed: string[] = [];
const failed: Record<string, string> = {};
const pattern = new RegExp(options.pattern, "i");
let seen = 0;

specs.configure({
  random: false,
  specFilter: (spec) => pattern.test(spec.getFullName()),
});
const done = new Promise<void>((resolve) => {
  specs.addReporter({
    specDone({ fullName, status, failedExpectations }) {
      if (status === "passed") passed.push(fullName);
      else if (status === "failed") failed[fullName] = failedExpectations[0]?.message.split("\n", 1)[0] ?? "";
      if (status !== "excluded" && ++seen % 200 === 0) console.log(`${seen} specs`);
    },
    jasmineDone({ failedExpectations }) {
      for (const { message } of failedExpectations) failed["outside a spec"] = message;
      resolve();
    },
  });
});
// Specs warn on purpose, hundreds of times.
console.warn = () => undefined;
void specs.execute();
await done;
writeFileSync(options.results, JSON.stringify({ passed, failed }));
process.exit(0);
