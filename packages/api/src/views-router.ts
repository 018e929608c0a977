/** Saved views: a page's query string under a name. */
import { deleteView, listViews, saveView } from "@convkit/db";
import { z } from "zod";
import { router, userProcedure } from "./trpc.js";

const Page = z.enum(["runs", "compare"]);

export const viewsRouter = router({
  list: userProcedure.input(Page).query(({ ctx, input }) => listViews(ctx.database, input)),

  save: userProcedure
    .input(z.object({ page: Page, name: z.string().trim().min(1).max(100), query: z.string().max(8000) }))
    .mutation(({ ctx, input }) => saveView(ctx.database, input)),

  delete: userProcedure.input(z.uuid()).mutation(({ ctx, input }) => deleteView(ctx.database, input)),
});
