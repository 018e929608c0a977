/** Which metric of an epoch is watched: for the best weights, an early end, or a lower learning rate. */
import { z } from "zod";

export const MonitorSpec = z.strictObject({
  monitor: z
    .string()
    .min(1)
    .default("val_loss")
    .describe(
      "Metric watched: loss, accuracy, val_loss, val_accuracy, learning_rate or, with ema, the trained weights' raw_val_loss and raw_val_accuracy",
    ),
  mode: z
    .enum(["auto", "min", "max"])
    .default("auto")
    .describe("Whether a lower or a higher value is better; auto: higher for an accuracy, else lower"),
});
