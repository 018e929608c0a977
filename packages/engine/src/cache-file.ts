/**
 * JSON files in convkit's part of the user's cache folder, for what was measured once. What they hold can be measured again, so a
 * file that is damaged, or cannot be written, is no error.
 */
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { cacheFolder } from "./env.js";

/** @returns undefined if it is not there, or holds no JSON. */
export async function readCacheFile(name: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(cachePath(name), "utf8"));
  } catch {
    return undefined;
  }
}

/** Replaces the file by one rename: another process reads the old one or the new one, and never half of it. */
export async function writeCacheFile(name: string, content: object): Promise<void> {
  const file = cachePath(name);
  const draft = `${file}.${randomUUID()}`;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(draft, `${JSON.stringify(content, null, 2)}\n`);
    await rename(draft, file);
  } catch {
    // A home that is read-only or full: the next process measures again.
    await rm(draft, { force: true }).catch(() => undefined);
  }
}

export function cachePath(name: string): string {
  return path.join(cacheFolder(), "convkit", name);
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
