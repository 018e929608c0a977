/**
 * The table of `convkit doctor`: every engine, whether this machine has it, and how fast it is. Each is opened in
 * a process of its own, so that libraries do not mix and one that crashes takes only itself down.
 */
import { fork } from "node:child_process";
import { createRequire } from "node:module";
import type { EngineDescription } from "./engine.js";
import { ENGINE_ORDER, type EngineName } from "./engine-order.js";
import type { EngineSpeed, MeasureEngineOptions } from "./measure-engine.js";

export type EngineReport =
  | ({ readonly available: true; readonly speed: EngineSpeed } & Omit<EngineDescription, "unavailable">)
  | {
      readonly available: false;
      readonly name: EngineName;
      readonly reason: string;
      /** Whether the user has to put something right, such as a misspelt variable, before `auto` opens anything. */
      readonly isUserMistake: boolean;
      /** Whether it gave no answer, in time or at all: a busy machine or one short of memory is enough for that. */
      readonly isPassing: boolean;
    };

export interface DescribeEngineOptions extends MeasureEngineOptions {
  /** An engine that has not answered by then is reported as unavailable. */
  readonly timeoutMs?: number;
}

/** Opens and measures one engine after the other, in the order of ENGINE_ORDER; a second or two for each. */
export async function describeEngines(options: DescribeEngineOptions = {}): Promise<EngineReport[]> {
  const reports: EngineReport[] = [];
  for (const name of ENGINE_ORDER) reports.push(await describeEngine(name, options));
  return reports;
}

/** Opens and measures one engine in a process of its own. */
export function describeEngine(name: EngineName, options: DescribeEngineOptions = {}): Promise<EngineReport> {
  const { timeoutMs = 60_000, durationMs = 1000 } = options;
  const entry = createRequire(import.meta.url).resolve("@convkit/engine/describe-engine-child");
  return new Promise((resolve) => {
    const unavailable = (reason: string): void =>
      resolve({ available: false, name, reason, isUserMistake: false, isPassing: true });
    const child = fork(entry, [name, String(durationMs)], {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      execArgv: [],
    });
    let said = "";
    child.stderr?.on("data", (chunk) => (said = (said + String(chunk)).slice(-4000)));
    const lastWords = (): string => {
      const lines = said.trim().split("\n");
      // Node ends an uncaught error's trace with its own version.
      const line = lines.findLast((text) => /^\w*Error\b/.test(text)) ?? lines.at(-1)!;
      return line === "" ? "" : `: ${line}`;
    };
    const timer = setTimeout(() => {
      unavailable(
        `it did not answer within ${timeoutMs / 1000} s${lastWords()}. ` +
          "Try again while the machine has less to do, or use another engine",
      );
      child.kill("SIGKILL");
    }, timeoutMs);
    child.on("message", (report) => resolve(report as EngineReport));
    child.on("error", (error) =>
      unavailable(`its process did not start: ${error.message}. Free memory and processes, and try again`),
    );
    // A promise resolves once: after a report these words are lost, as they should be.
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const how = signal === null ? `exit code ${code}` : signal;
      unavailable(
        `its process ended with ${how} before it answered${lastWords()}. ` +
          "Install its package anew on this machine, or use another engine",
      );
    });
  });
}
