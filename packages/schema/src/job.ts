/** Work that is done in the background, by a worker that declares the kinds it serves; and what they tell each other. */
import { z } from "zod";
import { RunConfig } from "./run-config.js";
import { RunId } from "./run-id.js";

export const JobKind = z.enum(["train", "evaluate", "inspect"]);
export type JobKind = z.infer<typeof JobKind>;

/** Of the data set that a run has opened; the content hash says whether a worker has the same one. */
const Source = z.string().min(1).max(4096);

export const Job = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("train"),
    runId: RunId,
    config: RunConfig,
  }),
  /** Judges a trained run again. */
  z.object({ kind: z.literal("evaluate"), runId: RunId }),
  /** Opens a data set, makes its card and its small pictures. */
  z.object({
    kind: z.literal("inspect"),
    source: Source,
    contentHash: z.string().max(200).optional(),
    /** As in the config's `data`: the same files are other pictures when read as one class each. */
    multiLabel: z.boolean().optional(),
    noLabel: z.string().min(1).optional(),
  }),
]);
export type Job = z.infer<typeof Job>;

/** What a worker is, as it says itself. */
export const WorkerDescription = z.object({
  /** Its own for ever, kept in its home: a worker that comes back is the same one. */
  id: z.uuid(),
  name: z.string().min(1).max(200),
  version: z.string().max(50),
  kinds: z.array(JobKind).min(1),
  /** Those that opened, the fastest first. */
  engines: z.array(z.object({ name: z.string().max(50), device: z.string().max(300) })).max(20),
  /** Data sets and networks that it knows by name. */
  datasets: z.array(z.string().max(200)).max(1000).default([]),
  models: z.array(z.string().max(200)).max(1000).default([]),
  /** Absolute path of its home where it lies on the server's machine: its runs are read from their journals. */
  home: z.string().max(4096).nullable(),
});
export type WorkerDescription = z.infer<typeof WorkerDescription>;

/** A job that a worker has taken. */
export const ClaimedJob = z.object({
  jobId: z.uuid(),
  job: Job,
  /** Rises with each claim of the job: the highest one counts. */
  fence: z.int().positive(),
  /** Number of the run's attempt that the worker begins; null for a job that trains nothing. */
  attempt: z.int().positive().nullable(),
  /** A worker that is not heard of for so long is believed lost. */
  heartbeatSeconds: z.number().positive(),
});
export type ClaimedJob = z.infer<typeof ClaimedJob>;

/**
 * `continue`; `stop`: end training and judge it; `cancel`: end at once; `lost`: somebody else has the job by now, or it
 * was deleted, and what is done from here on is for nothing.
 */
export const HeartbeatAnswer = z.object({
  directive: z.enum(["continue", "stop", "cancel", "lost"]),
  reason: z.string(),
});
export type HeartbeatAnswer = z.infer<typeof HeartbeatAnswer>;
