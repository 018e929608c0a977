/** Runs: the table, a run's page, comparisons, and what reviewers do to them. */
import {
  addNote,
  archiveRuns,
  compareRuns,
  deleteNote,
  deleteRuns,
  editNote,
  getReport,
  getRun,
  groupRuns,
  listArtifacts,
  listDisagreements,
  listFields,
  listPictures,
  listRuns,
  readLineage,
  readLog,
  readParallelRuns,
  readRunDocument,
  readSeries,
  renameRun,
  requestRunEnd,
  tagRuns,
  type RunDocumentKind,
} from "@convkit/db";
import { COMPARISON_METRICS, summarise, type ComparisonMetricName } from "@convkit/evaluator";
import { tracked } from "@trpc/server";
import { z } from "zod";
import { compareJudgedRuns } from "./compare-judged-runs.js";
import { Limit, page } from "./page-input.js";
import { router, userProcedure, type ApiContext } from "./trpc.js";

const RunId = z.string().min(1).max(300);
const RunIds = z.array(RunId).min(1).max(2000);
const Key = z.string().min(1).max(300);

/** Of each curve, where several are read at once. */
const MANY_POINTS = 100_000;
/** Of a curve that is read alone: some 40 MB. */
const MOST_POINTS = 2_000_000;

const selection = {
  filter: z.string().max(4000).optional(),
  search: z.string().max(500).optional(),
  archived: z.boolean().optional(),
};

const readDocument = <Kind extends RunDocumentKind>(
  { database, blobs }: Pick<ApiContext, "database" | "blobs">,
  runId: string,
  kind: Kind,
) => readRunDocument(database, blobs, { runId, kind });

