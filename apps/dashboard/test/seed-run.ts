/** Writes one run's folder: config, journal, predictions, report and a model, as the trainer leaves them. */
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Rng } from "@convkit/random";
import {
  encodePredictions,
  encodeTrainEvent,
  RunConfig,
  stringifyWithSpelledNumbers,
  type EvaluationReport,
  type ModelCard,
  type Predictions,
  type TrainEventBody,
} from "@convkit/schema";
import { cardOf, type DatasetName } from "./seed-dataset.js";
import { drawPredictions, judge } from "./seed-predictions.js";

export interface RunPlan {
  readonly model: "resnet9" | "resnet20" | "simple-cnn" | "airbench94";
  readonly name: string;
  /** Validation accuracy that it comes to. */
  readonly peak: number;
  readonly seed: number;
  readonly learningRate?: number;
  readonly optimizer?: "sgd" | "adamw";
  readonly dataset?: DatasetName;
  /** The pictures have any number of labels. */
  readonly multiLabel?: boolean;
  readonly experiment?: string;
  readonly tags?: readonly string[];
  readonly sweep?: RunConfig["sweep"];
  readonly forkedFrom?: RunConfig["forkedFrom"];
  readonly epochs?: number;
  readonly stepsPerEpoch?: number;
  /** Completed unless said otherwise. */
  readonly status?: "failed" | "stopped" | "interrupted" | "running";
  /** Share of the run that there is. */
  readonly until?: number;
  /** Share after which a second attempt went on from the last checkpoint. */
  readonly resumedAt?: number;
  /** Makes its report; unless told, one without any figure that reports did not always have. */
  readonly judge?: (predictions: Predictions) => EvaluationReport;
  /** By path, beside those that a run leaves in any case. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
}

const STEP_MS = 320;
const PARAMETERS = { resnet9: 6_575_370, resnet20: 272_474, "simple-cnn": 93_322, airbench94: 1_972_792 };

/** @returns the run's id. */
export async function seedRun(
  home: string,
  plan: RunPlan,
  { endedAt, index }: { endedAt: number; index: number },
): Promise<string> {
  const { epochs = 12, stepsPerEpoch = 88, until = 1, dataset = "cifar10" } = plan;
  const lastStep = Math.floor(epochs * stepsPerEpoch * until);
  const startedAt = endedAt - lastStep * STEP_MS;
  const stamp = new Date(startedAt).toISOString().replaceAll(/[-:]/g, "").replace("T", "-").slice(0, 15);
  const runId = `${stamp}-${dataset}-k${index.toString(36).padStart(3, "3f")}`;
  const folder = join(home, "runs", runId);
  const card = cardOf(dataset);
  const config = RunConfig.parse({
    name: plan.name,
    experiment: plan.experiment ?? "default",
    tags: [...(plan.tags ?? [])],
    ...(plan.sweep && { sweep: plan.sweep }),
    ...(plan.forkedFrom && { forkedFrom: plan.forkedFrom }),
    seed: plan.seed,
    data: {
      source: dataset,
      contentHash: card.contentHash,
      ...(plan.multiLabel && { multiLabel: true }),
    },
    model: plan.model,
    optimizer: plan.optimizer ?? "sgd",
    learningRate: plan.learningRate ?? 0.1,
    epochs,
    batchSize: 512,
  });
  const journal = new JournalText(runId);
  journal.attempt(1, startedAt, {
    type: "runStarted",
    config,
    dataset: card,
    engine: { name: "native", device: "CPU, AVX-512", threads: 8, versions: { tfjs: "4.22.0" } },
    model: {
      name: plan.model,
      parameters: PARAMETERS[plan.model],
      trainableParameters: PARAMETERS[plan.model],
      flops: PARAMETERS[plan.model] * 42,
    },
    stepsPerEpoch,
  });
  const curve = new Curve(plan, { epochs, stepsPerEpoch, rng: Rng.fromSeed(index * 7919 + 1) });
  const cutStep = plan.resumedAt === undefined ? null : Math.floor(lastStep * plan.resumedAt);
  train(journal, curve, { from: 1, to: cutStep ?? lastStep, startedAt });
  if (cutStep !== null) {
    const fromEpoch = Math.floor(cutStep / stepsPerEpoch);
    const fromStep = fromEpoch * stepsPerEpoch;
    const resumedAt = startedAt + cutStep * STEP_MS + 40_000;
    journal.attempt(2, resumedAt, { type: "resumed", fromStep, fromEpoch });
    train(journal, curve, { from: fromStep + 1, to: lastStep, startedAt: resumedAt - fromStep * STEP_MS });
  }
  const files = new Map<string, Uint8Array | string>(Object.entries(plan.files ?? {}));
  if (plan.status === undefined || plan.status === "stopped")
    leaveResults(plan, { runId, card, files, index });
  await write(folder, "config.json", JSON.stringify(config, null, 2));
  for (const [path, bytes] of files) {
    await write(folder, path, bytes);
    journal.say(endedAt, { type: "artifactSaved", path, ...digestOf(bytes), mediaType: mediaTypeOf(path) });
  }
  const report = files.get("report.json");
  if (typeof report === "string") {
    const { accuracy, loss, testCount } = JSON.parse(report) as {
      accuracy: number;
      loss: number;
      testCount: number;
    };
    journal.say(endedAt, { type: "evaluated", split: "test", count: testCount, logs: { accuracy, loss } });
  }
  if (plan.status === "running") {
    // At work on another machine that shares the disk, say: nobody here can tell that it is not.
    const holder = { formatVersion: 1, pid: 1, machine: "elsewhere", startTime: null };
    await write(folder, "attempt.lock/holder", JSON.stringify(holder));
  } else {
    journal.say(endedAt, {
      type: "runEnded",
      status: plan.status ?? "completed",
      reason: REASONS[plan.status ?? "completed"],
    });
  }
  await write(folder, "events.jsonl", journal.text);
  return runId;
}

const REASONS = {
  completed: "",
  failed: "The loss is NaN since step 214. A lower learning rate or a longer warm-up may help.",
  stopped: "stop was asked for by you",
  interrupted: "The process received SIGTERM",
};

class JournalText {
  text = "";
  #attempt = 1;
  #sequence = 0;

