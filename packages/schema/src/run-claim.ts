/** Which job of which queue a run belongs to, as `claim.json` in its folder. */
import { z } from "zod";

/** As long as it lies there, the queue decides who goes on with the run. */
export const RunClaim = z.object({
  formatVersion: z.literal(1),
  jobId: z.string().min(1),
  /** Base URL of the server whose queue it is. */
  server: z.string().min(1),
  /** Rises with each claim of the job: of two workers the one with the lower number is believed lost. */
  fence: z.int().min(0),
});
export type RunClaim = z.infer<typeof RunClaim>;
