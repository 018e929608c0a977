/** What a training run says while it runs, and the codec of its journal: one JSON object a line. */
import { z } from "zod";
import { ArtifactPath } from "./artifact-path.js";
import { AnyNumber, stringifyWithSpelledNumbers } from "./finite.js";
import { DatasetCard } from "./dataset-card.js";
import { RunConfig } from "./run-config.js";

/** Keras's names: loss, accuracy, val_loss, val_accuracy, learning_rate. */
export const Logs = z.record(z.string(), AnyNumber);
export type Logs = z.infer<typeof Logs>;

const envelope = {
  runId: z.string(),
  /** 1 for the first start, greater at each resume and at each beginning anew. */
  attempt: z.int().positive(),
  /** Rises by one from 0 within an attempt; (runId, attempt, sequence) names an event for ever. */
  sequence: z.int().min(0),
  /** Milliseconds since the epoch. */
  timestamp: z.number(),
};

/**
 * Steps and epochs count from 1; `step` is the number of updates done.
 *
 * An attempt opens with `runStarted` or with `resumed`, and either supersedes points of the attempts before it, those of
 * a lower number: `resumed` what they said of steps after `fromStep` and epochs after `fromEpoch`; `runStarted` all of
 * it, as the run then begins anew, for instance on another machine.
 *
 * `runEnded` is the last word on an attempt's training, but need not be its last event: a run that is judged again
 * says so in `artifactSaved` and `evaluated` of its latest attempt. The latest of each path and split counts.
 */
export const TrainEvent = z.discriminatedUnion("type", [
  z.object({
    ...envelope,
    type: z.literal("runStarted"),
    config: RunConfig,
    dataset: DatasetCard,
    engine: z.object({
      name: z.string(),
      device: z.string(),
      threads: z.int().nullable(),
      versions: z.record(z.string(), z.string()),
    }),
    model: z.object({
      name: z.string(),
      parameters: z.int(),
      trainableParameters: z.int(),
      flops: z.number(),
    }),
    stepsPerEpoch: z.int(),
  }),
  z.object({ ...envelope, type: z.literal("resumed"), fromStep: z.int().min(0), fromEpoch: z.int().min(0) }),
  z.object({ ...envelope, type: z.literal("epochStarted"), epoch: z.int() }),
  z.object({
    ...envelope,
    type: z.literal("step"),
    epoch: z.int(),
    step: z.int(),
    logs: Logs,
    imagesPerSecond: AnyNumber,
  }),
  z.object({
    ...envelope,
    type: z.literal("epochEnded"),
    epoch: z.int(),
    step: z.int(),
    logs: Logs,
    /** Validation included. */
    durationMs: z.number(),
    /** Of `durationMs`, how long the loop waited for data; runs of old do not say. */
    dataWaitMs: z.number().optional(),
  }),
  z.object({
    ...envelope,
    type: z.literal("checkpointSaved"),
    /** step: kept for itself every so many steps. */
    kind: z.enum(["last", "best", "step"]),
    epoch: z.int(),
    step: z.int(),
  }),
  z.object({ ...envelope, type: z.literal("evaluated"), split: z.string(), count: z.int(), logs: Logs }),
  z.object({
    ...envelope,
    /** Of the process that trains and its machine, over the time since the event before. What cannot be read is left out. */
    type: z.literal("system"),
    step: z.int(),
    /**
     * `cpu_percent` of this process, 100 being one core; `memory_bytes` that it holds; `system_memory_percent` in use of
     * the machine's, or of what its control group may have; `data_wait_percent` of the time in which the loop waited for
     * data; `gpu_percent` and `gpu_memory_bytes` of the GPU that it trains on.
     */
    logs: Logs,
  }),
  z.object({
    ...envelope,
    /** A file of the run's folder is final, until a later event of the same path. */
    type: z.literal("artifactSaved"),
    path: ArtifactPath,
    /** Of the file's bytes, in hex. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    sizeBytes: z.int().min(0),
    mediaType: z.string(),
  }),
  z.object({ ...envelope, type: z.literal("message"), level: z.enum(["info", "warning"]), text: z.string() }),
  z.object({
    ...envelope,
    type: z.literal("runEnded"),
    status: z.enum(["completed", "stopped", "interrupted", "failed"]),
    reason: z.string(),
  }),
]);
export type TrainEvent = z.infer<typeof TrainEvent>;
export type TrainEventType = TrainEvent["type"];

type WithoutEnvelope<E> = E extends TrainEvent ? Omit<E, keyof typeof envelope> : never;
/** An event as the loop emits it; the journal adds who, when and where in the order. */
export type TrainEventBody = WithoutEnvelope<TrainEvent>;

/** A journal that holds something other than this version's train events. */
export class TrainEventFormatError extends Error {
  override readonly name = "TrainEventFormatError";
}

const FORMAT_VERSION = 1;
/** The version belongs to a journal's line, not to the event in it. */
const VersionedLine = z.object({ formatVersion: z.literal(FORMAT_VERSION) });

/** One line of a journal, with its line break. Every line says its `formatVersion`. */
export function encodeTrainEvent(event: TrainEvent): string {
  return `${stringifyWithSpelledNumbers({ formatVersion: FORMAT_VERSION, ...event })}\n`;
}

/**
 * Reads a journal. A last line without its line break is torn (the writer died): it is handed back as `torn`,
 * and whoever appends to the journal cuts it off first.
 * @throws {TrainEventFormatError} naming the line, if a whole line is not an event.
 */
export function decodeTrainEvents(text: string): { events: TrainEvent[]; torn: string } {
  const lines = text.split("\n");
  const torn = lines.pop() ?? "";
  const events = lines.flatMap((line, index) => {
    if (line.trim() === "") return [];
    try {
      const json: unknown = JSON.parse(line);
      VersionedLine.parse(json);
      return [TrainEvent.parse(json)];
    } catch (cause) {
      throw new TrainEventFormatError(
        `Expected a train event of format ${FORMAT_VERSION} on line ${index + 1} of the journal. ` +
          `Received: ${line.slice(0, 200)}`,
        { cause },
      );
    }
  });
  return { events, torn };
}
