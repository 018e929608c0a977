/** A job in words. */
import type { JobRow } from "../../trpc/context";

export function jobTitle({ job, runId }: JobRow): string {
  switch (job.kind) {
    case "train":
      return job.config.name ?? job.runId;
    case "evaluate":
      return runId ?? job.runId;
    case "inspect":
      return job.source;
    default:
      return job satisfies never;
  }
}

export const kindWords = {
  train: "trains",
  evaluate: "judges again",
  inspect: "looks into a data set",
} satisfies Record<JobRow["kind"], string>;

/** `resnet9 on cifar10, 10 epochs`; nothing where the title says it all. */
export function jobDetail({ job }: JobRow): string {
  if (job.kind !== "train") return "";
  const { model, data, epochs } = job.config;
  return `${networkOf(model)} on ${data.source}, ${epochs} ${epochs === 1 ? "epoch" : "epochs"}`;
}

function networkOf(model: Extract<JobRow["job"], { kind: "train" }>["config"]["model"]): string {
  if ("name" in model) return model.name;
  if ("module" in model) return model.module;
  return "classifier" in model ? model.classifier : `${model.layers.length} layers`;
}
