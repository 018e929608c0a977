/** Where the time of a run's steps went, if it was asked to measure it. */
import { buffer } from "node:stream/consumers";
import { StepProfile } from "@convkit/schema";
import type { BlobStore } from "../blobs/blob-store.js";
import type { Database } from "../database.js";
import { findArtifact } from "./find-artifact.js";

const PATH = "profile.json";
/** Some thousand kinds of kernel calls; a network has some hundred. */
const MOST_BYTES = 1_000_000;

/**
 * @returns null if the run left none, or what it left under that name is something else.
 * @throws {BlobNotFoundError} if the run is deleted meanwhile.
 */
export async function readStepProfile(
  database: Database,
  blobs: BlobStore,
  runId: string,
): Promise<StepProfile | null> {
  const artifact = await findArtifact(database, runId, PATH);
  if (!artifact || artifact.sizeBytes > MOST_BYTES) return null;
  const bytes = await buffer(await blobs.read(artifact.sha256));
  return StepProfile.safeParse(jsonOf(bytes.toString("utf8"))).data ?? null;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
