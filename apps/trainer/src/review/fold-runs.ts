/**
 * Networks that judge what the run itself has learnt from: its config on all folds of its pictures but one, judged on that one.
 * Each is a run of its own, in `<home>/reviews/<run>/`, so that a review that was stopped goes on with what is missing.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { assignFolds, writeSplitList, type ImageDataset } from "@convkit/data";
import { decodePredictions, RunConfig, type Predictions } from "@convkit/schema";
import type { JudgedRun } from "@convkit/trainer";
import { endingOf, readJournal } from "@convkit/trainer/run-files";
import { ProcessDiedError } from "../process/process-errors.js";
import { unpackError, type RunJob } from "../process/protocol.js";
import { startTrainingProcess, type TrainingProcess } from "../process/training-process.js";

export interface FoldRunsOptions {
  readonly home: string;
  readonly folds: number;
  readonly signal: AbortSignal;
  /** How far the work is. */
  readonly onProgress: (text: string) => void;
  /** What a training process has to say beside it. */
  readonly onNote: (text: string) => void;
  /** Handed each process, to end it by. */
  readonly onProcess: (child: TrainingProcess) => void;
}

/** A network that was to judge one of the folds could not be trained. */
class FoldFailedError extends Error {
  override readonly name = "FoldFailedError";
}

/**
 * @returns probabilities of every training and validation picture, each by the network that has not seen it.
 * @throws {FoldFailedError} if training has failed. @throws {ProcessDiedError} if its process died.
 * @throws the signal's reason, once it is aborted and a checkpoint is kept.
 */
export async function outOfFoldPredictions(run: JudgedRun, options: FoldRunsOptions): Promise<Predictions> {
  const { dataset } = run.data;
  const { folds, home } = options;
  const foldOf = foldsOf(dataset, folds, run.data.config.data.splitSeed);
  const parent = join(home, "reviews", run.folder.runId);
  await mkdir(parent, { recursive: true });
  const judged: Predictions[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const name = `${run.folder.runId}-fold-${fold + 1}-of-${folds}`;
    const list = join(parent, `${name}.csv`);
    const directory = join(parent, name);
    const held = new Set([...foldOf].flatMap(([id, of]) => (of === fold ? [id] : [])));
    if (!existsSync(list)) {
      await writeSplitList(dataset, list, { splits: new Map([...held].map((id) => [id, "test"])) });
    }
    await trainFold(
      { directory, config: configOfFold(run, list, name), title: `fold ${fold + 1} of ${folds}` },
      options,
    );
    judged.push(rowsOf(decodePredictions(await readFile(join(directory, "predictions.bin"))), held));
  }
  return joinPredictions("train", judged);
}

/** Of the pictures that the run has learnt from or chosen its epoch by. */
function foldsOf(dataset: ImageDataset, folds: number, seed: number): Map<string, number> {
  const { train, validation } = dataset.splits;
  const ids = [...train.ids, ...(validation?.ids ?? [])];
  const labels = Int32Array.from([...train.labels, ...(validation?.labels ?? [])]);
  const fold = assignFolds({ ids, labels }, { folds, seed, groupOf: (id) => dataset.groupOf(id) });
  return new Map(ids.map((id, i) => [id, fold[i]!]));
}

/**
 * The run's, but for the pictures: what it held back is in the list, which has its groups, too. A fork or a trial begins with the
 * network's first weights: those that it went on from have seen all pictures.
 */
function configOfFold({ data: { config } }: JudgedRun, list: string, name: string): RunConfig {
  return RunConfig.parse({
    ...config,
    name,
    forkedFrom: undefined,
    sweep: undefined,
    data: {
      ...config.data,
      splits: list,
      annotationsHash: undefined,
      group: undefined,
      folds: undefined,
      fold: 0,
      stratify: false,
      validationFraction: 0,
      testFraction: 0,
      // All pictures of the fold are judged.
      limit: { ...config.data.limit, test: undefined },
    },
  });
}

interface FoldRun {
  readonly directory: string;
  readonly config: RunConfig;
  readonly title: string;
}

