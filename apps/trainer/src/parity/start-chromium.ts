/** Chromium without a screen, with one page, a profile of its own that goes with it, and no word to anybody else. */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BrowserUnavailableError, findChromium, HOW_TO_GET_ONE } from "./find-chromium.js";

export interface Chromium {
  /** Rejects with a BrowserUnavailableError when it ends before it is closed. */
  readonly died: Promise<never>;
  close(): Promise<void>;
}

const FLAGS = [
  "--headless",
  "--no-first-run",
  "--no-default-browser-check",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-extensions",
  "--disable-sync",
  // A container's /dev/shm is small.
  "--disable-dev-shm-usage",
  // WebGL on a machine without a graphics card.
  "--enable-unsafe-swiftshader",
];

const IS_WINDOWS = process.platform === "win32";

/** A browser that is told to end, and has not by then, is killed. */
const CLOSE_MS = 10_000;

/** Chromium refuses to run as root in its sandbox. */
const isRoot = (): boolean => process.getuid?.() === 0;

/**
 * @param options.closeMs how long it may take to end by itself.
 * @throws {BrowserUnavailableError} if there is none.
 */
export async function startChromium(
  url: string,
  { closeMs = CLOSE_MS }: { readonly closeMs?: number } = {},
): Promise<Chromium> {
  const program = findChromium();
  const profile = await mkdtemp(join(tmpdir(), "convkit-chromium-"));
  const args = [...FLAGS, ...(isRoot() ? ["--no-sandbox"] : []), `--user-data-dir=${profile}`, url];
  const child = spawn(program, args, {
    stdio: ["ignore", "ignore", "pipe"],
    // A group of its own, all of which can be signalled: CONVKIT_CHROMIUM may be a script, whose child the browser is.
    detached: !IS_WINDOWS,
  });
  const signalAll = (signal: NodeJS.Signals): void => {
    if (IS_WINDOWS || child.pid === undefined) return void child.kill(signal);
    try {
      process.kill(-child.pid, signal);
    } catch {
      // None is left.
    }
  };
  // In a group of its own, no signal of the terminal reaches it.
  const killAll = (): void => signalAll("SIGKILL");
  process.once("exit", killAll);
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-2000)));
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(`it did not start: ${error.message}`));
    child.once("close", (code, signal) =>
      resolve(`it ended with ${signal ?? `exit code ${code}`}: ${said.trim()}`),
    );
  });
  const died = ended.then((how): never => {
    throw new BrowserUnavailableError(
      `Expected ${program} to open a page. Received: ${how}. ${HOW_TO_GET_ONE}; a script that adds flags will do, if it runs the browser by \`exec\`.`,
    );
  });
  died.catch(() => undefined);
  return {
    died,
    async close() {
      signalAll("SIGTERM");
      const timer = setTimeout(() => {
        killAll();
        // One that left the group may hold it.
        child.stderr.destroy();
      }, closeMs);
      await ended;
      clearTimeout(timer);
      process.off("exit", killAll);
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
