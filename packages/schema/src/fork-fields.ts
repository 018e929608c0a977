/**
 * Which fields of a config a fork must have in common with the run that it is forked from: those without which the
 * checkpoint's state would mean something else. The trainer and the form for a new run both go by it; no zod, for pages.
 */

export interface FixedField {
  /** Dotted. */
  readonly path: string;
  /** Completes "It cannot differ from the source's: …". */
  readonly reason: string;
}

const IN_EPOCH = "the checkpoint's place in its epoch is counted in steps of these pictures";
const FROM_FIRST = "an average would have to know every step from the first; it may only be left out";

/** In the order in which they are told of. */
export const FIXED_FIELDS = [
  { path: "data", reason: IN_EPOCH },
  { path: "sampling", reason: IN_EPOCH },
  { path: "batchSize", reason: IN_EPOCH },
  { path: "accumulate", reason: IN_EPOCH },
  { path: "model", reason: "the checkpoint's weights are this network's" },
  {
    path: "freeze",
    reason: "the checkpoint has the optimizer's state of the weights that this leaves to training",
  },
  { path: "optimizer.name", reason: "the checkpoint has this optimizer's state" },
  { path: "seed", reason: "the checkpoint's random state goes on, whatever the seed" },
  { path: "ema", reason: FROM_FIRST },
  { path: "lookahead", reason: FROM_FIRST },
] as const satisfies readonly FixedField[];

/** Where files lie and what they hash to: the first may differ, the second is compared with the files themselves. */
const NOT_COMPARED = new Set(["data.root", "data.contentHash", "data.annotationsHash"]);
const HASH = "sha256";
const MAY_BE_LEFT_OUT = new Set(["ema", "lookahead"]);
const WHEN_LEFT_OUT: Readonly<Record<string, unknown>> = { accumulate: 1 };

/** Those of the fixed fields in which a fork's config differs from its source's; none if it can go on from there. */
export function changedFixedFields(source: object, fork: object): FixedField[] {
  return FIXED_FIELDS.filter(({ path }) => {
    const [before, after] = [valueAt(source, path), valueAt(fork, path)];
    // An average has settings, which may change, and tensors, which must be there.
    if (MAY_BE_LEFT_OUT.has(path)) return before === undefined && after !== undefined;
    return !isSame(before, after, path);
  });
}

function valueAt(config: object, path: string): unknown {
  let value: unknown = config;
  for (const key of path.split(".")) value = (value as Record<string, unknown> | undefined)?.[key];
  return value ?? WHEN_LEFT_OUT[path];
}

/** Of JSON; a key that is left out is one without a value. */
function isSame(a: unknown, b: unknown, path: string): boolean {
  if (NOT_COMPARED.has(path)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a, b] as Record<string, unknown>[];
  return [...new Set([...Object.keys(left!), ...Object.keys(right!)])]
    .filter((key) => key !== HASH)
    .every((key) => isSame(left![key], right![key], `${path}.${key}`));
}
