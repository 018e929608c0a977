/** What is left of a run's accuracy when its pictures are corrupted, turned, scaled or attacked. */
import { corruptionErrors } from "@convkit/evaluator";
import { Rng } from "@convkit/random";
import type { CorruptionAccuracies, RobustnessPart, RobustnessReport } from "@convkit/schema";
import { corrupt, CORRUPTIONS, corruptionScale, type Severity } from "@convkit/transforms";
import { NothingToJudgeError } from "../judge.js";
import { withJudgedRun, type JudgedRun, type JudgedRunOptions } from "../judged-run.js";
import { attackCurves, EPSILONS } from "./attack-curves.js";
import { checkBaseline, measuredSample } from "./measured-sample.js";
import { RobustnessPictures } from "./robustness-pictures.js";
import { stratifiedSample } from "./stratified-sample.js";

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
  ) => void;
}

const SEVERITIES = [1, 2, 3, 4, 5] as const satisfies readonly Severity[];
const DEGREES = Array.from({ length: 25 }, (_, i) => -180 + 15 * i);
/** 2^(−1) to 2^1, a quarter of an octave apart. */
const FACTORS = Array.from({ length: 9 }, (_, i) => 2 ** ((i - 4) / 4));

const CONDITIONS: Readonly<Record<RobustnessPart, number>> = {
  corruptions: CORRUPTIONS.length * SEVERITIES.length,
  rotation: DEGREES.length,
  scale: FACTORS.length,
  adversarial: 2 * EPSILONS.length,
};

/**
 * Of the test pictures, else of the validation pictures. Corruptions, turns and scales are done to the decoded picture as the data
 * set gives it, before the evaluation transforms; attacks to what the network is given. The report is kept as `artifacts/robustness.json`,
 * in place of an earlier one.
 *
 * @throws {NothingToJudgeError} if no epoch of the run has ended, or there are no pictures to judge on, or they have any number of labels.
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
    const report = await measure(run, options);
    const path = await run.saveArtifact("robustness.json", report);
    return { report, path, remarks: run.remarks };
  });
}

async function measure(run: JudgedRun, options: RobustnessOptions): Promise<RobustnessReport> {
  const { limit, seed, parts, baseline, signal } = options;
  const rng = Rng.fromSeed(seed).split("robustness");
  const split = splitToMeasure(run);
  const sample = split.select(stratifiedSample(split.labels, limit, rng.split("sample")));
  const { contentHash } = run.data.dataset;
  const measured = measuredSample(sample, { seed, contentHash });
  const pictures = await RobustnessPictures.read(run, sample, signal);
  if (baseline) checkBaseline(baseline, measured, corruptionScale(pictures.shape));
  const of = 1 + parts.reduce((sum, part) => sum + CONDITIONS[part], 0);
  let done = 0;
  const tell = (condition: string): void => {
    signal?.throwIfAborted();
    options.onCondition?.(condition, { done, of });
    done++;
  };
  const asked = new Set(parts);
  tell("as they are");
  const accuracy = await pictures.accuracyOf();
  return {
    formatVersion: 1,
    ...measured,
    accuracy,
    ...(asked.has("corruptions") && {
      corruptions: await measureCorruptions(pictures, {
        accuracy,
        baseline,
        rng: rng.split("corruptions"),
        tell,
      }),
    }),
    ...(asked.has("rotation") && {
      rotation: await eachOf(DEGREES, async (degrees) => {
        tell(`turned by ${degrees}°`);
        return { degrees, accuracy: await pictures.warpedAccuracy({ angle: degrees }) };
      }),
    }),
    ...(asked.has("scale") && {
      scale: await eachOf(FACTORS, async (factor) => {
        tell(`scaled by ${factor.toFixed(2)}`);
        return { factor, accuracy: await pictures.warpedAccuracy({ scale: factor }) };
      }),
    }),
    ...(asked.has("adversarial") && {
      adversarial: await attackCurves(run, pictures, {
        rng: rng.split("attacks"),
        onPoint: (attack, epsilon) => tell(`${attack.toUpperCase()}, ε ${epsilon} / 255`),
      }),
    }),
  };
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
  readonly accuracy: number;
  readonly baseline: RobustnessOptions["baseline"];
  readonly rng: Rng;
  readonly tell: (condition: string) => void;
}

async function measureCorruptions(
  pictures: RobustnessPictures,
  { accuracy, baseline, rng, tell }: CorruptionOptions,
): Promise<NonNullable<RobustnessReport["corruptions"]>> {
  const byName: CorruptionAccuracies[] = await eachOf(CORRUPTIONS, async (name) => ({
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
  const against = baseline?.report.corruptions && {
    accuracy: baseline.report.accuracy,
    byName: baseline.report.corruptions.byName,
  };
  const { meanCorruptionError, relativeMeanCorruptionError } = corruptionErrors(
    { accuracy, byName },
    against,
  );
  return {
    scale: corruptionScale(pictures.shape),
    byName,
    meanCorruptionError,
    relativeMeanCorruptionError,
    ...(baseline && { baseline: baseline.name }),
  };
}

/** One after the other. */
async function eachOf<T, R>(values: readonly T[], change: (value: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const value of values) results.push(await change(value));
  return results;
}
