/** Which files of a run are final, each with the hash by which a reader knows whether it has changed. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import type { StepProfile, TrainEventBody } from "@convkit/schema";
import { checkpointFile } from "./checkpoint.js";
import { replaceFile } from "./replace-file.js";
import type { RunFolder } from "./run-folder.js";

/** By extension; all else is bytes. */
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".json": "application/json",
  ".md": "text/markdown",
  ".png": "image/png",
};

/** What judging a run has written; model/ first, report.json last, as they were. */
export async function announceJudgement(
  folder: RunFolder,
  emit: (body: TrainEventBody) => void,
): Promise<void> {
  const model = (await readdir(folder.model)).sort().map((name) => join(folder.model, name));
  const reports = (["md", "html", "json"] as const).map((format) => folder.report(format));
  const predictions = [folder.predictions, folder.validationPredictions];
  for (const path of [...model, ...predictions, ...reports]) await announceArtifact(folder, path, emit);
}

/** The weights that the judgement is of, which every better epoch had written anew. */
export async function announceBestCheckpoint(
  folder: RunFolder,
  emit: (body: TrainEventBody) => void,
): Promise<void> {
  await announceArtifact(folder, checkpointFile(folder.bestCheckpoint), emit);
}

/** Writes where the time of a step went, and says that it is there. */
export async function saveProfile(
  folder: RunFolder,
  profile: StepProfile,
  emit: (body: TrainEventBody) => void,
): Promise<void> {
  await replaceFile(folder.profile, `${JSON.stringify(profile, null, 2)}\n`);
  await announceArtifact(folder, folder.profile, emit);
}

/** A file in the run's folder, which is there and final; nothing is said of one that is not there. */
export async function announceArtifact(
  folder: RunFolder,
  path: string,
  emit: (body: TrainEventBody) => void,
): Promise<void> {
  const digest = await digestFile(path);
  if (!digest) return;
  const name = relative(folder.path, path).split(sep).join("/");
  const mediaType = MEDIA_TYPES[extname(path)] ?? "application/octet-stream";
  emit({ type: "artifactSaved", path: name, ...digest, mediaType });
}

/** Piece by piece: weights may be larger than what memory is left. */
async function digestFile(path: string): Promise<{ sha256: string; sizeBytes: number } | null> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  try {
    for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) {
      hash.update(piece);
      sizeBytes += piece.length;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  return { sha256: hash.digest("hex"), sizeBytes };
}
