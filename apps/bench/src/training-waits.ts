/** How much of its time training on photos waits for pictures: from the second epoch on, which decodes none. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEngine } from "@convkit/engine";
import { train } from "@convkit/trainer";
import { type Spread, spreadOf } from "./statistics.js";

/** Small pictures and a small network: larger ones keep a step busy for longer. */
const EDGE = 64;
const MODEL = "simple-cnn";

export interface TrainingWaits {
  readonly work: string;
  /** Percent of an epoch's time, of every epoch but the first. */
  readonly waitPercent: Spread;
  /** Of the same epochs. */
  readonly picturesPerSecond: Spread;
}

/**
 * @param folder of class folders, opened as a data set.
 * @param epochs after the first.
 */
export async function measureTrainingWaits(folder: string, epochs: number): Promise<TrainingWaits> {
  const home = await mkdtemp(join(tmpdir(), "convkit-bench-"));
  const waits: number[] = [];
  const speeds: number[] = [];
  let trainCount = 0;
  try {
    const engine = await openEngine("auto");
    await train(
      {
        data: { source: folder, imageSize: [EDGE, EDGE] },
        model: { name: MODEL },
        transforms: "standard",
        optimizer: { name: "adamw" },
        learningRate: 0.001,
        epochs: epochs + 1,
      },
      {
        home,
        engine,
        onEvent(event) {
          if (event.type === "runStarted") trainCount = event.dataset.splits.train?.count ?? 0;
          if (event.type !== "epochEnded" || event.epoch === 1) return;
          waits.push((100 * (event.dataWaitMs ?? 0)) / event.durationMs);
          speeds.push((1000 * trainCount) / event.durationMs);
        },
      },
    );
    return {
      work: `training ${MODEL} on photos, ${EDGE}×${EDGE}, by ${engine.name}`,
      waitPercent: spreadOf(waits),
      picturesPerSecond: spreadOf(speeds),
    };
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
