/**
 * The training process. Opens the engine, then trains, resumes, evaluates or measures; says everything over IPC.
 * Ctrl-C and a closed terminal reach the whole process group: they are the parent's to answer, so this process
 * ignores them, and saves and stops when the parent asks or is gone.
 */
import type { Engine } from "@convkit/engine";
import type { TrainResult } from "@convkit/trainer";
import { atCommonSize } from "../config/at-common-size.js";
import { readRunConfig } from "../run/find-run.js";
import { adviseBatchSize, isOutOfMemory, OutOfMemoryError } from "./memory-advice.js";
import { EngineCannotTrainError } from "./process-errors.js";
import {
  packError,
  type ChildMessage,
  type JobResult,
  type ParentMessage,
  type ResultOf,
  type TrainingJob,
} from "./protocol.js";

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
    await say(
      isAbort(thrown) ? { type: "aborted" } : { type: "error", error: packError(await advised(thrown, job)) },
    );
  }
  process.exit(0);
}

/** With a batch size that would fit, where the engine found no memory. */
async function advised(thrown: unknown, job: TrainingJob): Promise<unknown> {
  if (!isOutOfMemory(thrown)) return thrown;
  const { batchSize } = "config" in job ? job.config : await readRunConfig(job.directory);
  return new OutOfMemoryError(`${thrown.message} ${adviseBatchSize({ batchSize })}`, { cause: thrown });
}

/** A mistake that shows while the run stops is still a mistake. */
function isAbort(thrown: unknown): boolean {
  const { aborted, reason } = stopping.signal;
  return aborted && (thrown === reason || (thrown instanceof Error && thrown.name === "AbortError"));
}

async function run(job: TrainingJob): Promise<ResultOf<TrainingJob>> {
  const { describeOpened } = await import("@convkit/engine");
  const engine = describeOpened(await openEngineFor(job));
  await say({ type: "engine", engine });
  const { evaluateRun, measureSteps, resume, train } = await import("@convkit/trainer");
  const options = {
    home: job.home,
    engine,
    signal: stopping.signal,
    onEvent: (event) => {
      void say({ type: "event", event });
      // The loop looks at the signal after the epoch's checkpoint.
      if (
        event.type === "epochEnded" &&
        (job.kind === "train" || job.kind === "resume") &&
        event.epoch >= (job.pauseAfterEpoch ?? Infinity)
      )
        stopping.abort(`paused after epoch ${event.epoch}`);
    },
    onDataProgress: (progress) => void say({ type: "dataProgress", progress }),
  } satisfies Parameters<typeof train>[1];
  switch (job.kind) {
    case "train":
      return toJobResult(
        await atCommonSize(
          job.config,
          (config) => {
            const { runId, runDirectory, attempt, profile } = job;
            return train(config, { ...options, runId, runDirectory, attempt, profile });
          },
          (text) => say({ type: "note", text }),
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
    case "measure":
      return atCommonSize(
        job.config,
        (config) => measureSteps(config, { ...options, onGpu: engine.onGpu }),
        (text) => say({ type: "note", text }),
      );
    default:
      return job satisfies never;
  }
}

/** @throws {EngineCannotTrainError} if the job trains and the engine only predicts. */
async function openEngineFor(job: TrainingJob): Promise<Engine> {
  const { openEngine } = await import("@convkit/engine");
  const training = job.kind !== "evaluate";
  const config = "config" in job ? job.config : await readRunConfig(job.directory);
  const asked = "config" in job ? undefined : job.engine;
  const { precision } = config;
  const engine = await openEngine(asked ?? config.engine, { training, precision });
  if (training && !engine.canTrain) {
    throw new EngineCannotTrainError(
      `Expected an engine that can train. Received: ${engine.name}, which lacks the gradients of convolutions. ` +
        "`convkit doctor` shows which engines there are.",
    );
  }
  return engine;
}

function toJobResult({ runId, directory, status, reason, report }: Omit<TrainResult, "history">): JobResult {
  const judged = report && {
    split: report.split,
    accuracy: report.accuracy,
    ...(report.meanAveragePrecision !== undefined && {
      meanAveragePrecision: report.meanAveragePrecision,
    }),
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
