/** Remembers the content hash of files that have not changed since, so that a second open hashes nothing. */
import { resolve } from "node:path";
import { z } from "zod";
import { FileStamp, isSameStamp, stampFile } from "./file-stamp.js";
import { indexFile } from "./index-file.js";

const RememberedHash = z.object({
  formatVersion: z.literal(1),
  stamps: z.array(FileStamp),
  contentHash: z.string(),
});

/** @param compute reads the files; called only if one of them is new or has changed. */
export async function rememberContentHash(
  home: string,
  files: readonly string[],
  compute: () => string,
): Promise<string> {
  const paths = files.map((file) => resolve(file));
  const index = indexFile(home, `content hash\n${paths.join("\n")}`, RememberedHash);
  const stamps = await Promise.all(paths.map(stampFile));
  const known = await index.read();
  if (known !== null && stamps.every((stamp, i) => isSameStamp(known.stamps[i], stamp)))
    return known.contentHash;
  const contentHash = compute();
  await index.write({ formatVersion: 1, stamps, contentHash });
  return contentHash;
}
