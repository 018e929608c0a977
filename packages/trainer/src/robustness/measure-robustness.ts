/** What is left of a run's accuracy when its pictures are corrupted, turned, scaled or attacked. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { corruptionErrors } from "@convkit/evaluator";
import { VIEW_COUNTS } from "@convkit/models";
import { Rng } from "@convkit/random";
import { RobustnessPart, RobustnessReport, type CorruptionAccuracies } from "@convkit/schema";
import { corrupt, CORRUPTIONS, corruptionScale, type Severity } from "@convkit/transforms";
import { NothingToJudgeError } from "../judge.js";
import { withJudgedRun, type JudgedRun, type JudgedRunOptions } from "../judged-run.js";
import { ATTACK_PASSES, attackCurves } from "./attack-curves.js";
import {
  checkBaseline,
  drawSample,
  measuredSample,
  sampleDifferences,
  type MeasuredSample,
} from "./measured-sample.js";
import { RobustnessPictures } from "./robustness-pictures.js";

export interface RobustnessOptions extends JudgedRunOptions {
  /** Pictures at most, of each class its share. */
  readonly limit: number;
  /** Of the sample and of everything that is drawn. */
  readonly seed: number;
  readonly parts: readonly RobustnessPart[];
  /** Whose errors on the same corruptions are to count as 1, and what it is called. */
  readonly baseline?: { readonly name: string; readonly report: RobustnessReport } | undefined;
  /** Told before each condition. */
  readonly onCondition?: (
    condition: string,
    progress: { readonly done: number; readonly of: number },
    /** How much of the work is done, 0 to 1: a condition of PGD takes many times what others do. */
    share: number,
  ) => void;
  /** Told once a part is whole, and kept with those before it. */
  readonly onPartKept?: (part: RobustnessPart) => void;
}

const NAME = "robustness.json";

const SEVERITIES = [1, 2, 3, 4, 5] as const satisfies readonly Severity[];
const DEGREES = Array.from({ length: 25 }, (_, i) => -180 + 15 * i);
/** 2^(−1) to 2^1, a quarter of an octave apart. */
const FACTORS = Array.from({ length: 9 }, (_, i) => 2 ** ((i - 4) / 4));

/** How often the network is asked of each picture, condition by condition; `views` times where it is judged by several. */
const passesOf = (views: number): Readonly<Record<RobustnessPart, readonly number[]>> => ({
  corruptions: CORRUPTIONS.flatMap(() => SEVERITIES.map(() => views)),
  rotation: DEGREES.map(() => views),
  scale: FACTORS.map(() => views),
  adversarial: ATTACK_PASSES,
});

/**
 * Of the test pictures, else of the validation pictures. Corruptions, turns and scales are done to the decoded picture as the data
 * set gives it, before the evaluation transforms; attacks to what the network is given. The report is kept as `artifacts/robustness.json`
 * after each part, so that an end before time loses none that is whole. Parts of an earlier report of the same pictures by the same
 * seed, with the same accuracy, stay until they are measured anew; any other report is replaced, and a remark says so.
 *
 * @throws {NothingToJudgeError} if no epoch of the run has ended, or there are no labelled pictures to judge on, or they have any number of labels.
 * @throws {RangeError} if the baseline has no corruptions.
 * @throws {BaselineMismatchError} if they are of other pictures, or of the other scale.
 * @throws the signal's reason, once it is aborted.
 */
export async function measureRobustness(
  runDirectory: string,
  options: RobustnessOptions,
): Promise<{
  readonly report: RobustnessReport;
  readonly path: string;
  readonly remarks: readonly string[];
}> {
  const { baseline } = options;
  if (baseline && !baseline.report.corruptions) {
    throw new RangeError(
      `Expected a baseline with corruptions. Received: ${baseline.name}, measured without.`,
    );
  }
  return withJudgedRun(runDirectory, { loaderWorkers: 0, ...options }, async (run) => {
    const { report, path, remarks } = await measure(run, options);
    return { report, path, remarks: [...run.remarks, ...remarks] };
  });
}

