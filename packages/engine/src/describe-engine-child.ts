/** The process that `describeEngine` starts for one engine: opens it, measures it, reports and ends. */
import type { Candidate } from "./candidates/candidate.js";
import { candidates } from "./candidates/index.js";
import type { EngineReport } from "./describe-engines.js";
import { describeOpened } from "./engine.js";
import { EngineUnavailableError } from "./engine-errors.js";
import type { EngineName } from "./engine-order.js";
import { measureEngine } from "./measure-engine.js";
import { openEngine } from "./open-engine.js";

async function report(name: EngineName, durationMs: number): Promise<EngineReport> {
  try {
    const engine = await openEngine(name);
    const speed = await measureEngine(engine, { durationMs });
    return { available: true, ...describeOpened(engine), speed };
  } catch (error) {
    if (error instanceof EngineUnavailableError) {
      return { available: false, name, reason: error.reason, isUserMistake: false, isPassing: false };
    }
    const candidate: Candidate = candidates[name];
    if (!(error instanceof Error) || !candidate.isUserMistake?.(error)) throw error;
    return { available: false, name, reason: error.message, isUserMistake: true, isPassing: false };
  }
}

const answer = await report(process.argv[2] as EngineName, Number(process.argv[3]));
process.send?.(answer, undefined, undefined, () => process.exit(0));