export const runsRouter = router({
  list: userProcedure
    .input(
      z.object({
        ...selection,
        sort: z.object({ field: Key, descending: z.boolean() }).optional(),
        metrics: z.array(Key).max(100).optional(),
        params: z.array(Key).max(100).optional(),
        ...page,
      }),
    )
    .query(({ ctx, input }) => listRuns(ctx.database, input)),

  group: userProcedure
    .input(z.object({ ...selection, by: z.array(Key).min(1).max(5), metrics: z.array(Key).max(20) }))
    .query(({ ctx, input }) => groupRuns(ctx.database, input)),

  fields: userProcedure.query(({ ctx }) => listFields(ctx.database)),

  byId: userProcedure.input(RunId).query(({ ctx, input }) => getRun(ctx.database, input)),

  /** Where it comes from, the checkpoints that it keeps, and what was forked from them. */
  lineage: userProcedure.input(RunId).query(({ ctx, input }) => readLineage(ctx.database, input)),

  series: userProcedure
    .input(
      z
        .object({
          runIds: RunIds.max(200),
          keys: z.array(Key).min(1).max(50),
          x: z.enum(["step", "epoch", "time"]).optional(),
          points: z.int().min(5).max(MOST_POINTS).optional(),
          smoothing: z.number().min(0).lt(1).optional(),
          range: z.object({ from: z.number(), to: z.number() }).optional(),
        })
        .refine(
          ({ points = 0, runIds, keys }) => points <= MANY_POINTS || runIds.length * keys.length === 1,
          { error: `Expected one curve where more than ${MANY_POINTS} points are wanted`, path: ["points"] },
        ),
    )
    .query(({ ctx, input: { range, ...input } }) =>
      readSeries(ctx.database, {
        runIds: input.runIds,
        keys: input.keys,
        ...(input.x && { x: input.x }),
        ...(input.points && { points: input.points }),
        ...(input.smoothing && { smoothing: input.smoothing }),
        ...(range && { range }),
      }),
    ),

  log: userProcedure
    .input(z.object({ runId: RunId, after: z.int().min(0).optional(), limit: Limit.optional() }))
    .query(({ ctx, input }) => readLog(ctx.database, input)),

  artifacts: userProcedure
    .input(z.object({ runId: RunId, folder: z.string().min(1).max(1000).optional(), ...page }))
    .query(({ ctx, input }) => listArtifacts(ctx.database, input)),

  report: userProcedure
    .input(z.object({ runId: RunId, split: Key }))
    .query(({ ctx, input }) => getReport(ctx.database, input.runId, input.split)),

  /** The report in sentences; null where there is none. */
  summary: userProcedure.input(z.object({ runId: RunId, split: Key })).query(async ({ ctx, input }) => {
    const report = await getReport(ctx.database, input.runId, input.split);
    return report && summarise(report);
  }),

  profile: userProcedure
    .input(RunId)
    .query(async ({ ctx, input }) => (await readDocument(ctx, input, "profile")).document),

  /** What commands left among a run's artifacts: a call for each kind, so that each answer has its own type. */
  documents: router({
    explanations: userProcedure
      .input(RunId)
      .query(({ ctx, input }) => readDocument(ctx, input, "explanations")),
    projection: userProcedure.input(RunId).query(({ ctx, input }) => readDocument(ctx, input, "projection")),
    labelReview: userProcedure
      .input(RunId)
      .query(({ ctx, input }) => readDocument(ctx, input, "labelReview")),
    labelSetReview: userProcedure
      .input(RunId)
      .query(({ ctx, input }) => readDocument(ctx, input, "labelSetReview")),
    robustness: userProcedure.input(RunId).query(({ ctx, input }) => readDocument(ctx, input, "robustness")),
    verification: userProcedure
      .input(RunId)
      .query(({ ctx, input }) => readDocument(ctx, input, "verification")),
    benchmark: userProcedure.input(RunId).query(({ ctx, input }) => readDocument(ctx, input, "benchmark")),
  }),

  pictures: userProcedure
    .input(
      z.object({
        runId: RunId,
        split: Key,
        label: z.int().min(-1).optional(),
        prediction: z.int().min(0).optional(),
        outcome: z.enum(["wrong", "right"]).optional(),
        order: z.enum(["confident", "uncertain"]).optional(),
        ...page,
      }),
    )
    .query(({ ctx, input }) => listPictures(ctx.database, input)),

  compare: userProcedure.input(RunIds.max(200)).query(({ ctx, input }) => compareRuns(ctx.database, input)),

  /** Which is better on the pictures that all were judged on, and how surely. */
  verdict: userProcedure
    .input(
      z.object({
        runIds: RunIds.min(2).max(20),
        split: Key,
        metric: z.enum(Object.keys(COMPARISON_METRICS) as [ComparisonMetricName]).optional(),
        baseline: RunId.optional(),
      }),
    )
    .query(({ ctx, input, signal }) => compareJudgedRuns(ctx, input, signal)),

  disagreements: userProcedure
    .input(
      z.object({
        runIds: RunIds.min(2).max(10),
        split: Key,
        ...page,
      }),
    )
    .query(({ ctx, input }) => listDisagreements(ctx.database, input)),

  parallel: userProcedure
    .input(z.object({ ...selection, runIds: RunIds.optional(), metric: Key }))
    .query(({ ctx, input }) => readParallelRuns(ctx.database, input)),

  rename: userProcedure
    .input(z.object({ id: RunId, name: z.string().trim().min(1).max(300) }))
    .mutation(({ ctx, input }) => renameRun(ctx.database, input.id, input.name)),

  tag: userProcedure
    .input(
      z.object({
        ids: RunIds,
        add: z.array(z.string().trim().min(1).max(100)).max(50),
        remove: z.array(z.string().max(100)).max(50),
      }),
    )
    .mutation(({ ctx, input }) => tagRuns(ctx.database, input)),

  archive: userProcedure
    .input(z.object({ ids: RunIds, archived: z.boolean() }))
    .mutation(({ ctx, input }) => archiveRuns(ctx.database, input.ids, input.archived)),

  delete: userProcedure
    .input(RunIds)
    .mutation(({ ctx, input }) => deleteRuns(ctx.database, input, { blobs: ctx.blobs, home: ctx.home })),

  end: userProcedure
    .input(z.object({ id: RunId, action: z.enum(["stop", "cancel"]) }))
    .mutation(({ ctx, input: { id, action } }) =>
      requestRunEnd(ctx.database, id, { action, reason: `${action} was asked for by ${ctx.caller.name}` }),
    ),

  addNote: userProcedure
    .input(z.object({ runId: RunId, body: z.string().min(1).max(100_000) }))
    .mutation(({ ctx, input }) => addNote(ctx.database, input.runId, input.body)),

  editNote: userProcedure
    .input(z.object({ id: z.uuid(), body: z.string().min(1).max(100_000) }))
    .mutation(({ ctx, input }) => editNote(ctx.database, input.id, input.body)),

  deleteNote: userProcedure.input(z.uuid()).mutation(({ ctx, input }) => deleteNote(ctx.database, input)),

  /**
   * One event per change of a run, `{ runId: null }` where it is not known of which: at a first connection, and at one
   * that goes on from an event which the server no longer knows. Whoever follows reads again what may have changed.
   */
  changes: userProcedure
    .input(z.object({ lastEventId: z.string().nullish() }).optional())
    .subscription(async function* ({ ctx, input, signal }) {
      const until = signal ?? new AbortController().signal;
      for await (const { id, runId } of ctx.changes.follow(until, input?.lastEventId))
        yield tracked(id, { runId });
    }),
});
