/**
 * Beginning a run at a checkpoint that another one keeps: with its weights, averages, optimizer slots, random state, place
 * in the data and callbacks' states, under a config that may differ. The source's folder is only read.
 */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { ForkPoint, RunConfig } from "@convkit/schema";
import { changedFixedFields, type FixedField } from "@convkit/schema/fork-fields";
import { CheckpointCorruptError, loadCheckpoint, type Checkpoint } from "./checkpoint.js";
import { stepCheckpoints, stepFolderName } from "./intact-checkpoint.js";
import { NotARunError, RunFolder } from "./run-folder.js";
import { namedCallbacks } from "./user-callbacks.js";

/** There is no such run or checkpoint to fork from, or the config cannot go on from it. */
export class ForkError extends Error {
  override readonly name = "ForkError";
}

/** A config that names where its run goes on. */
export type ForkConfig = RunConfig & { readonly forkedFrom: ForkPoint };

export function isFork(config: RunConfig): config is ForkConfig {
  return config.forkedFrom !== undefined;
}

/**
 * The checkpoint that the config names, as its run goes on from it: not stopped, and without the states of callbacks
 * that the config has changed.
 *
 * @param config with everything filled in that a run fills in.
 * @param runs folder of the runs: the source lies in it.
 * @throws {ForkError} if there is none, the config changes what must not change, or it has no epoch left to train.
 * @throws {CheckpointCorruptError} if it is damaged; the message names those that are whole.
 * @throws {CheckpointVersionError} if a newer convkit wrote it.
 */
export async function readFork(config: ForkConfig, runs: string): Promise<Checkpoint> {
  const source = await openSource(config.forkedFrom.runId, runs);
  checkFixedFields(source, config);
  const { state, ...arrays } = await readKept(source, config.forkedFrom.step);
  if (state.epoch > config.epochs) {
    throw new ForkError(
      `Expected more \`epochs\` than the checkpoint of step ${state.step} of ${source.runId} has done. ` +
        `Received: ${config.epochs}, of which it has done ${state.epoch - 1}. Raise them, or fork from an earlier one.`,
    );
  }
  const callbacks = keptStates(state.callbacks, source.config, config);
  return { ...arrays, state: { ...state, callbacks, stopReason: null } };
}

async function openSource(runId: string, runs: string): Promise<RunFolder> {
  try {
    return await RunFolder.open(join(runs, runId));
  } catch (error) {
    if (!(error instanceof NotARunError)) throw error;
    throw new ForkError(
      `Expected the run to fork from, ${runId}, in ${runs}. Received: none that can be read there. Fork it where it was ` +
        "trained, or leave `forkedFrom` out of the config, to train from the first step.",
      { cause: error },
    );
  }
}

function checkFixedFields(source: RunFolder, config: RunConfig): void {
  const changed = [...changedFixedFields(source.config, config), ...changedPictures(source.config, config)];
  if (changed.length === 0) return;
  const received = changed.map(({ path, reason }) => `another \`${path}\` (${reason})`).join(", ");
  const wayOut = existsSync(source.model)
    ? `its weights alone begin any run whose network is \`model.classifier=${source.model}\``
    : "train without `forkedFrom`, from the first step";
  throw new ForkError(
    `Expected a config with which a checkpoint of ${source.runId} can go on. Received: ${received}. ` +
      `Leave that as it is in ${source.configFile}; or ${wayOut}.`,
  );
}

/** What a fork's config leaves out is compared with no file: only here is it seen that classes have changed places. */
function changedPictures({ data: before }: RunConfig, { data: after }: RunConfig): FixedField[] {
  return PICTURE_HASHES.filter(({ key }) => before[key] !== undefined && before[key] !== after[key]).map(
    ({ key, reason }) => ({ path: `data.${key}`, reason }),
  );
}

const PICTURE_HASHES = [
  { key: "contentHash", reason: "the pictures are not those that the source was trained on" },
  {
    key: "annotationsHash",
    reason: "their classes, splits or groups are not those that the source was trained on",
  },
] as const;

/** By its number of steps it may be any of them: a `last` or `best` of the same step goes on in the same way. */
async function readKept(source: RunFolder, step: ForkPoint["step"]): Promise<Checkpoint> {
  const { checkpoints, lastCheckpoint, bestCheckpoint } = source;
  const paths =
    typeof step === "number"
      ? [join(checkpoints, stepFolderName(step)), lastCheckpoint, bestCheckpoint]
      : [join(checkpoints, step)];
  let damage: CheckpointCorruptError | undefined;
  for (const path of paths) {
    try {
      const checkpoint = await loadCheckpoint(path);
      if (checkpoint && (typeof step === "string" || checkpoint.state.step === step)) return checkpoint;
    } catch (error) {
      if (!(error instanceof CheckpointCorruptError)) throw error;
      damage ??= error;
    }
  }
  const intact = await describeIntact(source);
  if (damage) throw new CheckpointCorruptError(`${damage.message} ${intact}`, { cause: damage });
  const wanted = typeof step === "number" ? `of step ${step}` : `\`${step}\``;
  throw new ForkError(
    `Expected a checkpoint ${wanted} that ${source.runId} keeps. Received: none of it. ${intact}`,
  );
}

/** `Whole are: last (step 24), step-000012.` */
async function describeIntact({ checkpoints, lastCheckpoint, bestCheckpoint }: RunFolder): Promise<string> {
  const whole: string[] = [];
  for (const path of [lastCheckpoint, bestCheckpoint, ...(await stepCheckpoints(checkpoints))]) {
    const checkpoint = await loadCheckpoint(path).catch(() => null);
    if (checkpoint) whole.push(`${basename(path)} (step ${checkpoint.state.step})`);
  }
  if (whole.length === 0) return "None is whole that it keeps: train from the first step.";
  return `Fork from one that is whole: ${whole.join(", ")}.`;
}

/** A state goes on only where what it counts is still the same. A time budget is that of the new run. */
function keptStates(
  states: Checkpoint["state"]["callbacks"],
  source: RunConfig,
  config: RunConfig,
): Checkpoint["state"]["callbacks"] {
  const isWatchedAlike =
    source.earlyStopping?.monitor === config.earlyStopping?.monitor &&
    source.earlyStopping?.mode === config.earlyStopping?.mode;
  // The falls of a plateau are of the source's rate: another one is as high as it was asked for.
  const isSameRate =
    source.learningRate === config.learningRate && isDeepStrictEqual(source.schedule, config.schedule);
  const own = namedCallbacks(config.callbacks);
  const ofSource = namedCallbacks(source.callbacks);
  const isKept = (name: string): boolean => {
    if (name === "timeBudget") return false;
    if (name === "earlyStopping") return isWatchedAlike;
    if (name === "reduceLrOnPlateau") return isSameRate;
    return own.get(name)?.module === ofSource.get(name)?.module;
  };
  return Object.fromEntries(Object.entries(states).filter(([name]) => isKept(name)));
}
