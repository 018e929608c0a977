/** A run that belongs to a queue: `claim.json` in its folder. */
import { readFile, rm } from "node:fs/promises";
import { RunClaim } from "@convkit/schema";
import type { RunFolder } from "./run-folder.js";

/** A queue decides when and where the run goes on. */
export class RunClaimedError extends Error {
  override readonly name = "RunClaimedError";
}

/** @throws {RunClaimedError} if the run belongs to a queue. */
export async function checkUnclaimed(folder: RunFolder): Promise<void> {
  const owner = await describeOwner(folder.claim);
  if (owner === null) return;
  throw new RunClaimedError(
    `Expected a run that belongs to no queue. Received: ${folder.runId}, which belongs to ${owner} and may go on ` +
      "on another machine. Run it again from the dashboard, or take it out of the queue's hands and go on here: " +
      `convkit resume ${folder.runId} --detach`,
  );
}

/** Takes the run out of the queue's hands. */
export async function detach(folder: RunFolder): Promise<void> {
  await rm(folder.claim, { force: true });
}

async function describeOwner(path: string): Promise<string | null> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  const claim = parseClaim(text);
  return claim ? `job ${claim.jobId} of ${claim.server}` : `a queue by a ${path} that cannot be read`;
}

function parseClaim(text: string): RunClaim | null {
  try {
    return RunClaim.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
