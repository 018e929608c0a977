/** The documents that commands leave among a run's artifacts, read one by one when a page asks for them. */
import { buffer } from "node:stream/consumers";
import {
  BenchmarkReport,
  Explanations,
  LabelReview,
  LabelSetReview,
  Projection,
  RobustnessReport,
  StepProfile,
  VerificationReport,
} from "@convkit/schema";
import type { z } from "zod";
import type { BlobStore } from "../blobs/blob-store.js";
import type { Database } from "../database.js";
import { findArtifact } from "./find-artifact.js";

/** Where each lies, and the size beyond which nobody reads it: it goes whole through the server's memory and the page's. */
const DOCUMENTS = {
  profile: { path: "profile.json", schema: StepProfile, mostBytes: 1_000_000 },
  explanations: { path: "artifacts/explanations/index.json", schema: Explanations, mostBytes: 4_000_000 },
  projection: { path: "artifacts/projection.json", schema: Projection, mostBytes: 16_000_000 },
  labelReview: { path: "artifacts/label-review.json", schema: LabelReview, mostBytes: 16_000_000 },
  labelSetReview: { path: "artifacts/label-set-review.json", schema: LabelSetReview, mostBytes: 16_000_000 },
  robustness: { path: "artifacts/robustness.json", schema: RobustnessReport, mostBytes: 1_000_000 },
  verification: { path: "artifacts/verification.json", schema: VerificationReport, mostBytes: 1_000_000 },
  benchmark: { path: "artifacts/benchmark.json", schema: BenchmarkReport, mostBytes: 1_000_000 },
} as const;

export type RunDocumentKind = keyof typeof DOCUMENTS;
type DocumentOf<Kind extends RunDocumentKind> = z.infer<(typeof DOCUMENTS)[Kind]["schema"]>;

export interface RunDocument<Kind extends RunDocumentKind> {
  /** null where the run left none, or one that cannot be read. */
  readonly document: DocumentOf<Kind> | null;
  /** Why what is there cannot be read, a sentence; null where it can, or nothing is there. */
  readonly problem: string | null;
}

/**
 * What a run's folder holds was written by anybody: a file that is no such document, or too large a one, is a
 * `problem`, not an error.
 *
 * @throws {BlobNotFoundError} if the run is deleted meanwhile.
 */
export async function readRunDocument<Kind extends RunDocumentKind>(
  database: Database,
  blobs: BlobStore,
  { runId, kind }: { runId: string; kind: Kind },
): Promise<RunDocument<Kind>> {
  const { path, schema, mostBytes } = DOCUMENTS[kind];
  const artifact = await findArtifact(database, runId, path);
  if (!artifact) return { document: null, problem: null };
  const { sha256, sizeBytes } = artifact;
  if (sizeBytes > mostBytes) {
    const problem = `Expected at most ${megabytes(mostBytes)} MB in ${path}. Received: ${megabytes(sizeBytes)} MB. Its whole is among the artifacts.`;
    return { document: null, problem };
  }
  const text = (await buffer(await blobs.read(sha256))).toString("utf8");
  const read = schema.safeParse(jsonOf(text));
  if (read.success) return { document: read.data as DocumentOf<Kind>, problem: null };
  const [issue] = read.error.issues;
  const where = issue && issue.path.length > 0 ? ` at ${issue.path.join(".").slice(0, 100)}` : "";
  const problem = `Expected in ${path} what this version of convkit writes there. Received something else${where}. The same command again writes it anew.`;
  return { document: null, problem };
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
