/**
 * Runs every example as a newcomer would, one after the other; each checks itself against its target. Plain
 * JavaScript would take hours, so without a faster engine nothing is run, and that is said.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { openEngine } from "@convkit/engine";

const EXAMPLES = ["photos", "mnist", "own-network", "cifar10"];

const engine = await openEngine();
if (engine.name === "cpu") {
  const reasons = engine.unavailable.map(({ name, reason }) => `  ${name}: ${reason}`);
  console.log(
    ["The examples were not run: they need a faster engine than plain JavaScript.", ...reasons].join("\n"),
  );
} else {
  for (const example of EXAMPLES) {
    const startedAtMs = performance.now();
    const script = fileURLToPath(new URL(`./${example}.js`, import.meta.url));
    const [code] = (await once(spawn(process.execPath, [script], { stdio: "inherit" }), "exit")) as [
      number | null,
    ];
    const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(0);
    console.log(`${code === 0 ? "passed" : "FAILED"}: ${example} (${seconds} s)\n`);
    if (code !== 0) process.exitCode = 1;
  }
}
