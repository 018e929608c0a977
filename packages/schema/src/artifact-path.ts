/** How a file of a run's folder is named to a reader elsewhere: relative, and nowhere but in that folder. */
import { z } from "zod";

/** A path's part: not empty, no way up, none of the characters that mean something else on some system. */
const PART = String.raw`(?!\.{1,2}(?:/|$))[^/\\:\p{Cc}]+`;

/** Forward slashes on every system: `model/weights.bin`. Refuses absolute paths, `..` and control characters. */
export const ArtifactPath = z
  .string()
  .max(1000)
  .regex(new RegExp(`^${PART}(?:/${PART})*$`, "u"));
