/** What "run again with changes" starts from. */
import type { JsonObject } from "./json-value";

/** All of the run's config under a name of its own: two runs of one name could not be told apart in a table. */
export function againConfig(config: object): JsonObject {
  const copy = outsideSweep(structuredClone(config) as JsonObject);
  const { name } = copy;
  return typeof name === "string" ? { ...copy, name: nextName(name) } : copy;
}

/** What a sweep has tried is no trial of it when it is run again. */
function outsideSweep({ sweep, ...config }: JsonObject): JsonObject {
  const { tags } = config;
  if (sweep === undefined || !Array.isArray(tags)) return config;
  return { ...config, tags: tags.filter((tag) => typeof tag !== "string" || !tag.startsWith("sweep:")) };
}

/** `resnet9` → `resnet9 (2)` → `resnet9 (3)` */
export function nextName(name: string): string {
  const [, stem = name, count = "1"] = /^(.*) \((\d+)\)$/.exec(name) ?? [];
  return `${stem} (${Number(count) + 1})`;
}
