/** Which pictures a robustness report speaks of, so that figures are set beside others only where they are of the same pictures. */
import { createHash } from "node:crypto";
import type { DatasetSplit } from "@convkit/data";
import { stratifiedSample } from "@convkit/evaluator";
import type { Rng } from "@convkit/random";
import type { RobustnessReport } from "@convkit/schema";
import { NothingToJudgeError } from "../judge.js";

export type MeasuredSample = Pick<
  RobustnessReport,
  "split" | "count" | "seed" | "contentHash" | "sampleHash"
>;

/** The baseline of a robustness report was measured on other pictures, or by other parameters of corruptions. */
export class BaselineMismatchError extends Error {
  override readonly name = "BaselineMismatchError";
}

/**
 * Each class's share of the split, `limit` pictures at most. One without a class (a label below 0) is neither right nor wrong,
 * and is not drawn.
 *
 * @throws {NothingToJudgeError} if no picture has a class.
 */
export function drawSample(
  split: DatasetSplit,
  { limit, rng }: { readonly limit: number; readonly rng: Rng },
): DatasetSplit {
  const labelled = [...split.labels.keys()].filter((position) => split.labels[position]! >= 0);
  if (labelled.length === 0) {
    throw new NothingToJudgeError(
      `Expected pictures with a class each to judge on. Received: the ${split.name} split, ${split.length} pictures without. ` +
        "Give some of them a label.",
    );
  }
  const labels = labelled.map((position) => split.labels[position]!);
  const drawn = stratifiedSample(labels, limit, { rng, rounding: "largest-remainders" });
  return split.select(drawn.map((index) => labelled[index]!));
}

/** @param sample of the pictures alone that are judged. */
export function measuredSample(
  sample: DatasetSplit,
  { seed, contentHash }: { seed: number; contentHash: string },
): MeasuredSample {
  const pictures = sample.ids.map((id, position) => [id, sample.labels[position]]);
  const sampleHash = createHash("sha256").update(JSON.stringify(pictures)).digest("hex");
  return { split: sample.name, count: sample.length, seed, contentHash, sampleHash };
}

/** What the other has instead, a phrase each; none where both are of the same pictures. A report without hashes is of unknown ones. */
export function sampleDifferences(sample: MeasuredSample, other: MeasuredSample): string[] {
  const { split, count, seed, contentHash, sampleHash } = other;
  const differences: string[] = [];
  if (split !== sample.split) differences.push(`the ${split} split`);
  if (count !== sample.count) differences.push(`${count} pictures`);
  if (seed !== sample.seed) differences.push(`seed ${seed}`);
  if (contentHash === undefined || sampleHash === undefined)
    differences.push("pictures that it does not name");
  else if (contentHash !== sample.contentHash)
    differences.push(`another data set, of content hash ${contentHash}`);
  else if (differences.length === 0 && sampleHash !== sample.sampleHash)
    differences.push("other pictures of the same data set");
  return differences;
}

/** @throws {BaselineMismatchError} if its corruptions are of other pictures, or of the other scale. */
export function checkBaseline(
  { name, report }: { readonly name: string; readonly report: RobustnessReport },
  sample: MeasuredSample,
  scale: NonNullable<RobustnessReport["corruptions"]>["scale"],
): void {
  const differences = sampleDifferences(sample, report);
  if (report.corruptions && report.corruptions.scale !== scale)
    differences.push(`corruptions of the scale ${report.corruptions.scale}`);
  if (differences.length === 0) return;
  const { split, count, seed } = sample;
  throw new BaselineMismatchError(
    `Expected a baseline of the same pictures: ${count} of the ${split} split by seed ${seed}, corruptions of the scale ${scale}. ` +
      `Received: ${name}, with ${differences.join(", ")}. ` +
      `Measure it alike: convkit robustness ${name} --only corruptions --limit ${count} --seed ${seed}`,
  );
}
