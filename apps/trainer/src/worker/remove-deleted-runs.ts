/** A run that was deleted on the server is deleted here too: a GPU host's disk is not an archive that nobody looks into. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { findShipping } from "@convkit/client";
import { RunBusyError, RunFolder } from "@convkit/trainer";
import { listRunIds } from "../run/find-run.js";
import type { WorkerHost } from "./worker-host.js";

/** So many a call. */
const AT_ONCE = 100;

/**
 * Removes the folders of runs that this home's workers delivered to the server and that were deleted there; runs of the
 * command line and of other servers stay.
 * @throws what the server says, and the signal's reason once it is aborted.
 */
export async function removeDeletedRuns(host: WorkerHost, signal: AbortSignal): Promise<void> {
  // The server's own worker shares its home, where the server deletes.
  if (host.isLocal) return;
  const { client, context, delivering } = host;
  const delivered: string[] = [];
  for (const runId of await listRunIds(context.home)) {
    const shipping = await findShipping(join(context.home, "runs", runId));
    if (shipping?.server === client.url && shipping.isDone && !delivering.has(runId)) delivered.push(runId);
  }
  for (let start = 0; start < delivered.length; start += AT_ONCE) {
    const deleted = await client.deletedRuns(delivered.slice(start, start + AT_ONCE), { signal });
    for (const runId of deleted) {
      try {
        await removeFolder(join(context.home, "runs", runId));
        host.note(`${runId} was deleted on the server; its folder here is gone, too.`);
      } catch (error) {
        // Somebody goes on with it here: then it is not for us to take away.
        if (error instanceof RunBusyError) continue;
        host.note(`${runId} was deleted on the server; its folder here stays. ${(error as Error).message}`);
      }
    }
  }
}

async function removeFolder(path: string): Promise<void> {
  const folder = await RunFolder.open(path);
  await folder.withLock(() => rm(path, { recursive: true, force: true }));
}
