/** One run's curves on one chart: its own colour for what is validated, the same dashed for what it trained on. */
import { colorOfRun } from "@convkit/ui";
import { splitKey } from "../curves/curve-groups";
import type { CurveLook } from "../curves/curve-panel";

export function lookOfRun(runId: string): (runId: string, key: string) => CurveLook {
  const color = colorOfRun(runId);
  return (_, key) => {
    const { way, quantity } = splitKey(key);
    if (way === "val_" || way === "test_") return { label: key, color };
    if (way === "batch_") return { label: key, color: "var(--color-line-strong)" };
    return quantity === "loss" || quantity === "accuracy"
      ? { label: key, color: "var(--color-ink-2)", dash: [5, 3] }
      : { label: key.replace("system/", ""), color };
  };
}
