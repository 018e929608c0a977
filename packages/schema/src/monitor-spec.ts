/** Which metric of an epoch is watched: for the best weights, an early end, or a lower learning rate. */
import { z } from "zod";

export const MonitorSpec = z.strictObject({
  monitor: z
    .string()
    .min(1)
    .default("val_loss")
    .describe("Metric watched: loss, accuracy, val_loss, val_accuracy or learning_rate"),
  mode: z
    .enum(["auto", "min", "max"])
    .default("auto")
    .describe("Whether a lower or a higher value is better; auto: higher for an accuracy, else lower"),
});
