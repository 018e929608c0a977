/** Whether a file is still the one seen before, told without reading it. */
import { stat } from "node:fs/promises";
import { z } from "zod";

/** Writing to a file changes at least one of the two. */
export const FileStamp = z.object({ sizeBytes: z.int().min(0), mtimeMs: z.number() });
export type FileStamp = z.infer<typeof FileStamp>;

/** @throws {Error} if it is none that can be read to its end: a pipe or a device would be waited for. */
export async function stampFile(path: string): Promise<FileStamp> {
  const stats = await stat(path);
  if (!stats.isFile()) throw new Error("not a regular file");
  return { sizeBytes: stats.size, mtimeMs: stats.mtimeMs };
}

export function isSameStamp(one: FileStamp | undefined, other: FileStamp): boolean {
  return one?.sizeBytes === other.sizeBytes && one.mtimeMs === other.mtimeMs;
}
