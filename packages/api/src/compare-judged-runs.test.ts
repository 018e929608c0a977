import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { createDiskBlobStore, ingestEvents, openDatabase, settleBlob } from "@convkit/db";
import { compareRuns, judgementsOf } from "@convkit/evaluator";
import { Rng } from "@convkit/random";
import { encodePredictions, RunConfig, type Predictions, type TrainEvent } from "@convkit/schema";
import { expect, it } from "vitest";
import { createAppCaller } from "./app-router.js";
import { codeOfError } from "./code-of-error.js";
import {
  affordableResamples,
  compareJudgedRuns,
  MOST_DRAWS,
  TooMuchToCompareError,
} from "./compare-judged-runs.js";
import type { ApiContext } from "./trpc.js";

const sizeOf = (runs: number, pictures: number, labels = 1, groups = runs) => ({
  runs,
  groups,
  pictures,
  labels,
});

it("draws as often as convkit compare does, and less where that would be too many draws in all", () => {
  expect(affordableResamples(sizeOf(2, 10_000))).toBe(2000);
  expect(affordableResamples(sizeOf(20, 25_000))).toBe(2000);
  expect(affordableResamples(sizeOf(20, 50_000))).toBe(1000);
  for (const runs of [2, 3, 7, 20]) {
    for (let pictures = 1; pictures * runs <= MOST_DRAWS / 200; pictures = Math.ceil(pictures * 1.7)) {
      const resamples = affordableResamples(sizeOf(runs, pictures, 1, 2));
      expect(resamples * runs * pictures).toBeLessThanOrEqual(MOST_DRAWS);
    }
  }
});

it("refuses what it could draw too rarely for an interval, and says how many runs it could compare", () => {
  expect(affordableResamples(sizeOf(2, 2_500_000))).toBe(200);
  expect(() => affordableResamples(sizeOf(3, 1_666_667))).toThrow(
    "Expected 5,000,000 judged pictures at most, of all runs together. Received: 5,000,001, 3 runs × 1,666,667 pictures. " +
      "Compare 2 runs here, or all of them by convkit compare.",
  );
  expect(() => affordableResamples(sizeOf(2, 2_500_001))).toThrow(
    "Received: 5,000,002, 2 runs × 2,500,001 pictures. Compare them by convkit compare.",
  );
  expect(codeOfError(new TooMuchToCompareError("too many"))).toBe("BAD_REQUEST");
});

it("refuses what it could draw too rarely for any difference to be told among so many groups", () => {
  // 357 resamples, of which no p, times 19, is below 0.1. 845 are needed; of 13 runs 534, which are 1.82 million × 534 = 0.97 billion.
  expect(() => affordableResamples(sizeOf(20, 10_000, 14))).toThrow(
    "Expected 1,183,431 judged labels of pictures at most, of all runs together. " +
      "Received: 2,800,000, 20 runs × 10,000 pictures × 14 labels. Compare 13 runs here, or all of them by convkit compare.",
  );
  expect(affordableResamples(sizeOf(13, 10_000, 14))).toBe(549);
  expect(() => affordableResamples(sizeOf(14, 10_000, 14))).toThrow(TooMuchToCompareError);
  // Two methods of seven seeds are one comparison.
  expect(affordableResamples(sizeOf(14, 10_000, 14, 2))).toBe(510);
});

/** Of 60 pictures, each of which may have three labels; the more of the truth is in a run's scores, the better it is. */
function labelSets(truth: number): Predictions {
  const rng = Rng.fromSeed("sets");
  const has = Uint8Array.from({ length: 180 }, () => Number(rng.bernoulli(0.4)));
  const noise = rng.split(String(truth));
  return {
    split: "test",
    classNames: ["sun", "sea", "sand"],
    ids: Array.from({ length: 60 }, (_, picture) => `p${picture}`),
    labels: new Int32Array(60).fill(-1),
    labelSets: has,
    probabilities: Float32Array.from(has, (is) => truth * is + (1 - truth) * noise.uniform()),
  };
}

function judgedRun(runId: string, learningRate: number, bytes: Buffer): TrainEvent[] {
  const config = RunConfig.parse({
    data: { source: "./shapes" },
    model: "simple-cnn",
    learningRate,
    name: runId,
  });
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const envelope = { runId, attempt: 1, timestamp: Date.UTC(2026, 10, 26) };
  const card = { formatVersion: 1, name: "shapes", source: "./shapes", contentHash: "c0ffee" } as const;
  return [
    {
      ...envelope,
      sequence: 0,
      type: "runStarted",
      config,
      dataset: { ...card, classNames: [], imageShape: [8, 8, 3], splits: {}, badFiles: [], warnings: [] },
      engine: { name: "native", device: "a CPU", threads: 1, versions: {} },
      model: { name: "simple-cnn", parameters: 1, trainableParameters: 1, flops: 1 },
      stepsPerEpoch: 2,
    },
    {
      ...envelope,
      sequence: 1,
      type: "artifactSaved",
      path: "predictions.bin",
      sha256,
      sizeBytes: bytes.length,
      mediaType: "application/octet-stream",
    },
  ];
}

it("gives of label sets the verdict that convkit compare gives, as long as somebody waits for it", async () => {
  const home = await mkdtemp(join(tmpdir(), "convkit-api-"));
  const database = await openDatabase({ home, idleMs: 2000 });
  try {
    const blobs = createDiskBlobStore(join(home, "blobs"));
    const truths = { good: 0.6, poor: 0.2 };
    for (const [runId, truth] of Object.entries(truths)) {
      const bytes = Buffer.from(encodePredictions(labelSets(truth)));
      await ingestEvents(database, judgedRun(runId, truth, bytes));
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      await blobs.receive(sha256, Readable.from([bytes]), { offset: 0, totalBytes: bytes.length });
      await settleBlob(database, blobs, { sha256, sizeBytes: bytes.length });
    }
    const query = { runIds: ["poor", "good"], split: "test" };
    const verdict = await compareJudgedRuns({ database, blobs }, query);
    expect(verdict.comparison!.verdict).toMatch(
      /^learningRate=0\.6 is better than learningRate=0\.2 by \d+\.\d points of mean average precision \(95 % .*; 60 pictures; 1 run each; p [<=] /,
    );
    const groups = query.runIds.map((id) => ({
      name: `learningRate=${truths[id as keyof typeof truths]}`,
      runs: [{ id, judgements: judgementsOf(labelSets(truths[id as keyof typeof truths])) }],
    }));
    expect(verdict.comparison).toEqual(compareRuns(groups, { rng: Rng.fromSeed("compare") }));
    const inAccuracy = compareJudgedRuns({ database, blobs }, { ...query, metric: "balanced_accuracy" });
    await expect(inAccuracy).rejects.toThrow(
      "Expected one of mean_average_precision, macro_f1, accuracy, loss",
    );
    const caller = { kind: "user", id: "u", name: "Ada", isAdmin: false } as const;
    const signal = AbortSignal.abort(new Error("the page was left"));
    const left = createAppCaller({ database, blobs, caller } as unknown as ApiContext, { signal });
    await expect(left.runs.verdict(query)).rejects.toThrow("the page was left");
  } finally {
    await database.close();
    await rm(home, { recursive: true, force: true });
  }
});
