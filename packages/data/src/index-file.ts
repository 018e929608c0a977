/**
 * What was learnt about a data set's files and may be learnt again: `<home>/datasets/.index/<hash>.json`. A file that
 * is missing, torn or of another version counts as not there.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import { replaceFile } from "./replace-file.js";

export interface IndexFile<T> {
  read(): Promise<T | null>;
  write(content: T): Promise<void>;
}

/** @param subject what it is about, such as the kind of index and the folder's path. */
export function indexFile<T>(home: string, subject: string, schema: z.ZodType<T>): IndexFile<T> {
  return jsonFile(indexPath(home, subject, "json"), schema);
}

export function jsonFile<T>(path: string, schema: z.ZodType<T>): IndexFile<T> {
  return {
    async read() {
      try {
        return schema.safeParse(JSON.parse(await readFile(path, "utf8"))).data ?? null;
      } catch (error) {
        if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return null;
        throw error;
      }
    },
    write: (content) => replaceFile(path, JSON.stringify(content)),
  };
}

/** Where what is learnt about a subject is kept. */
export function indexPath(home: string, subject: string, extension: string): string {
  const name = createHash("sha256").update(subject).digest("hex").slice(0, 32);
  return join(home, "datasets", ".index", `${name}.${extension}`);
}
