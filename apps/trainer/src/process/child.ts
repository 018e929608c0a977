/**
 * The training process. Opens the engine, then trains, resumes or evaluates; says everything over IPC.
 * Ctrl-C and a closed terminal reach the whole process group: they are the parent's to answer, so this process
 * ignores them, and saves and stops when the parent asks or is gone.
 */
import type { Engine, EngineDescription } from "@convkit/engine";
import type { RunConfig } from "@convkit/schema";
import type { TrainResult } from "@convkit/trainer";
import { addDatasetHint } from "../config/dataset-hints.js";
import { readRunConfig } from "../run/find-run.js";
import {
  packError,
  type ChildMessage,
  type JobResult,
  type ParentMessage,
  type TrainingJob,
} from "./protocol.js";

/** The engine was opened, but has no gradients. */
class EngineCannotTrainError extends Error {
  override readonly name = "EngineCannotTrainError";
}

/** [height, width]: enough to tell things apart by shape and colour, and quick to train on. */
const COMMON_SIZE: [number, number] = [64, 64];

const stopping = new AbortController();
// A library's message must not end a run whose parent is gone and listens no more.
process.stdout.on("error", () => undefined);
process.stderr.on("error", () => undefined);
process.on("SIGINT", () => undefined);
process.on("SIGHUP", () => undefined);
process.on("SIGTERM", () => stopping.abort("SIGTERM"));
process.on("disconnect", () => stopping.abort("the command that started the training is gone"));
process.on("message", (message: ParentMessage) => {
  switch (message.type) {
    case "start":
      void work(message.job);
      break;
    case "stop":
      stopping.abort(message.reason);
      break;
    default:
      message satisfies never;
  }
});

async function work(job: TrainingJob): Promise<void> {
  try {
    await say({ type: "result", result: await run(job) });
  } catch (thrown) {
    await say(isAbort(thrown) ? { type: "aborted" } : { type: "error", error: packError(thrown) });
  }
  process.exit(0);
}

/** A mistake that shows while the run stops is still a mistake. */
function isAbort(thrown: unknown): boolean {
  const { aborted, reason } = stopping.signal;
  return aborted && (thrown === reason || (thrown instanceof Error && thrown.name === "AbortError"));
}

async function run(job: TrainingJob): Promise<JobResult> {
  const { name, device, threads, versions, canTrain, caution, unavailable } = await openEngineFor(job);
  const engine: EngineDescription = { name, device, threads, versions, canTrain, caution, unavailable };
  await say({ type: "engine", engine });
  const { evaluateRun, resume, train } = await import("@convkit/trainer");
  const options = {
    home: job.home,
    engine,
    signal: stopping.signal,
    onEvent: (event) => void say({ type: "event", event }),
    onDataProgress: (progress) => void say({ type: "dataProgress", progress }),
  } satisfies Parameters<typeof train>[1];
  switch (job.kind) {
    case "train":
      return toJobResult(
        await trainWithHints(job.config, (config) =>
          train(config, { ...options, runId: job.runId, attempt: job.attempt, profile: job.profile }),
        ),
      );
    case "resume":
      return toJobResult(
        await resume(job.directory, { ...options, attempt: job.attempt, detach: job.detach }),
      );
    case "evaluate": {
      const evaluated = await evaluateRun(job.directory, options);
      for (const text of evaluated.remarks) await say({ type: "note", text });
      return toJobResult({ ...evaluated, status: "completed", reason: "judged again" });
    }
    default:
      return job satisfies never;
  }
}

/** @throws {EngineCannotTrainError} if the job trains and the engine only predicts. */
async function openEngineFor(job: TrainingJob): Promise<Engine> {
  const { openEngine } = await import("@convkit/engine");
  const training = job.kind !== "evaluate";
  const config = job.kind === "train" ? job.config : await readRunConfig(job.directory);
  const asked = job.kind === "train" ? undefined : job.engine;
  const engine = await openEngine(asked ?? config.engine, { training });
  if (training && !engine.canTrain) {
    throw new EngineCannotTrainError(
      `Expected an engine that can train. Received: ${engine.name}, which lacks the gradients of convolutions. ` +
        "`convkit doctor` shows which engines there are.",
    );
  }
  return engine;
}

async function trainWithHints(
  config: RunConfig,
  train: (config: RunConfig) => Promise<TrainResult>,
): Promise<TrainResult> {
  try {
    return await trainAtOneSize(config, train);
  } catch (error) {
    const { listDatasets } = await import("@convkit/data");
    throw addDatasetHint(error, config.data.source, listDatasets());
  }
}

/** Pictures of different sizes are no mistake of the user's: they get a common one, and are told of it. */
async function trainAtOneSize(
  config: RunConfig,
  train: (config: RunConfig) => Promise<TrainResult>,
): Promise<TrainResult> {
  try {
    return await train(config);
  } catch (error) {
    const { ImageSizeRequiredError } = await import("@convkit/data");
    if (!(error instanceof ImageSizeRequiredError) || config.data.imageSize !== undefined) throw error;
    const [height, width] = COMMON_SIZE;
    const text =
      `The pictures are of different sizes: all are made ${height}×${width} pixels. ` +
      "--set data.imageSize=[height,width] chooses otherwise, --set data.imageFit=crop or pad keeps their shape.";
    await say({ type: "note", text });
    return train({ ...config, data: { ...config.data, imageSize: COMMON_SIZE } });
  }
}

function toJobResult({ runId, directory, status, reason, report }: Omit<TrainResult, "history">): JobResult {
  const judged = report && {
    split: report.split,
    accuracy: report.accuracy,
    loss: report.loss,
    testCount: report.testCount,
  };
  return { runId, directory, status, reason, ...judged };
}

/** Resolves when the parent has the message, or is gone. */
function say(message: ChildMessage): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected || !process.send) return resolve();
    process.send(message, undefined, undefined, () => resolve());
  });
}
