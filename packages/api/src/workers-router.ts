/** What workers and scripts on other machines ask: jobs, and to take in what their runs say. */
import {
  addDataset,
  addThumbnails,
  claimNextJob,
  completeJob,
  failJob,
  findDatasetPack,
  heartbeat,
  ingestEvents,
  mayReportRun,
  registerWorker,
  sawWorker,
} from "@convkit/db";
import { DatasetCard, JobKind, TrainEvent, WorkerDescription } from "@convkit/schema";
import { TRPCError } from "@trpc/server";
import { z } from "zod";
import { router, workerProcedure, type ApiContext, type Caller } from "./trpc.js";

const claim = { jobId: z.uuid(), fence: z.int().positive() };

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** At most so many events a call: a journal is sent in parts. */
const MOST_EVENTS = 5000;

export const workersRouter = router({
  /** At its start, and whenever something of it changes. */
  register: workerProcedure
    .input(WorkerDescription)
    .mutation(({ ctx, input }) => registerWorker(ctx.database, input, tokenOf(ctx.caller))),

  /** null: nothing to do. */
  claim: workerProcedure
    .input(z.object({ workerId: z.uuid(), kinds: z.array(JobKind).min(1) }))
    .mutation(async ({ ctx, input }) => {
      await sawWorker(ctx.database, input.workerId);
      return claimNextJob(ctx.queue, input);
    }),

  heartbeat: workerProcedure
    .input(z.object({ ...claim, workerId: z.uuid() }))
    .mutation(async ({ ctx, input: { workerId, ...held } }) => {
      await sawWorker(ctx.database, workerId);
      return heartbeat(ctx.queue, held);
    }),

  complete: workerProcedure
    .input(z.object(claim))
    .mutation(({ ctx, input }) => completeJob(ctx.queue, input)),

  fail: workerProcedure
    .input(z.object({ ...claim, reason: z.string().max(10_000), retry: z.boolean() }))
    .mutation(({ ctx, input: { reason, retry, ...held } }) => failJob(ctx.queue, held, { reason, retry })),

  /** Events of one run, in any order, as often as need be. */
  ingest: workerProcedure
    .input(z.array(TrainEvent).min(1).max(MOST_EVENTS))
    .mutation(async ({ ctx, input }) => {
      const [{ runId }] = input as [TrainEvent];
      await checkMayReport(ctx, ctx.caller, runId);
      return ingestEvents(ctx.database, input);
    }),

  /** Small pictures of a data set; their blob is uploaded first. */
  addThumbnails: workerProcedure
    .input(
      z.object({
        datasetHash: z.string().min(1).max(200),
        blobSha256: Sha256,
        pictures: z
          .array(
            z.object({
              pictureId: z.string().min(1).max(4096),
              split: z.string().min(1).max(100),
              label: z.int().min(0).nullable(),
              offset: z.int().min(0),
              sizeBytes: z.int().positive(),
            }),
          )
          .min(1)
          .max(20_000),
      }),
    )
    .mutation(({ ctx, input }) => addThumbnails(ctx.database, input)),

  /** A data set with its pictures, for workers that lack them; the blob of its tar is uploaded first. */
  addDataset: workerProcedure
    .input(z.object({ card: DatasetCard, packSha256: Sha256 }))
    .mutation(({ ctx, input }) => addDataset(ctx.database, input.card, input.packSha256)),

  /** null: nobody has uploaded the pictures. */
  findDataset: workerProcedure
    .input(z.object({ contentHash: z.string().min(1).max(200) }))
    .query(({ ctx, input }) => findDatasetPack(ctx.database, input.contentHash)),
});

function tokenOf(caller: Caller): string | null {
  return caller.kind === "worker" ? caller.tokenId : null;
}

async function checkMayReport(ctx: ApiContext, caller: Caller, runId: string): Promise<void> {
  if (caller.kind !== "worker" || (await mayReportRun(ctx.database, runId, caller.tokenId))) return;
  throw new TRPCError({
    code: "FORBIDDEN",
    message: `Expected a run that this token's workers have claimed, or one of no job. Received: ${runId}.`,
  });
}
