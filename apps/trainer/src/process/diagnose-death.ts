/** Says in words why a training process died, from what is left to look at. */
import type { OomKills } from "../host/cgroup.js";
import { adviseBatchSize } from "./memory-advice.js";

export interface DeathFacts {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last lines the process wrote to its standard error. */
  readonly lastWords: string;
  readonly oomKills: { readonly before: OomKills; readonly after: OomKills };
  /** Largest resident size seen; null where it could not be read. */
  readonly peakResidentBytes: number | null;
  readonly memoryLimitBytes: number | null;
  /** Held when the training began; null where it is not known. */
  readonly residentBeforeBytes?: number | null;
  /** Of the run, where it is known and trained. */
  readonly batchSize?: number | null;
}

/** @returns one to three sentences, without advice on how to go on. */
export function diagnoseDeath(facts: DeathFacts): string {
  const { exitCode, signal, lastWords } = facts;
  if (/JavaScript heap out of memory/.test(lastWords)) {
    return (
      "The training process ran out of JavaScript heap, the memory for objects rather than pictures and weights. " +
      "NODE_OPTIONS=--max-old-space-size=4096 gives it more."
    );
  }
  switch (signal) {
    case "SIGKILL":
      return diagnoseKill(facts);
    case "SIGSEGV":
    case "SIGBUS":
    case "SIGILL":
    case "SIGFPE":
    case "SIGABRT":
      return (
        `The training process crashed in native code (${signal}: ${NATIVE_CRASHES[signal]}). ` +
        `That is a defect of the engine or of a native library; --engine cpu avoids it at the price of speed.${quote(lastWords)}`
      );
    case null:
      return `The training process ended with exit code ${exitCode} and without a result.${quote(lastWords)}`;
    default:
      return `The training process was ended from outside by ${signal}.`;
  }
}

const NATIVE_CRASHES = {
  SIGSEGV: "it touched memory that is not its own",
  SIGBUS: "it touched memory that is not there",
  SIGILL: "an instruction this CPU does not have",
  SIGFPE: "an arithmetic fault",
  SIGABRT: "it gave up by itself",
} as const;

function diagnoseKill({ batchSize, ...facts }: DeathFacts): string {
  const { oomKills, peakResidentBytes, memoryLimitBytes } = facts;
  const lessMemory = batchSize == null ? LESS_MEMORY : adviseBatchSize({ ...facts, batchSize });
  const memory =
    peakResidentBytes === null
      ? ""
      : ` It held up to ${gib(peakResidentBytes)} of memory${memoryLimitBytes === null ? "" : ` of ${gib(memoryLimitBytes)} allowed`}.`;
  if (rose(oomKills.before.group, oomKills.after.group)) {
    return (
      "The training process was killed by the kernel for memory: its control group's limit was reached " +
      `(SIGKILL, and the group's oom_kill counter rose).${memory} ${lessMemory}`
    );
  }
  if (rose(oomKills.before.system, oomKills.after.system)) {
    return (
      "The training process was killed, very likely by the kernel because the machine ran out of memory " +
      `(SIGKILL, and the system's oom_kill counter rose).${memory} ${lessMemory}`
    );
  }
  return (
    "The training process was killed from outside (SIGKILL). The kernel counted no kill for lack of memory, " +
    `so it was somebody's kill -9, a job scheduler, or a memory guard outside this container.${memory}`
  );
}

const LESS_MEMORY = "A smaller --batch-size or smaller pictures need less.";

function rose(before: number | null, after: number | null): boolean {
  return before !== null && after !== null && after > before;
}

function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

function quote(lastWords: string): string {
  const text = lastWords.trim();
  return text === "" ? "" : ` Its last words:\n${text}`;
}
