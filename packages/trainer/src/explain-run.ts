/**
 * Where a run's network looked in the pictures it was judged by: its surest mistakes, those it was least sure of, and those that
 * are right for what may be a poor reason. Everything lies in the run's artifacts/explanations/.
 */
import { labelsAt, type DatasetSplit } from "@convkit/data";
import {
  frameShare,
  gradCam,
  mapAt,
  nearestNeighbours,
  NoFeatureMapsError,
} from "@convkit/evaluator/explain";
import { peaksOf, poorReasons, resizeMaps, sanityCheck, type SaliencyMaps } from "@convkit/evaluator/explain";
import {
  decodePredictions,
  type ExplainedPicture,
  type ExplanationMethod,
  type Explanations,
  type Predictions,
} from "@convkit/schema";
import type * as tf from "@tensorflow/tfjs";
import { readdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { eachGroup } from "./each-group.js";
import { classCandidates, labelSetCandidates, type Candidate } from "./explained-candidates.js";
import { classIndex, EXPLAIN, overlayPngs } from "./explained-picture.js";
import { NothingToJudgeError } from "./judge.js";
import { withJudgedRun, type JudgedRun, type JudgedRunOptions } from "./judged-run.js";
import { runFeatures } from "./run-features.js";

const FOLDER = "explanations";
/** Pictures of each kind. */
const SHOWN = 12;
/** Right pictures in which a poor reason is looked for: chosen by the hash of their ids. */
const MOST_SEARCHED = 300;
/** Training pictures among which neighbours are looked for, and how many of a picture's count. */
const MOST_TRAINING = 2000;
const NEIGHBOURS = 10;
/** Pictures of the sanity check. */
const CHECKED = 32;

export interface ExplainRunOptions extends JudgedRunOptions {
  readonly method: ExplanationMethod;
  /**
   * Whose evidence is shown. Default: the class that the network says. With label sets only its answers to this label are looked at;
   * default: of each picture the label that it was chosen for.
   */
  readonly className?: string | undefined;
  /** Whether the weights are randomised, stage by stage, to see whether the maps depend on them. */
  readonly sanity: boolean;
  readonly onProgress?: ((text: string) => void) | undefined;
}

export interface ExplainRunResult {
  readonly explanations: Explanations;
  /** The document's path; the pictures lie beside it. */
  readonly path: string;
  readonly remarks: readonly string[];
}

/**
 * @throws {NothingToJudgeError} if the run has no predictions.
 * @throws {UnknownClassError} if the class is none of the run's.
 * @throws {NoFeatureMapsError} if the method needs feature maps and the network has none.
 */
export function explainRun(runDirectory: string, options: ExplainRunOptions): Promise<ExplainRunResult> {
  return withJudgedRun(runDirectory, options, async (run) => {
    const { method, className, signal, onProgress } = options;
    const { classNames } = run.data.dataset;
    const asked = className === undefined ? undefined : classIndex(className, classNames);
    const predictions = await readPredictions(run);
    const split = run.data.dataset.splitList().find(({ name }) => name === predictions.split)!;
    const known = new Set(split.ids);
    const isMultiLabel = predictions.labelSets !== undefined;
    const { mistakes, uncertain, right } = isMultiLabel
      ? labelSetCandidates(predictions, known, asked)
      : classCandidates(predictions, known);
    const searched = await searchPoorReasons(run, { split, right, ...options });
    const chosen = [
      ...mistakes.slice(0, SHOWN),
      ...uncertain.slice(0, SHOWN).map((picture) => ({ ...picture, chosenAs: "uncertain" as const })),
      ...searched
        .filter(({ reasons }) => reasons!.length > 0)
        .sort(byEvidence)
        .slice(0, SHOWN),
    ];
    const pictures: ExplainedPicture[] = [];
    // Under names of their own: until there is a new index, the old one goes on naming the old pictures.
    const stamp = Date.now().toString(36);
    const ranks = { mistake: 0, uncertain: 0, "poor-reason": 0 };
    await eachGroup({ run, split: select(split, chosen), signal }, async (inputs, start) => {
      onProgress?.(`${method}: ${start} of ${chosen.length} pictures`);
      const [, height, width] = inputs.shape;
      const classes = targetsOf(chosen.slice(start, start + inputs.shape[0])) ?? asked;
      const maps = await EXPLAIN[method](run.model, inputs, { classes });
      const peaks = peaksOf(resizeMaps(maps, height, width));
      const pngs = await overlayPngs(inputs, maps, run.data.config.transforms.evaluation);
      for (const [i, png] of pngs.entries()) {
        const { target, ...picture } = chosen[start + i]!;
        ranks[picture.chosenAs] += 1;
        const file = `${method}-${stamp}-${picture.chosenAs}-${ranks[picture.chosenAs]}.png`;
        await run.saveArtifact(`${FOLDER}/${file}`, png);
        const peak = peaks[i]! && { x: (peaks[i].x + 0.5) / width, y: (peaks[i].y + 0.5) / height };
        pictures.push({ ...picture, explained: target ?? maps.classes[i]!, file, peak });
      }
    });
    const explanations: Explanations = {
      formatVersion: 1,
      method,
      split: split.name,
      classNames: [...classNames],
      ...(isMultiLabel && { isMultiLabel }),
      searched: searched.length,
      pictures,
      ...(options.sanity && { sanity: await checkSanity(run, split, options) }),
    };
    const path = await run.saveArtifact(`${FOLDER}/index.json`, explanations);
    await removeUnnamed(dirname(path), new Set(pictures.map(({ file }) => file)));
    return { explanations, path, remarks: run.remarks };
  });
}

/** Pictures of earlier explanations, and of those that were stopped halfway. */
async function removeUnnamed(folder: string, named: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(folder)) {
    if (/\.png(\.tmp)?$/.test(name) && !named.has(name)) await rm(join(folder, name));
  }
}

