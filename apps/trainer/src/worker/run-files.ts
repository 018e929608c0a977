/** What a worker writes into a run's folder beside the run itself: the queue's claim, and what the queue asks of it. */
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { RunClaim, type RunRequest } from "@convkit/schema";

/** @returns the claim before it; null if there was none. */
export async function writeClaim(folder: string, claim: RunClaim): Promise<RunClaim | null> {
  const before = await readClaim(folder);
  await mkdir(folder, { recursive: true });
  await placeFile(join(folder, "claim.json"), claim);
  return before;
}

/** @returns null for a run that belongs to no queue, or whose claim cannot be read. */
export async function readClaim(folder: string): Promise<RunClaim | null> {
  try {
    return RunClaim.parse(JSON.parse(await readFile(join(folder, "claim.json"), "utf8")));
  } catch {
    return null;
  }
}

/** A run whose folder has gone has nothing to be asked. */
export async function writeRequest(
  folder: string,
  { action, reason }: Pick<RunRequest, "action" | "reason">,
): Promise<void> {
  const request: RunRequest = {
    formatVersion: 1,
    action,
    reason: reason.slice(0, 1000),
    requestedAt: Date.now(),
  };
  await placeFile(join(folder, "request.json"), request).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
}

/** Written in the home first: a run's folder with anything else in it is none for a new run. */
async function placeFile(path: string, content: object): Promise<void> {
  const temporary = join(dirname(dirname(dirname(path))), `.${randomUUID()}.tmp`);
  try {
    await writeFile(temporary, JSON.stringify(content));
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}
