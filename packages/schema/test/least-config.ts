/** The shortest config there is, and what a test looks at of others. */
import { z } from "zod";
import { RunConfig } from "../src/run-config.js";
import type { TransformLists } from "../src/run-transforms.js";

export const least = { data: { source: "cifar10" }, model: { name: "resnet20" } };

export function listsOf({ transforms }: RunConfig): TransformLists {
  if (transforms === null || typeof transforms === "string") throw new Error("Expected lists.");
  return transforms;
}

/** What a user reads when a config is refused. */
export function complaint(config: unknown): string {
  const { error } = RunConfig.safeParse(config);
  return error === undefined ? "" : z.prettifyError(error);
}