async function trainFold({ directory, config, title }: FoldRun, options: FoldRunsOptions): Promise<void> {
  const isBegun = existsSync(join(directory, "config.json"));
  if (isBegun && isDone(directory)) return;
  options.signal.throwIfAborted();
  const { home, onProgress, onNote } = options;
  const job: RunJob = isBegun
    ? { kind: "resume", home, directory, engine: undefined }
    : { kind: "train", home, config, runDirectory: directory };
  onNote(title);
  const child = startTrainingProcess(job, {
    onMessage(message) {
      if (message.type === "event" && message.event.type === "epochEnded") {
        onProgress(`${title}: epoch ${message.event.epoch} of ${config.epochs}`);
      }
    },
    onOutput: onNote,
    onSilence: onNote,
  });
  options.onProcess(child);
  const stop = (): void => child.stop("the review was stopped");
  options.signal.addEventListener("abort", stop);
  try {
    const outcome = await child.outcome;
    if (outcome.type === "error") throw unpackError(outcome.error);
    if (outcome.type === "died") throw new ProcessDiedError(`${outcome.diagnosis}\n${KEPT}`);
    options.signal.throwIfAborted();
  } finally {
    options.signal.removeEventListener("abort", stop);
  }
  if (!isDone(directory)) {
    const reason = endingOf(readJournal(join(directory, "events.jsonl")))?.reason ?? "it was ended";
    throw new FoldFailedError(
      `Expected a network for ${title}, to judge pictures that it has not seen. Received: none, ${reason}. See ${directory}; ` +
        "with --folds 0 only pictures that the run has not learnt from are judged.",
    );
  }
}

/** What is left of a review that ends early. */
export const KEPT = "What was trained is kept: the same command goes on from there.";

function isDone(directory: string): boolean {
  const status = endingOf(readJournal(join(directory, "events.jsonl")))?.status;
  return (status === "completed" || status === "stopped") && existsSync(join(directory, "predictions.bin"));
}

/**
 * Those of the pictures with these ids. The others are the data set's own test pictures, which each fold judges, too: a list can put a
 * picture into another split but not leave it out, and in any other split they would be learnt from or choose the epoch.
 */
function rowsOf(predictions: Predictions, ids: ReadonlySet<string>): Predictions {
  const { classNames, probabilities, labelSets } = predictions;
  const rows = predictions.ids.flatMap((id, row) => (ids.has(id) ? [row] : []));
  const pick = <T extends Float32Array | Uint8Array>(from: T, kept: T): T => {
    const width = classNames.length;
    for (const [i, row] of rows.entries()) kept.set(from.subarray(row * width, (row + 1) * width), i * width);
    return kept;
  };
  const size = rows.length * classNames.length;
  return {
    ...predictions,
    ids: rows.map((row) => predictions.ids[row]!),
    labels: Int32Array.from(rows, (row) => predictions.labels[row]!),
    ...(labelSets && { labelSets: pick(labelSets, new Uint8Array(size)) }),
    probabilities: pick(probabilities, new Float32Array(size)),
  };
}

/** @param parts of the same classes, of label sets all or none; no picture is in two of them. */
export function joinPredictions(split: string, parts: readonly Predictions[]): Predictions {
  const size = parts.reduce((sum, { probabilities }) => sum + probabilities.length, 0);
  const join = <T extends Float32Array | Uint8Array>(valuesOf: (part: Predictions) => T, joined: T): T => {
    let at = 0;
    for (const part of parts) {
      joined.set(valuesOf(part), at);
      at += part.probabilities.length;
    }
    return joined;
  };
  const hasSets = parts.some(({ labelSets }) => labelSets !== undefined);
  return {
    split,
    classNames: parts[0]?.classNames ?? [],
    ids: parts.flatMap(({ ids }) => ids),
    labels: Int32Array.from(parts.flatMap(({ labels }) => [...labels])),
    ...(hasSets && { labelSets: join((part) => part.labelSets!, new Uint8Array(size)) }),
    probabilities: join((part) => part.probabilities, new Float32Array(size)),
  };
}
