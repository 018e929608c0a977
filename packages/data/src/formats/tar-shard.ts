/** What one tar holds, read once and remembered until it changes: a tar has no table of contents. */
import { resolve } from "node:path";
import { z } from "zod";
import { FileStamp, isSameStamp, stampFile } from "../file-stamp.js";
import { indexFile } from "../index-file.js";
import type { PictureIndexOptions } from "../pictures/picture-index.js";
import { parseLabel } from "./class-labels.js";
import { isPassedOver } from "./list-pictures.js";
import { isPictureName } from "./picture-names.js";
import { tarEntries, type TarEntry } from "./tar-entries.js";

const TarFile = z.object({ name: z.string(), offset: z.int().min(0), length: z.int().min(0) });
export type TarFile = z.infer<typeof TarFile>;

const TarShardList = z.object({
  /** Every file, in the order of the archive, each name once. */
  files: z.array(TarFile),
  /** Of samples, by the file that has the label; null where that has none. */
  labels: z.array(
    z.object({ sample: z.string(), name: z.string(), label: z.union([z.int(), z.string()]).nullable() }),
  ),
  badFiles: z.array(
    z.object({ path: z.string(), kind: z.enum(["stray", "repeated", "broken"]), reason: z.string() }),
  ),
});
export type TarShardList = z.infer<typeof TarShardList>;

const Remembered = TarShardList.extend({ formatVersion: z.literal(1), stamp: FileStamp });

/** Of a file with a label. One that has more says more than that. */
const MOST_LABEL_BYTES = 1 << 20;
const LABEL_FIELDS = ["label", "class", "cls"];

/** @throws {DatasetFormatError} if it is no tar, or a damaged one. */
export async function listTarShard(file: string, options: PictureIndexOptions): Promise<TarShardList> {
  const index = indexFile(options.home, `tar\n${resolve(file)}`, Remembered);
  const stamp = await stampFile(file);
  const known = await index.read();
  if (known !== null && isSameStamp(known.stamp, stamp)) return known;
  const list = await readTarShard(file, stamp.sizeBytes, options);
  await index.write({ formatVersion: 1, stamp, ...list });
  return list;
}

async function readTarShard(
  file: string,
  total: number,
  { signal, onProgress }: PictureIndexOptions,
): Promise<TarShardList> {
  const files = new Map<string, TarFile>();
  const labels = new Map<string, TarShardList["labels"][number] & { readonly isClass: boolean }>();
  const badFiles: TarShardList["badFiles"] = [];
  for await (const entry of tarEntries(file)) {
    signal?.throwIfAborted();
    const { name, isFile, offset, length } = entry;
    onProgress?.({ phase: "check", what: file, done: offset + length, total, unit: "bytes" });
    const parts = name.split("/");
    if (parts.some((part) => part !== ".." && isPassedOver(part))) continue;
    const isPicture = isPictureName(name);
    if (parts.includes("..")) {
      if (isPicture) badFiles.push({ path: name, kind: "stray", reason: 'has ".." in its name' });
      continue;
    }
    if (!isFile) {
      const reason = "is a link, which an archive has no picture for";
      if (isPicture) badFiles.push({ path: name, kind: "broken", reason });
      continue;
    }
    if (files.has(name) && isPicture) {
      const reason = "stands again later in the archive, and there it counts";
      badFiles.push({ path: name, kind: "repeated", reason });
    }
    files.set(name, { name, offset, length });
    const { key, extension } = sampleOf(name);
    const isClass = extension === "cls";
    if (!isClass && (extension !== "json" || labels.get(key)?.isClass === true)) continue;
    const label = await readLabel(entry, isClass);
    if (isClass || label !== null) labels.set(key, { sample: key, name, label, isClass });
  }
  return {
    files: [...files.values()],
    labels: [...labels.values()].map(({ sample, name, label }) => ({ sample, name, label })),
    badFiles,
  };
}

async function readLabel(entry: TarEntry, isClass: boolean): Promise<number | string | null> {
  if (entry.length > MOST_LABEL_BYTES) return null;
  const text = (await entry.read()).toString();
  if (isClass) return parseLabel(/^\s*-?\d+\s*$/.test(text) ? Number(text) : text);
  try {
    const fields: unknown = JSON.parse(text);
    if (typeof fields !== "object" || fields === null) return null;
    const field = LABEL_FIELDS.find((name) => Object.hasOwn(fields, name));
    return field === undefined ? null : parseLabel((fields as Record<string, unknown>)[field]);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The extension is all behind the first dot of the base name, in lower case. */
export function sampleOf(name: string): { readonly key: string; readonly extension: string } {
  const base = name.lastIndexOf("/") + 1;
  const dot = name.indexOf(".", base);
  if (dot < 0) return { key: name, extension: "" };
  return { key: name.slice(0, dot), extension: name.slice(dot + 1).toLowerCase() };
}
