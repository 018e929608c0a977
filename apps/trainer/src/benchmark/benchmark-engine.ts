/** One engine's figures, by a process of its own. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { BenchmarkAnswer, BenchmarkTask } from "./protocol.js";

const CHILD = fileURLToPath(new URL("benchmark-child.js", import.meta.url));

/**
 * @returns the figures, or why there are none: one engine that fails is no reason to go without the others' figures.
 * @throws the signal's reason.
 */
export async function benchmarkEngine(task: BenchmarkTask, signal: AbortSignal): Promise<BenchmarkAnswer> {
  signal.throwIfAborted();
  const child = fork(CHILD, { stdio: ["ignore", "ignore", "pipe", "ipc"], execArgv: [] });
  const stop = (): void => void child.kill("SIGKILL");
  signal.addEventListener("abort", stop);
  try {
    const answer = await new Promise<BenchmarkAnswer>((resolve) => {
      let said = "";
      child.stderr?.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-2000)));
      child.once("message", (told) => resolve(told as BenchmarkAnswer));
      child.once("error", ({ message }) => resolve({ unavailable: `its process did not start: ${message}` }));
      child.once("close", (code, by) =>
        resolve({
          unavailable: `its process ended with ${by ?? `exit code ${code}`}: ${said.trim().split("\n").at(-1)}`,
        }),
      );
      child.send(task);
    });
    signal.throwIfAborted();
    return answer;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
