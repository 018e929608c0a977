/** Which cached answers a change of a run makes stale, told from the query's key. */
import type { QueryKey } from "@tanstack/react-query";

const LISTS = new Set([
  "runs.list",
  "runs.group",
  "runs.fields",
  "runs.parallel",
  "sweeps.list",
  "sweeps.byId",
  "datasets.list",
  "datasets.byHash",
  "models.list",
  "models.byName",
  "models.versions",
]);

/** `runs.byId` of a key such as [["runs", "byId"], { input, type }]. */
function pathOfQuery(key: QueryKey): string {
  return Array.isArray(key[0]) ? key[0].join(".") : "";
}

/** Whether a query answers for many runs, and so is read again less often. */
export const isListQuery = (key: QueryKey) => LISTS.has(pathOfQuery(key));

/** Whether a query asks about one of these runs by its id. The log follows by itself. */
export function asksAbout(key: QueryKey, runIds: ReadonlySet<string>): boolean {
  const path = pathOfQuery(key);
  if (!path.startsWith("runs.") || LISTS.has(path) || path === "runs.log") return false;
  const { input } = (key[1] ?? {}) as { input?: unknown };
  return idsOf(input).some((id) => runIds.has(id));
}

function idsOf(input: unknown): string[] {
  if (typeof input === "string") return [input];
  if (Array.isArray(input)) return input.filter((item) => typeof item === "string");
  if (typeof input !== "object" || input === null) return [];
  const { runId, runIds } = input as { runId?: unknown; runIds?: unknown };
  return [...idsOf(runId), ...idsOf(runIds)];
}
