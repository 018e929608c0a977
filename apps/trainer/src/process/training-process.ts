/**
 * The parent's side of a training process: starts it, passes on what it says, asks it to stop, and finds words
 * for its death. A training step blocks its process; this one stays free to answer the terminal.
 */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { readCgroup, readOomKills } from "../host/cgroup.js";
import { readProcessUsage } from "../host/process-usage.js";
import { readRunConfig } from "../run/find-run.js";
import { diagnoseDeath } from "./diagnose-death.js";
import type { ChildMessage, ChildOutcome, ParentMessage, ResultOf, RunJob, TrainingJob } from "./protocol.js";
import { watchSilence } from "./silence-watch.js";

export interface TrainingProcessOptions {
  /** Everything but the last word, which is the outcome. */
  readonly onMessage: (message: Exclude<ChildMessage, ChildOutcome>) => void;
  /** Lines that libraries printed in the child. */
  readonly onOutput: (line: string) => void;
  readonly onSilence: (text: string) => void;
  /** Default: two minutes. */
  readonly silentMs?: number;
}

export type ProcessOutcome<Job extends TrainingJob = RunJob> =
  | { readonly type: "result"; readonly result: ResultOf<Job> }
  | Exclude<ChildOutcome, { type: "result" }>
  | { readonly type: "died"; readonly diagnosis: string; readonly signal: NodeJS.Signals | null }
  /** Ended by `kill()`. */
  | { readonly type: "killed" };

export interface TrainingProcess<Job extends TrainingJob = RunJob> {
  readonly pid: number;
  /** Asks for a checkpoint and a clean end. */
  stop(reason: string): void;
  /** Ends it at once. */
  kill(): void;
  readonly outcome: Promise<ProcessOutcome<Job>>;
}

const CHILD = fileURLToPath(new URL("./child.js", import.meta.url));
const LAST_WORDS = 4000;
const MEMORY_SAMPLE_MS = 1000;

/** @throws {Error} if the system starts no further process. */
export function startTrainingProcess<Job extends TrainingJob>(
  job: Job,
  options: TrainingProcessOptions,
): TrainingProcess<Job> {
  const oomKillsBefore = readOomKills();
  const child = fork(CHILD, [], { serialization: "advanced", stdio: ["ignore", "pipe", "pipe", "ipc"] });
  const { pid } = child;
  if (pid === undefined) throw new Error("Expected the system to start a training process. It did not.");

  let last: ProcessOutcome<Job> | undefined;
  let killed = false;
  let lastWords = "";
  let peakResidentBytes: number | null = null;
  let residentBeforeBytes: number | null = null;
  const silence = watchSilence({ pid, silentMs: options.silentMs ?? 120_000, onSilence: options.onSilence });
  const memory = setInterval(() => {
    const usage = readProcessUsage(pid);
    if (usage) peakResidentBytes = Math.max(peakResidentBytes ?? 0, usage.residentBytes);
  }, MEMORY_SAMPLE_MS).unref();

  child.on("message", (message: ChildMessage) => {
    silence.heard();
    // The first that is said of a run comes once its data and network are there.
    if (message.type === "event") residentBeforeBytes ??= readProcessUsage(pid)?.residentBytes ?? null;
    if (message.type === "result" || message.type === "aborted" || message.type === "error") {
      // Both ends agree on which result a job has.
      last = message as ProcessOutcome<Job>;
    } else options.onMessage(message);
  });
  child.stdout?.setEncoding("utf8").on("data", byLine(options.onOutput));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS);
  });
  child.stderr?.on("data", byLine(options.onOutput));

  const outcome = new Promise<ProcessOutcome<Job>>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode, signal) => void settle(exitCode, signal).then(resolve, reject));
    const settle = async (
      exitCode: number | null,
      signal: NodeJS.Signals | null,
    ): Promise<ProcessOutcome<Job>> => {
      silence.stop();
      clearInterval(memory);
      if (killed) return { type: "killed" };
      if (last) return last;
      const oomKills = { before: oomKillsBefore, after: readOomKills() };
      const { memoryLimitBytes } = readCgroup();
      const measured = { peakResidentBytes, memoryLimitBytes, residentBeforeBytes };
      const batchSize = job.kind === "evaluate" ? null : await batchSizeOf(job).catch(() => null);
      const facts = { exitCode, signal, lastWords, oomKills, ...measured, batchSize };
      return { type: "died", diagnosis: diagnoseDeath(facts), signal };
    };
  });
  const send = (message: ParentMessage): void => {
    // A child that dies under it closes, which is told in words; an error of the channel would tell less.
    if (child.connected) child.send(message, () => undefined);
  };
  send({ type: "start", job });
  return {
    pid,
    stop: (reason) => send({ type: "stop", reason }),
    kill() {
      killed = true;
      child.kill("SIGKILL");
    },
    outcome,
  };
}

/** Pictures per step of what the job trains. */
async function batchSizeOf(job: TrainingJob): Promise<number> {
  return ("config" in job ? job.config : await readRunConfig(job.directory)).batchSize;
}

/** Cuts chunks into lines. The last line may lack its line break: libraries end what they print with one. */
function byLine(onLine: (line: string) => void): (chunk: string) => void {
  let rest = "";
  return (chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") onLine(line);
  };
}
