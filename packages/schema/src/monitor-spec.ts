/** Which metric of an epoch is watched: for the best weights, an early end, or a lower learning rate. */
import { z } from "zod";

export const MonitorSpec = z.strictObject({
  monitor: z
    .string()
    .min(1)
    .default("val_loss")
    .describe(
      "Metric watched: loss, accuracy, val_loss, val_accuracy, learning_rate; of label sets val_mean_average_precision and val_macro_f1; or, with ema, the trained weights' raw_val_loss, raw_val_accuracy and so on",
    ),
  mode: z
    .enum(["auto", "min", "max"])
    .default("auto")
    .describe(
      "Whether a lower or a higher value is better; auto: higher for an accuracy, a precision or an F1, else lower",
    ),
});

/** What `auto` says of a metric, by its name. */
export const isHigherBetter = (metric: string): boolean => /(accuracy|precision|f1)$/.test(metric);
