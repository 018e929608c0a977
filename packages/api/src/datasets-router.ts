/** Data sets: what runs were trained on. */
import { getDataset, listDatasets, listThumbnails } from "@convkit/db";
import { z } from "zod";
import { page } from "./page-input.js";
import { router, userProcedure } from "./trpc.js";

const ContentHash = z.string().min(1).max(200);

export const datasetsRouter = router({
  list: userProcedure
    .input(z.object(page).optional())
    .query(({ ctx, input }) => listDatasets(ctx.database, input)),

  byHash: userProcedure.input(ContentHash).query(({ ctx, input }) => getDataset(ctx.database, input)),

  thumbnails: userProcedure
    .input(
      z.object({
        datasetHash: ContentHash,
        split: z.string().max(100).optional(),
        label: z.int().min(0).optional(),
        ...page,
      }),
    )
    .query(({ ctx, input }) => listThumbnails(ctx.database, input)),
});
