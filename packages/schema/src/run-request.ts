/** What is asked of a run from outside, as `request.json` in its folder; the run removes the file when it answers. */
import { z } from "zod";

/** Written beside and renamed into place, so that the run finds it whole. */
export const RunRequest = z.object({
  formatVersion: z.literal(1),
  /**
   * `stop` ends training after the step at hand as `stopped`: the best weights are kept and judged, as after early
   * stopping. `cancel` ends the run as `interrupted`: a checkpoint to resume from, and nothing judged.
   */
  action: z.enum(["stop", "cancel"]),
  /** Stands in the run's `runEnded`. */
  reason: z.string().min(1).max(1000),
  /** Milliseconds since the epoch. */
  requestedAt: z.number(),
});
export type RunRequest = z.infer<typeof RunRequest>;
