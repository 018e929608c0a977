/** The queue and its workers, as people see them. */
import {
  createApiToken,
  endJob,
  enqueueFork,
  enqueueJob,
  findForkIssues,
  listApiTokens,
  listJobs,
  listWorkers,
  prioritizeJob,
  resumeRun,
  revokeApiToken,
  type EnqueueOptions,
} from "@convkit/db";
import { Job, RunConfig, runConfigJsonSchema } from "@convkit/schema";
import { z } from "zod";
import { newRunId } from "./new-run-id.js";
import { page } from "./page-input.js";
import { adminProcedure, router, userProcedure, type ApiContext } from "./trpc.js";

const Priority = z.int().min(-1000).max(1000);

/** Who takes a fork is not for the asker to choose. */
function enqueue(
  { queue, home }: Pick<ApiContext, "queue" | "home">,
  job: Job,
  options: EnqueueOptions,
): Promise<string> {
  return job.kind === "train" && job.config.forkedFrom
    ? enqueueFork(queue, job, { priority: options.priority, home })
    : enqueueJob(queue, job, options);
}

export const jobsRouter = router({
  list: userProcedure
    .input(
      z
        .object({ ended: z.boolean().optional(), runId: z.string().min(1).max(300).optional(), ...page })
        .optional(),
    )
    .query(({ ctx, input }) => listJobs(ctx.database, input ?? {})),

  workers: userProcedure.query(({ ctx }) => listWorkers(ctx.database)),

  /** A new run into the queue; one that is forked is for the worker that holds the checkpoint. */
  train: userProcedure
    .input(z.object({ config: RunConfig, priority: Priority.optional(), onlyWorker: z.uuid().optional() }))
    .mutation(async ({ ctx, input: { config, ...options } }) => {
      const runId = newRunId();
      const jobId = await enqueue(ctx, { kind: "train", runId, config }, options);
      return { runId, jobId };
    }),

  /** Goes on with a run that ended early, where its checkpoint is. */
  resume: userProcedure
    .input(z.string().min(1).max(300))
    .mutation(({ ctx, input }) => resumeRun(ctx.queue, input, ctx.home)),

  /** JSON Schema of what a new run takes: the form's fields, their defaults and help. */
  configSchema: userProcedure.query((): Record<string, unknown> => ({ ...runConfigJsonSchema() })),

  /**
   * What is wrong with a config, by path; nothing if it would be taken. Changes nothing: it is a mutation because a
   * config may be longer than an address.
   */
  checkConfig: userProcedure.input(z.object({ config: z.unknown() })).mutation(async ({ ctx, input }) => {
    const parsed = RunConfig.safeParse(input.config);
    if (parsed.success) {
      return { config: parsed.data, issues: await findForkIssues(ctx.database, parsed.data) };
    }
    const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.map(String), message }));
    return { config: null, issues };
  }),

  enqueue: userProcedure
    .input(z.object({ job: Job, priority: Priority.optional(), onlyWorker: z.uuid().optional() }))
    .mutation(({ ctx, input: { job, ...options } }) => enqueue(ctx, job, options)),

  end: userProcedure
    .input(z.object({ id: z.uuid(), action: z.enum(["stop", "cancel"]) }))
    .mutation(({ ctx, input: { id, action } }) =>
      endJob(ctx.queue, id, { action, reason: `${action} was asked for by ${ctx.caller.name}` }),
    ),

  prioritize: userProcedure
    .input(z.object({ id: z.uuid(), priority: Priority }))
    .mutation(({ ctx, input }) => prioritizeJob(ctx.queue, input.id, input.priority)),

  tokens: adminProcedure.query(({ ctx }) => listApiTokens(ctx.database)),

  /** The answer is the only time that the token is seen. */
  createToken: adminProcedure
    .input(z.object({ name: z.string().trim().min(1).max(100) }))
    .mutation(({ ctx, input }) => createApiToken(ctx.database, input.name)),

  revokeToken: adminProcedure
    .input(z.uuid())
    .mutation(({ ctx, input }) => revokeApiToken(ctx.database, input)),
});
