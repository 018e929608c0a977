/**
 * In which order `auto` tries engines. Where a machine has more than one of the fast ones, each is measured once, in
 * a process of its own, and what came of it is remembered for this machine, these versions and this many threads. An
 * engine that gave no answer is measured again by the next process.
 */
import type { Candidate } from "./candidates/candidate.js";
import { candidates } from "./candidates/index.js";
import { describeEngine, type EngineReport } from "./describe-engines.js";
import { cpuModel } from "./device-model.js";
import type { UnavailableEngine } from "./engine.js";
import { ENGINE_ORDER, type EngineName } from "./engine-order.js";
import { installedVersion } from "./installed-version.js";
import {
  type Comparison,
  type Outcome,
  type Outcomes,
  recallComparison,
  rememberComparison,
} from "./speeds-file.js";

export interface Ranking {
  /** What to try, the fastest first; what was not compared follows in the order of ENGINE_ORDER. */
  readonly order: readonly EngineName[];
  /** What was installed and could not be measured. */
  readonly failed: readonly UnavailableEngine[];
}

/** Takes no time where at most one of the fast engines is installed, and a second or two for each the first time. */
export async function rankEngines(): Promise<Ranking> {
  const contenders = await findContenders();
  if (contenders.length < 2) return { order: ENGINE_ORDER, failed: [] };
  const remembered = await recallComparison(keyOf(contenders));
  const unknown = contenders.filter(({ name }) => remembered?.outcomes[name] === undefined);
  if (remembered !== null && unknown.length === 0) return rank(remembered);
  const reports: EngineReport[] = [];
  for (const { name } of unknown) reports.push(await describeEngine(name));
  const found = compare(contenders, reports);
  const comparison = { ...found, outcomes: { ...remembered?.outcomes, ...found.outcomes } };
  await remember(contenders, comparison);
  return rank(comparison, reports);
}

/**
 * What `auto` trains with by these reports; `openEngine` does as they say from now on, until something about the
 * machine or the versions changes. What gave no answer it measures again.
 *
 * @param reports of all engines, as `describeEngines` returns them.
 * @returns null if `auto` opens nothing before the user has put something right.
 */
export async function chooseEngine(reports: readonly EngineReport[]): Promise<EngineName | null> {
  if (reports.some((report) => !report.available && report.isUserMistake)) return null;
  const contenders = await findContenders();
  const comparison = compare(contenders, reports);
  if (contenders.length > 1) await remember(contenders, comparison);
  const canTrain = new Set(
    reports.filter((report) => report.available && report.canTrain).map(({ name }) => name),
  );
  return rank(comparison).order.find((name) => canTrain.has(name)) ?? null;
}

interface Contender {
  readonly name: EngineName;
  readonly identity: string;
}

/** The engines that are installed and may be the fastest. @throws what the user has to put right. */
async function findContenders(): Promise<Contender[]> {
  const contenders: Contender[] = [];
  for (const name of ENGINE_ORDER) {
    const candidate: Candidate = candidates[name];
    if (candidate.identify === undefined) continue;
    try {
      contenders.push({ name, identity: await candidate.identify() });
    } catch (error) {
      if (candidate.isUserMistake?.(error)) throw error;
    }
  }
  return contenders;
}

function keyOf(contenders: readonly Contender[]): string {
  const machine = `${cpuModel()}, tfjs ${installedVersion("@tensorflow/tfjs")}`;
  return [machine, ...contenders.map(({ name, identity }) => `${name}: ${identity}`)].join("; ");
}

function compare(contenders: readonly Contender[], reports: readonly EngineReport[]): Comparison {
  const outcomes = reports
    .filter(({ name }) => contenders.some((contender) => contender.name === name))
    .filter((report) => report.available || !report.isPassing)
    .map((report): [EngineName, Outcome] => [report.name, outcomeOf(report)]);
  return { date: new Date().toISOString(), outcomes: Object.fromEntries(outcomes) };
}

function outcomeOf(report: EngineReport): Outcome {
  return report.available ? { gflopsPerSecond: report.speed.gflopsPerSecond } : { reason: report.reason };
}

/** Where everything failed there is nothing to prefer, and the next process may have better luck. */
async function remember(contenders: readonly Contender[], comparison: Comparison): Promise<void> {
  const { length } = measured(comparison.outcomes);
  if (length > 0) await rememberComparison(keyOf(contenders), comparison);
}

/** @param reports of this process's own measuring, if it did any. */
function rank({ date, outcomes }: Comparison, reports: readonly EngineReport[] = []): Ranking {
  const fastestFirst = measured(outcomes);
  if (fastestFirst.length === 0) return { order: ENGINE_ORDER, failed: [] };
  const failed = ENGINE_ORDER.flatMap((name) => {
    const outcome = outcomes[name];
    const report = reports.find((candidate) => candidate.name === name);
    if (report?.available === false && report.isPassing) return [{ name, reason: report.reason }];
    if (outcome === undefined || !("reason" in outcome)) return [];
    return [
      { name, reason: `${outcome.reason} (found on ${date.slice(0, 10)}; \`convkit doctor\` looks again)` },
    ];
  });
  return {
    order: [...fastestFirst, ...ENGINE_ORDER.filter((name) => outcomes[name] === undefined)],
    failed,
  };
}

/** The fastest first; sorting is stable, so equals stay in the order of ENGINE_ORDER. */
function measured(outcomes: Outcomes): EngineName[] {
  const speedOf = (name: EngineName): number | undefined => {
    const outcome = outcomes[name];
    return outcome !== undefined && "gflopsPerSecond" in outcome ? outcome.gflopsPerSecond : undefined;
  };
  return ENGINE_ORDER.filter((name) => speedOf(name) !== undefined).sort((a, b) => speedOf(b)! - speedOf(a)!);
}
