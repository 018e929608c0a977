/** Asks a run on this machine to end: `request.json` in its folder, which the training process looks for. */
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunRequest } from "@convkit/schema";
import type { Database } from "../database.js";
import { getRun } from "./get-run.js";

/** A run that nothing can be asked of: it has ended, or is on another machine and not of the queue. */
export class RunNotReachableError extends Error {
  override readonly name = "RunNotReachableError";
}

/**
 * @throws {RunNotFoundError}
 * @throws {RunNotReachableError}
 */
export async function requestRunEnd(
  database: Database,
  id: string,
  { action, reason }: Pick<RunRequest, "action" | "reason">,
): Promise<void> {
  const { status, folder } = await getRun(database, id);
  if (status !== "running" || folder === null) {
    const state = status === "running" ? "which runs on another machine" : `which is ${status}`;
    throw new RunNotReachableError(
      `Expected a run that is at work on this machine. Received: ${id}, ${state}.`,
    );
  }
  const request: RunRequest = { formatVersion: 1, action, reason, requestedAt: Date.now() };
  const path = join(folder, "request.json");
  await writeFile(`${path}.tmp`, `${JSON.stringify(request)}\n`);
  await rename(`${path}.tmp`, path);
}
