/** zod reports a union that nothing fits as "Invalid input". A config's writer deserves the reason. */
import { z } from "zod";

/**
 * An `error` for `z.union` of objects: it picks the alternative that the writer meant by the key that tells it,
 * and repeats what was wrong with that one.
 *
 * @param tellingKeys one for each alternative, in the union's order.
 * @param expected said where the input has none of them.
 */
export function explainUnion(tellingKeys: readonly string[], expected: string) {
  return ({ input, errors }: { input: unknown; errors?: z.core.$ZodIssue[][] }): string => {
    const isObject = typeof input === "object" && input !== null;
    const meant = tellingKeys.findIndex((key) => isObject && key in input);
    const issues = errors?.[meant];
    if (issues === undefined) return `Invalid input: expected ${expected}`;
    return issues
      .map(({ path, message }) => (path.length === 0 ? message : `${z.core.toDotPath(path)}: ${message}`))
      .join("; ");
  };
}