async function readPredictions({ folder }: JudgedRun): Promise<Predictions> {
  const bytes = await readFile(folder.predictions).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  const predictions = bytes && decodePredictions(bytes);
  if (predictions) return predictions;
  throw new NothingToJudgeError(
    `Expected predictions, to explain them. Received: ${folder.runId}, which has none. Judge it first: convkit evaluate ` +
      folder.runId,
  );
}

/** Of pictures that have targets each its own; else undefined. */
function targetsOf(pictures: readonly Candidate[]): number[] | undefined {
  const targets = pictures.flatMap(({ target }) => (target === undefined ? [] : [target]));
  return targets.length === 0 ? undefined : targets;
}

/** A sample of the right pictures, each with what speaks for a poor reason: none, mostly. */
async function searchPoorReasons(
  run: JudgedRun,
  {
    split,
    right,
    signal,
    onProgress,
  }: Omit<ExplainRunOptions, "home"> & { split: DatasetSplit; right: readonly Candidate[] },
): Promise<Candidate[]> {
  if (right.length === 0) return [];
  const sample = select(split, right).take(MOST_SEARCHED);
  const byId = new Map(right.map((picture) => [picture.id, picture]));
  const pictures = sample.ids.map((id) => byId.get(id)!);
  const train = run.data.dataset.splits.train.take(MOST_TRAINING);
  const frames = await frameSharesOf(run, sample, { targets: targetsOf(pictures), signal, onProgress });
  const features = await runFeatures(run, sample, { signal, onProgress });
  const trained = await runFeatures(run, train, { signal, onProgress });
  const neighbours = await nearestNeighbours(trained, features, NEIGHBOURS);
  return pictures.map((picture, i) => {
    const foreign = neighbours[i]!.filter(({ index }) => !labelsAt(train, index).includes(picture.label));
    const evidence = {
      ...(frames && { frameShare: frames[i]! }),
      foreignShare: foreign.length / neighbours[i]!.length,
    };
    return { ...picture, chosenAs: "poor-reason", ...evidence, reasons: poorReasons(evidence) };
  });
}

/** By Grad-CAM, whatever is shown; null of a network without feature maps. */
async function frameSharesOf(
  run: JudgedRun,
  split: DatasetSplit,
  {
    targets,
    signal,
    onProgress,
  }: Pick<ExplainRunOptions, "signal" | "onProgress"> & { readonly targets: readonly number[] | undefined },
): Promise<number[] | null> {
  const shares: number[] = [];
  try {
    await eachGroup({ run, split, signal }, async (inputs: tf.Tensor4D, start) => {
      onProgress?.(`looking for poor reasons: ${start} of ${split.length} right pictures`);
      const [, height, width] = inputs.shape;
      const classes = targets?.slice(start, start + inputs.shape[0]);
      const maps: SaliencyMaps = resizeMaps(await gradCam(run.model, inputs, { classes }), height, width);
      for (let i = 0; i < maps.count; i++) shares.push(frameShare(mapAt(maps, i), height, width));
    });
  } catch (error) {
    if (error instanceof NoFeatureMapsError) return null;
    throw error;
  }
  return shares;
}

function byEvidence(a: Candidate, b: Candidate): number {
  const weight = ({ reasons = [], frameShare: frame = 0, foreignShare = 0 }: Candidate) =>
    reasons.length * 2 + frame + foreignShare;
  return weight(b) - weight(a);
}

async function checkSanity(
  run: JudgedRun,
  split: DatasetSplit,
  { method, signal, onProgress }: ExplainRunOptions,
): Promise<Explanations["sanity"]> {
  const sample = split.take(CHECKED);
  const sums = new Map<string, number>();
  await eachGroup({ run, split: sample, signal }, async (inputs, start) => {
    const stages = await sanityCheck(run.model, inputs, {
      explain: EXPLAIN[method],
      rng: run.rng.split("sanity"),
      onStage(stage) {
        signal?.throwIfAborted();
        onProgress?.(`sanity check: weights randomised down to ${stage}, from picture ${start}`);
      },
    });
    for (const { stage, rankCorrelation } of stages) {
      sums.set(stage, (sums.get(stage) ?? 0) + rankCorrelation * inputs.shape[0]);
    }
  });
  const stages = [...sums].map(([stage, sum]) => ({ stage, rankCorrelation: sum / sample.length }));
  return { pictures: sample.length, stages };
}

function select(split: DatasetSplit, pictures: readonly Candidate[]): DatasetSplit {
  const positions = new Map(split.ids.map((id, position) => [id, position]));
  return split.select(pictures.map(({ id }) => positions.get(id)!));
}
