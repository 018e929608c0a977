/** What "run again with changes" starts from. */
import type { JsonObject } from "./json-value";

/** All of the run's config under a name of its own: two runs of one name could not be told apart in a table. */
export function againConfig(config: object): JsonObject {
  const copy = structuredClone(config) as JsonObject;
  const { name } = copy;
  return typeof name === "string" ? { ...copy, name: nextName(name) } : copy;
}

/** `resnet9` → `resnet9 (2)` → `resnet9 (3)` */
export function nextName(name: string): string {
  const [, stem = name, count = "1"] = /^(.*) \((\d+)\)$/.exec(name) ?? [];
  return `${stem} (${Number(count) + 1})`;
}
