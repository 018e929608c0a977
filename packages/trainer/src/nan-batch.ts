/** What stands in a run's folder of the step that ruined it, `artifacts/nan-batch.json`: which pictures to look at. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { stringifyWithSpelledNumbers, type TrainEventBody } from "@convkit/schema";
import { replaceFile } from "./replace-file.js";
import type { RunFolder } from "./run-folder.js";
import type { RuinedBatch } from "./terminate-on-nan.js";

const NAME = "nan-batch.json";

/** Writes the ids of all of the step's pictures, and announces the file. */
export async function writeNanBatch(
  folder: RunFolder,
  batch: RuinedBatch,
  emit: (body: TrainEventBody) => void,
): Promise<void> {
  const content = Buffer.from(`${stringifyWithSpelledNumbers({ formatVersion: 1, ...batch }, 2)}\n`);
  await replaceFile(join(folder.artifacts, NAME), content);
  const sha256 = createHash("sha256").update(content).digest("hex");
  const file = {
    path: `artifacts/${NAME}`,
    sha256,
    sizeBytes: content.length,
    mediaType: "application/json",
  };
  emit({ type: "artifactSaved", ...file });
}