  constructor(readonly runId: string) {}

  attempt(attempt: number, timestamp: number, body: TrainEventBody): void {
    this.#attempt = attempt;
    this.#sequence = 0;
    this.say(timestamp, body);
  }

  say(timestamp: number, body: TrainEventBody): void {
    const envelope = { runId: this.runId, attempt: this.#attempt, sequence: this.#sequence++, timestamp };
    this.text += encodeTrainEvent({ ...envelope, ...body });
  }
}

/** Learning as it looks: fast at first, noisy step by step, a little worse on what it has not seen. */
class Curve {
  readonly #peak: number;
  readonly #rng: Rng;
  readonly #diverges: boolean;
  readonly stepsPerEpoch: number;
  readonly epochs: number;
  readonly rate: number;

  constructor(
    plan: RunPlan,
    { epochs, stepsPerEpoch, rng }: { epochs: number; stepsPerEpoch: number; rng: Rng },
  ) {
    this.#peak = plan.peak;
    this.#rng = rng;
    this.#diverges = plan.status === "failed";
    this.epochs = epochs;
    this.stepsPerEpoch = stepsPerEpoch;
    this.rate = plan.learningRate ?? 0.1;
  }

  noise(size: number): number {
    return (this.#rng.uniform() - 0.5) * 2 * size;
  }

  at(step: number): { accuracy: number; loss: number; learningRate: number } {
    const share = step / (this.stepsPerEpoch * this.epochs);
    const learningRate =
      this.rate * (share < 0.3 ? share / 0.3 : 0.5 * (1 + Math.cos((Math.PI * (share - 0.3)) / 0.7)));
    const accuracy = Math.min(0.999, this.#peak * (1 - 0.78 * Math.exp(-7 * share)) + 0.03 * share);
    if (this.#diverges && step > 200)
      return { accuracy: 0.1, loss: step > 213 ? NaN : 2 + (step - 200) ** 2 / 20, learningRate };
    return { accuracy, loss: 2.3 * (1 - accuracy) ** 0.8 + 0.02, learningRate };
  }
}

function train(
  journal: JournalText,
  curve: Curve,
  { from, to, startedAt }: { from: number; to: number; startedAt: number },
): void {
  const { stepsPerEpoch } = curve;
  for (let step = from; step <= to; step += 1) {
    const epoch = Math.ceil(step / stepsPerEpoch);
    const time = startedAt + step * STEP_MS;
    const { accuracy, loss, learningRate } = curve.at(step);
    if ((step - 1) % stepsPerEpoch === 0) journal.say(time - STEP_MS, { type: "epochStarted", epoch });
    // A spike now and then, which no chart may lose.
    const spike = step % 331 === 0 ? 2.5 : 0;
    journal.say(time, {
      type: "step",
      epoch,
      step,
      logs: {
        loss: loss * (1 + curve.noise(0.25)) + spike,
        accuracy: Math.min(1, Math.max(0, accuracy + curve.noise(0.05))),
        learning_rate: learningRate,
      },
      imagesPerSecond: 1600 + curve.noise(120),
    });
    if (step % 16 === 0) {
      journal.say(time, {
        type: "system",
        step,
        logs: {
          cpu_percent: 720 + curve.noise(60),
          memory_bytes: 1.2e9 + step * 20_000,
          system_memory_percent: 41 + curve.noise(2),
          data_wait_percent: Math.max(0, 3 + curve.noise(4)),
        },
      });
    }
    if (step % stepsPerEpoch !== 0) continue;
    const seen = { loss: loss * 0.96, accuracy: Math.min(1, accuracy + 0.01) };
    const unseen = {
      val_loss: loss * (1.06 + curve.noise(0.03)),
      val_accuracy: accuracy * (0.985 + curve.noise(0.006)),
    };
    journal.say(time, {
      type: "epochEnded",
      epoch,
      step,
      logs: { ...seen, ...unseen, learning_rate: learningRate },
      durationMs: stepsPerEpoch * STEP_MS,
    });
    journal.say(time, { type: "checkpointSaved", kind: "last", epoch, step });
  }
}

interface Results {
  readonly runId: string;
  readonly card: ReturnType<typeof cardOf>;
  readonly files: Map<string, Uint8Array | string>;
  readonly index: number;
}

function leaveResults(plan: RunPlan, { runId, card, files, index }: Results): void {
  const predictions = drawPredictions(card, {
    accuracy: plan.peak - 0.004,
    rng: Rng.fromSeed(index * 104_729 + 5),
  });
  const report = (plan.judge ?? judge)(predictions);
  files.set(
    "model/model.json",
    JSON.stringify({ format: "layers-model", generatedBy: "TensorFlow.js 4.22.0" }),
  );
  files.set("model/weights.bin", new Uint8Array(40_000 + index).fill(index));
  files.set("model/model-card.json", JSON.stringify(modelCardOf(plan, card, runId)));
  files.set("checkpoints/best/checkpoint.safetensors", new Uint8Array(60_000 + index).fill(index + 1));
  files.set("predictions.bin", encodePredictions(predictions));
  files.set("report.md", `# ${plan.name}\n\nAccuracy ${report.accuracy}\n`);
  files.set("report.json", stringifyWithSpelledNumbers(report));
}

function modelCardOf(plan: RunPlan, card: Results["card"], runId: string): ModelCard {
  return {
    formatVersion: 1,
    name: plan.model,
    classNames: card.classNames,
    inputShape: [32, 32, 3],
    preprocessing: [{ name: "Resize", size: 32 }],
    output: "logits",
    parameters: 6_575_370,
    runId,
    metrics: {},
  };
}

function digestOf(bytes: Uint8Array | string): { sha256: string; sizeBytes: number } {
  return { sha256: createHash("sha256").update(bytes).digest("hex"), sizeBytes: Buffer.byteLength(bytes) };
}

function mediaTypeOf(path: string): string {
  if (path.endsWith(".json")) return "application/json";
  if (path.endsWith(".png")) return "image/png";
  return path.endsWith(".md") ? "text/markdown" : "application/octet-stream";
}

async function write(folder: string, path: string, bytes: Uint8Array | string): Promise<void> {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, bytes);
}
