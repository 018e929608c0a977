/** What workers and scripts on other machines ask: jobs, and to take in what their runs say. */
import {
  addDataset,
  addInspection,
  addThumbnails,
  checkClaimHolder,
  checkMayReport,
  checkWorkerHolder,
  claimNextJob,
  completeJob,
  failJob,
  findDatasetPack,
  findDeletedRuns,
  heartbeat,
  ingestEvents,
  registerWorker,
  sawWorker,
  type TokenHolder,
} from "@convkit/db";
import { BoundedInspection, DatasetCard, JobKind, TrainEvent, WorkerDescription } from "@convkit/schema";
import { TRPCError } from "@trpc/server";
import { z } from "zod";
import { router, workerProcedure, type ApiContext, type Caller } from "./trpc.js";

const claim = { jobId: z.uuid(), fence: z.int().positive() };

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** At most so many events a call: a journal is sent in parts. */
const MOST_EVENTS = 5000;

/** Their ids are part of an address. */
const MOST_RUNS = 100;

/** For a job that a worker of the caller's holds. */
const heldProcedure = workerProcedure.input(z.object(claim)).use(async ({ ctx, input, next }) => {
  await checkClaimHolder(ctx.database, input, holderOf(ctx));
  return next();
});

export const workersRouter = router({
  /** At its start, and whenever something of it changes. */
  register: workerProcedure.input(WorkerDescription).mutation(({ ctx, input }) => {
    const holder = holderOf(ctx);
    if (input.home !== null && !holder.isLocal) throw notLocal(input.home);
    return registerWorker(ctx.database, input, holder);
  }),

  /** null: nothing to do. */
  claim: workerProcedure
    .input(z.object({ workerId: z.uuid(), kinds: z.array(JobKind).min(1) }))
    .mutation(async ({ ctx, input }) => {
      await checkWorkerHolder(ctx.database, input.workerId, holderOf(ctx));
      await sawWorker(ctx.database, input.workerId);
      return claimNextJob(ctx.queue, input);
    }),

  heartbeat: heldProcedure
    .input(z.object({ ...claim, workerId: z.uuid() }))
    .mutation(async ({ ctx, input: { workerId, ...held } }) => {
      await checkWorkerHolder(ctx.database, workerId, holderOf(ctx));
      await sawWorker(ctx.database, workerId);
      return heartbeat(ctx.queue, held);
    }),

  complete: heldProcedure.mutation(({ ctx, input }) => completeJob(ctx.queue, input)),

  fail: heldProcedure
    .input(
      z.object({
        ...claim,
        reason: z.string().max(10_000),
        retry: z.boolean(),
        givenBack: z.boolean().default(false),
      }),
    )
    .mutation(({ ctx, input: { reason, retry, givenBack, ...held } }) =>
      failJob(ctx.queue, held, { reason, retry, givenBack }),
    ),

  /** Events of one run, in any order, as often as need be. */
  ingest: workerProcedure
    .input(z.array(TrainEvent).min(1).max(MOST_EVENTS))
    .mutation(async ({ ctx, input }) => {
      await checkMayReport(ctx.database, input, holderOf(ctx));
      return ingestEvents(ctx.database, input);
    }),

  /** Of runs that a worker keeps, those that were deleted here. */
  deletedRuns: workerProcedure
    .input(z.object({ runIds: z.array(z.string().min(1).max(200)).min(1).max(MOST_RUNS) }))
    .query(({ ctx, input }) => findDeletedRuns(ctx.database, input.runIds)),

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

  /** What looking at all pictures of a known data set has found. */
  addInspection: workerProcedure
    .input(BoundedInspection)
    .mutation(({ ctx, input }) => addInspection(ctx.database, input)),

  /** null: nobody has uploaded the pictures. */
  findDataset: workerProcedure
    .input(z.object({ contentHash: z.string().min(1).max(200) }))
    .query(({ ctx, input }) => findDatasetPack(ctx.database, input.contentHash)),
});

/** Where nobody signs in, whoever calls without a token is the user of the server's own machine. */
function holderOf({ caller, accounts }: ApiContext & { readonly caller: Caller }): TokenHolder {
  if (caller.kind === "worker") return { tokenId: caller.tokenId, isLocal: caller.isLocal };
  return { tokenId: null, isLocal: accounts === null };
}

function notLocal(home: string): TRPCError {
  return new TRPCError({
    code: "FORBIDDEN",
    message:
      "Expected a worker of another machine, since only the dashboard's own worker shares a home with it. " +
      `Received: one with the home ${home}. Start it without --local.`,
  });
}
