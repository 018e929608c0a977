/**
 * The worker that comes with a dashboard: `convkit worker` on the same home, so that a run can be started from the page
 * with nothing else installed. It is a process of its own, and is started again when it dies.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { workerEnvironment } from "../env.js";

export interface LocalWorkerOptions {
  /** Script of the command `convkit`. */
  readonly script: string;
  readonly url: string;
  readonly home: string;
  /** Where the server demands one. */
  readonly token?: string | undefined;
  readonly signal: AbortSignal;
  readonly onProblem: (message: string) => void;
}

const SHORTEST_LIFE_MS = 10_000;
const LONGEST_PAUSE_MS = 60_000;
const LAST_WORDS = 2000;

/** Resolves when the signal was aborted and the worker has ended. */
export async function keepLocalWorker(options: LocalWorkerOptions): Promise<void> {
  const { signal, onProblem } = options;
  for (let pauseMs = 1000; !signal.aborted;) {
    const startedAt = Date.now();
    const lastWords = await runOnce(options);
    if (signal.aborted) return;
    onProblem(`The local worker ended; it is started again. ${lastWords}`.trim());
    pauseMs = Date.now() - startedAt > SHORTEST_LIFE_MS ? 1000 : Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

/** @returns the end of what it said on its standard error. */
async function runOnce({ script, url, home, token, signal }: LocalWorkerOptions): Promise<string> {
  const child: ChildProcess = spawn(process.execPath, [script, "worker", "--server", url, "--local"], {
    env: {
      ...workerEnvironment(),
      CONVKIT_HOME: home,
      ...(token !== undefined && { CONVKIT_TOKEN: token }),
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let lastWords = "";
  child.stderr?.on("data", (text: Buffer) => (lastWords = (lastWords + text.toString()).slice(-LAST_WORDS)));
  const stop = () => child.kill("SIGTERM");
  signal.addEventListener("abort", stop, { once: true });
  try {
    await once(child, "close");
  } catch (error) {
    return (error as Error).message;
  } finally {
    signal.removeEventListener("abort", stop);
  }
  return lastWords.trim();
}

/** @returns the script of `convkit`, where it is installed here or beside this package; else null. */
export function findConvkit(): string | null {
  for (const place of [pathToFileURL(join(process.cwd(), "package.json")), import.meta.url]) {
    try {
      const manifest = createRequire(place).resolve("convkit/package.json");
      const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { bin: Record<string, string> };
      return join(dirname(manifest), Object.values(bin)[0] ?? "");
    } catch {
      continue;
    }
  }
  return null;
}
