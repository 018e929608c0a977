/** One sentence on the files that a data set leaves out, for the reader of a terminal. */
import { extname } from "node:path";
import type { BadFile } from "./dataset-parts.js";

const MOST_PLACES = 3;

/**
 * `22 files are left out: 20 lie in no class folder of train, val or test (extra/…), 1 .heic, 1 cannot be used`.
 * @returns null if there is none.
 */
export function describeBadFiles(badFiles: readonly BadFile[]): string | null {
  if (badFiles.length === 0) return null;
  const stray = badFiles.filter(({ kind }) => kind === "stray");
  const broken = badFiles.filter(({ kind }) => kind === "broken");
  const repeated = badFiles.filter(({ kind }) => kind === "repeated");
  const parts = [
    ...[...countBy(stray, ({ reason }) => reason)].map(
      ([reason, count]) => `${spell(count)} ${count === 1 ? reason : plural(reason)} (${placesOf(stray)})`,
    ),
    ...[
      ...countBy(
        badFiles.filter(({ kind }) => kind === "other"),
        extensionOf,
      ),
    ].map(([extension, count]) => `${spell(count)} ${extension}`),
    ...(repeated.length > 0 ? [`${spell(repeated.length)} listed again`] : []),
    ...(broken.length > 0 ? [`${spell(broken.length)} cannot be used`] : []),
  ];
  const [files, are] = badFiles.length === 1 ? ["file", "is"] : ["files", "are"];
  return `${spell(badFiles.length)} ${files} ${are} left out: ${parts.join(", ")}`;
}

/** "lies in …" and "has …" of one file are "lie in …" and "have …" of several. */
function plural(reason: string): string {
  return reason.replace(/^lies /, "lie ").replace(/^has /, "have ");
}

function extensionOf({ path }: BadFile): string {
  return extname(path).toLowerCase() || "without an extension";
}

/** The folders at the top, or the files where there are no folders. */
function placesOf(files: readonly BadFile[]): string {
  const places = new Set(files.map(({ path }) => path.replace(/\/.*/, "/…")));
  return [...[...places].slice(0, MOST_PLACES), ...(places.size > MOST_PLACES ? ["…"] : [])].join(", ");
}

/** The most frequent first. */
function countBy(files: readonly BadFile[], keyOf: (file: BadFile) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const file of files) counts.set(keyOf(file), (counts.get(keyOf(file)) ?? 0) + 1);
  return new Map([...counts].sort(([, a], [, b]) => b - a));
}

function spell(count: number): string {
  return count.toLocaleString("en-US");
}
