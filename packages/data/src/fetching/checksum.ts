/** Whether a file is the one it should be. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";

export interface Checksum {
  /** md5 only where it is what a data set's authors published. */
  readonly algorithm: "md5" | "sha256" | "sha512";
  /** Hexadecimal. */
  readonly digest: string;
}

/** Reads the file piece by piece. */
export async function digestFile(path: string, algorithm: Checksum["algorithm"]): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}
