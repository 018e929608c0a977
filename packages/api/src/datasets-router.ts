/** Data sets: what runs were trained on. */
import { getDataset, listDatasets, listThumbnails } from "@convkit/db";
import { z } from "zod";
import { router, userProcedure } from "./trpc.js";

const ContentHash = z.string().min(1).max(200);

export const datasetsRouter = router({
  list: userProcedure.query(({ ctx }) => listDatasets(ctx.database)),

  byHash: userProcedure.input(ContentHash).query(({ ctx, input }) => getDataset(ctx.database, input)),

  thumbnails: userProcedure
    .input(
      z.object({
        datasetHash: ContentHash,
        split: z.string().max(100).optional(),
        label: z.int().min(0).optional(),
        limit: z.int().min(1).max(1000).optional(),
        after: z.string().max(4096).optional(),
      }),
    )
    .query(({ ctx, input }) => listThumbnails(ctx.database, input)),
});
