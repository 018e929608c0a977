/** What every call takes that answers with a page of a list. */
import { z } from "zod";

export const Limit = z.int().min(1).max(1000);

export const page = {
  limit: Limit.optional(),
  /** `nextCursor` of the page before. It may hold a picture's path. */
  cursor: z.string().max(8000).optional(),
};
