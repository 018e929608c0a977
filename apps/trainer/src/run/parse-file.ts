/** A JSON file of a run's folder, or a short reason why it cannot be read. */
import { basename } from "node:path";
import { z } from "zod";

const FORMAT_VERSION = 1;

/** @throws {Error} with the file's name and what is wrong with it, on one line. */
export function parseFile<T>(schema: z.ZodType<T>, text: string, path: string): T {
  const name = basename(path);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${name} is not JSON`, { cause });
  }
  const { formatVersion } = (json ?? {}) as { formatVersion?: unknown };
  if (typeof formatVersion === "number" && formatVersion > FORMAT_VERSION) {
    throw new Error(`${name} has format version ${formatVersion}: a newer convkit wrote it`);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? "" : `${z.core.toDotPath(issue.path)}: `;
  throw new Error(`${name} does not parse (${where}${issue?.message ?? ""})`, { cause: parsed.error });
}
