/** How far a run's journal has been delivered: `shipped.json` in the run's folder, so that a restart sends no more than the rest. */
import { randomUUID } from "node:crypto";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ArtifactPath } from "@convkit/schema";
import { z } from "zod";

const WaitingFile = z.object({ path: ArtifactPath, sha256: z.string(), sizeBytes: z.int().min(0) });
/** A file that the server knows of and lacks. */
export type WaitingFile = z.infer<typeof WaitingFile>;

const ShippedRecord = z.object({
  formatVersion: z.literal(1),
  /** Base URL of the server that it is about. */
  server: z.string(),
  /** Of the journal, which the server has taken: whole lines. */
  journalBytes: z.int().min(0),
  /** The latest of them; 0 before any. */
  attempt: z.int().min(0),
  /** Whether that attempt has said that it ended. */
  hasEnded: z.boolean(),
  /** Whether the server has deleted the run, and wants no more of it. */
  isDeleted: z.boolean(),
  files: z.array(WaitingFile),
});
export type ShippedRecord = z.infer<typeof ShippedRecord>;

const NAME = "shipped.json";

/** @returns a new one where there is none, or one about another server. */
export async function readShippedRecord(folder: string, server: string): Promise<ShippedRecord> {
  const record = await readAnyShippedRecord(folder);
  if (record?.server === server) return record;
  return {
    formatVersion: 1,
    server,
    journalBytes: 0,
    attempt: 0,
    hasEnded: false,
    isDeleted: false,
    files: [],
  };
}

/** @returns null where there is none. */
export async function readAnyShippedRecord(folder: string): Promise<ShippedRecord | null> {
  try {
    return ShippedRecord.parse(JSON.parse(await readFile(join(folder, NAME), "utf8")));
  } catch (error) {
    // Torn by a crash, or of another version: to send everything again does no harm.
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null;
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

export async function writeShippedRecord(folder: string, record: ShippedRecord): Promise<void> {
  const temporary = join(folder, `${NAME}.${randomUUID()}.tmp`);
  try {
    await writeFile(temporary, JSON.stringify(record));
    await rename(temporary, join(folder, NAME));
  } finally {
    await rm(temporary, { force: true });
  }
}
