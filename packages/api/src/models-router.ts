/** Models: versions that a run was registered as, their stages and aliases. */
import {
  deleteModelAlias,
  deleteModelVersion,
  editModelVersion,
  getModel,
  listModels,
  listModelVersions,
  registerModelVersion,
  setModelAlias,
} from "@convkit/db";
import { z } from "zod";
import { page } from "./page-input.js";
import { router, userProcedure } from "./trpc.js";

const ModelName = z.string().trim().min(1).max(200);
/** As in MLflow; `latest` would say something else with every version. */
const Alias = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/i, "Expected letters, digits, dots, hyphens and underscores")
  .refine((alias) => alias !== "latest" && !/^v?\d+$/i.test(alias), "Expected a name that is no version");
const version = { model: ModelName, version: z.int().positive() };

export const modelsRouter = router({
  list: userProcedure
    .input(z.object(page).optional())
    .query(({ ctx, input }) => listModels(ctx.database, input)),

  byName: userProcedure.input(ModelName).query(({ ctx, input }) => getModel(ctx.database, input)),

  versions: userProcedure
    .input(z.object({ model: ModelName, ...page }))
    .query(({ ctx, input }) => listModelVersions(ctx.database, input)),

  register: userProcedure
    .input(
      z.object({
        model: ModelName,
        runId: z.string().min(1).max(300),
        description: z.string().max(10_000).optional(),
      }),
    )
    .mutation(({ ctx, input }) => registerModelVersion(ctx.database, input)),

  editVersion: userProcedure
    .input(
      z.object({
        ...version,
        stage: z.enum(["none", "staging", "production", "archived"]).optional(),
        description: z.string().max(10_000).optional(),
      }),
    )
    .mutation(({ ctx, input: { model, version: number, ...change } }) =>
      editModelVersion(ctx.database, { model, version: number }, change),
    ),

  setAlias: userProcedure
    .input(z.object({ ...version, alias: Alias }))
    .mutation(({ ctx, input: { alias, ...name } }) => setModelAlias(ctx.database, name, alias)),

  deleteAlias: userProcedure
    .input(z.object({ model: ModelName, alias: z.string().max(100) }))
    .mutation(({ ctx, input }) => deleteModelAlias(ctx.database, input.model, input.alias)),

  deleteVersion: userProcedure
    .input(z.object(version))
    .mutation(({ ctx, input }) => deleteModelVersion(ctx.database, input)),
});