async function measure(run: JudgedRun, options: RobustnessOptions) {
  const { limit, seed, parts, baseline, signal } = options;
  const rng = Rng.fromSeed(seed).split("robustness");
  const split = splitToMeasure(run);
  const sample = drawSample(split, { limit, rng: rng.split("sample") });
  const { contentHash } = run.data.dataset;
  const measured = measuredSample(sample, { seed, contentHash });
  const pictures = await RobustnessPictures.read(run, sample, signal);
  if (baseline) checkBaseline(baseline, measured, corruptionScale(pictures.shape));
  const { testTimeAugmentation } = run.data.config;
  const views = testTimeAugmentation ? VIEW_COUNTS[testTimeAugmentation] : 1;
  const asked = RobustnessPart.options.filter((one) => parts.includes(one));
  const passes = [views, ...asked.flatMap((part) => passesOf(views)[part])];
  const total = passes.reduce((sum, one) => sum + one, 0);
  let [done, passed] = [0, 0];
  const tell = (condition: string): void => {
    signal?.throwIfAborted();
    options.onCondition?.(condition, { done, of: passes.length }, passed / total);
    passed += passes[done++]!;
  };
  tell("as they are");
  const accuracy = await pictures.accuracyOf();
  const earlier = await earlierParts(run, { ...measured, accuracy }, parts);
  const summary = { accuracy, baseline, scale: corruptionScale(pictures.shape) };
  let report: RobustnessReport = { formatVersion: 1, ...measured, accuracy, ...earlier.kept };
  if (baseline && report.corruptions)
    report = { ...report, corruptions: summarise(report.corruptions.byName, summary) };
  const measurements: Record<RobustnessPart, () => Promise<Partial<RobustnessReport>>> = {
    corruptions: async () => {
      const byName = await measureCorruptions(pictures, { rng: rng.split("corruptions"), tell });
      return { corruptions: summarise(byName, summary) };
    },
    rotation: async () => ({
      rotation: await eachOf(DEGREES, async (degrees) => {
        tell(`turned by ${degrees}°`);
        return { degrees, accuracy: await pictures.warpedAccuracy({ angle: degrees }) };
      }),
    }),
    scale: async () => ({
      scale: await eachOf(FACTORS, async (factor) => {
        tell(`scaled by ${factor.toFixed(2)}`);
        return { factor, accuracy: await pictures.warpedAccuracy({ scale: factor }) };
      }),
    }),
    adversarial: async () => ({
      adversarial: await attackCurves(run, pictures, {
        rng: rng.split("attacks"),
        onPoint: (attack, epsilon) => tell(`${attack.toUpperCase()}, ε ${epsilon} / 255`),
      }),
    }),
  };
  let path = join(run.folder.artifacts, NAME);
  for (const part of asked) {
    report = { ...report, ...(await measurements[part]()) };
    path = await run.saveArtifact(NAME, report);
    options.onPartKept?.(part);
  }
  return { report, path, remarks: earlier.remarks };
}

/**
 * What the report that is there already has, if it is of the same pictures; remarks are of the parts that are not measured again.
 */
async function earlierParts(
  { folder }: JudgedRun,
  measured: MeasuredSample & { readonly accuracy: number },
  parts: readonly RobustnessPart[],
): Promise<{ kept: Partial<RobustnessReport>; remarks: string[] }> {
  const text = await readFile(join(folder.artifacts, NAME), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (text === null) return { kept: {}, remarks: [] };
  const earlier = readReport(text);
  if (!earlier) return { kept: {}, remarks: [`The earlier ${NAME} could not be read, and was replaced.`] };
  const there = RobustnessPart.options.filter((part) => earlier[part]);
  const others = there.filter((part) => !parts.includes(part)).join(", ");
  const differences = sampleDifferences(measured, earlier);
  if (earlier.accuracy !== measured.accuracy)
    differences.push(`an accuracy of ${earlier.accuracy} as they are`);
  const isSame = differences.length === 0;
  const remark = isSame
    ? `Kept from the earlier report of the same pictures: ${others}.`
    : `Replaced the earlier report's ${others}: it was measured with ${differences.join(", ")}.`;
  return {
    kept: isSame ? Object.fromEntries(there.map((part) => [part, earlier[part]])) : {},
    remarks: others === "" ? [] : [remark],
  };
}

function readReport(text: string): RobustnessReport | undefined {
  try {
    return RobustnessReport.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function splitToMeasure({ data: { dataset } }: JudgedRun) {
  const split = dataset.splits.test ?? dataset.splits.validation;
  if (!split) {
    throw new NothingToJudgeError(
      `Expected a data set with test or validation pictures. Received: ${dataset.source}, which has neither.`,
    );
  }
  if (dataset.isMultiLabel) {
    throw new NothingToJudgeError(
      "Expected pictures of one class each: robustness is told as accuracy. " +
        `Received: ${dataset.source}, whose pictures have any number of labels.`,
    );
  }
  return split;
}

interface CorruptionOptions {
  readonly rng: Rng;
  readonly tell: (condition: string) => void;
}

function measureCorruptions(
  pictures: RobustnessPictures,
  { rng, tell }: CorruptionOptions,
): Promise<CorruptionAccuracies[]> {
  return eachOf(CORRUPTIONS, async (name) => ({
    name,
    accuracies: await eachOf(SEVERITIES, (severity) => {
      tell(`${name}, severity ${severity}`);
      const drawn = rng.split(name).split(severity);
      return pictures.accuracyOf((image, position) =>
        // By its id: a picture is corrupted alike in any sample.
        corrupt(image, { name, severity, rng: drawn.split(pictures.idAt(position)) }),
      );
    }),
  }));
}

type Corruptions = NonNullable<RobustnessReport["corruptions"]>;

/** Of accuracies by corruption, the errors: against the baseline's, if there is one. */
function summarise(
  byName: CorruptionAccuracies[],
  {
    accuracy,
    baseline,
    scale,
  }: Pick<RobustnessOptions, "baseline"> & Pick<Corruptions, "scale"> & { accuracy: number },
): Corruptions {
  const against = baseline?.report.corruptions && {
    accuracy: baseline.report.accuracy,
    byName: baseline.report.corruptions.byName,
  };
  const errors = corruptionErrors({ accuracy, byName }, against);
  const { meanCorruptionError, relativeMeanCorruptionError } = errors;
  return {
    scale,
    byName,
    meanCorruptionError,
    relativeMeanCorruptionError,
    ...(baseline && { baseline: baseline.name, overBaseline: [...errors.byName] }),
  };
}

/** One after the other. */
async function eachOf<T, R>(values: readonly T[], change: (value: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const value of values) results.push(await change(value));
  return results;
}
