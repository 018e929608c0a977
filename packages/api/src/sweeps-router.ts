/** Sweeps: which there are, and how their trials compare. */
import { getSweep, listSweeps } from "@convkit/db";
import { z } from "zod";
import { page } from "./page-input.js";
import { router, userProcedure } from "./trpc.js";

export const sweepsRouter = router({
  list: userProcedure
    .input(z.object(page).optional())
    .query(({ ctx, input }) => listSweeps(ctx.database, input)),

  byId: userProcedure
    .input(z.string().min(1).max(200))
    .query(({ ctx, input }) => getSweep(ctx.database, input)),
});
