/** A record of many runs for the dashboard's benchmark: what trainers would have said, made up. */
import { ingestEvents, type Database } from "@convkit/db";
import { Rng } from "@convkit/random";
import { RunConfig, type TrainEvent } from "@convkit/schema";

export interface RecordSize {
  readonly runs: number;
  /** Steps of a run; each says STEP_KEYS once. */
  readonly points: number;
}

const EPOCHS = 10;
/** With `images_per_second` ten curves of as many points as there are steps. */
const STEP_LOGS = ["loss", "accuracy", "grad_norm", "weight_norm", "margin", "entropy", "scale", "a", "b"];
const EVENTS_AT_ONCE = 1000;

export interface SeededRecord {
  readonly events: number;
  readonly durationMs: number;
  /** Processor time of this process alone. */
  readonly cpuMs: number;
}

/** Times what `ingestEvents` takes, without the making of the events. */
export async function seedRecord(database: Database, size: RecordSize): Promise<SeededRecord> {
  const rng = Rng.fromSeed(0);
  let events = 0;
  let durationMs = 0;
  let cpuMs = 0;
  for (let run = 0; run < size.runs; run += 1) {
    const made = makeRun(run, size, rng);
    const startedAtMs = performance.now();
    const startedCpu = process.cpuUsage();
    for (let start = 0; start < made.length; start += EVENTS_AT_ONCE) {
      await ingestEvents(database, made.slice(start, start + EVENTS_AT_ONCE));
    }
    const { user, system } = process.cpuUsage(startedCpu);
    durationMs += performance.now() - startedAtMs;
    cpuMs += (user + system) / 1000;
    events += made.length;
  }
  return { events, durationMs, cpuMs };
}

export const runIdOf = (run: number) => `run-${String(run).padStart(4, "0")}`;

function makeRun(run: number, { points }: RecordSize, rng: Rng): TrainEvent[] {
  let sequence = 0;
  const said = () => ({
    runId: runIdOf(run),
    attempt: 1,
    sequence,
    timestamp: Date.UTC(2026, 0, 1) + run * 3_600_000 + 50 * sequence++,
  });
  const stepsPerEpoch = Math.ceil(points / EPOCHS);
  const events: TrainEvent[] = [
    {
      ...said(),
      type: "runStarted",
      config: RunConfig.parse({
        data: { source: "cifar10" },
        model: run % 2 ? "resnet9" : "resnet20",
        optimizer: run % 3 ? "sgd" : "adamw",
        learningRate: 0.001 * (1 + (run % 50)),
        batchSize: 32 * (1 + (run % 4)),
        epochs: EPOCHS,
        seed: run,
      }),
      dataset: {
        formatVersion: 1,
        name: "cifar10",
        source: "cifar10",
        contentHash: "c1fa",
        classNames: ["cat", "dog"],
        imageShape: [32, 32, 3],
        splits: { train: { count: 50_000, perClass: [25_000, 25_000] } },
        badFiles: [],
        warnings: [],
      },
      engine: { name: "native", device: "a CPU", threads: 2, versions: {} },
      model: {
        name: run % 2 ? "resnet9" : "resnet20",
        parameters: 1e6,
        trainableParameters: 1e6,
        flops: 1e8,
      },
      stepsPerEpoch,
    },
  ];
  for (let step = 1; step <= points; step += 1) {
    const epoch = Math.ceil(step / stepsPerEpoch);
    const logs = Object.fromEntries(STEP_LOGS.map((name) => [name, rng.uniform()]));
    events.push({ ...said(), type: "step", epoch, step, logs, imagesPerSecond: 1000 * rng.uniform() });
    if (step % stepsPerEpoch !== 0 && step !== points) continue;
    const epochLogs = { loss: rng.uniform(), val_loss: rng.uniform(), val_accuracy: rng.uniform() };
    events.push({ ...said(), type: "epochEnded", epoch, step, logs: epochLogs, durationMs: 1000 });
  }
  events.push({ ...said(), type: "runEnded", status: "completed", reason: "all epochs are done" });
  return events;
}
