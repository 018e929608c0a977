/**
 * Issues inside one of several alternatives are told by the schema in the words of the whole, `layers[0].units: …; …`.
 * Here each gets its own place back.
 */

export interface PlacedIssue {
  readonly path: readonly string[];
  readonly message: string;
}

const WITHIN = /^((?:\w+|\[\d+\])(?:\.\w+|\[\d+\])*): (.+)$/s;

export function unfoldIssues(issues: readonly PlacedIssue[]): PlacedIssue[] {
  return issues.flatMap((issue) => {
    // A place has no spaces, as the beginning of "Too small: expected …" has.
    const parts = issue.message.split("; ").map((part) => WITHIN.exec(part));
    if (!parts.every((part) => part !== null)) return [issue];
    return parts.map(([, place = "", message = ""]) => ({
      path: [...issue.path, ...keysOf(place)],
      message,
    }));
  });
}

const keysOf = (place: string): string[] => place.match(/\w+/g) ?? [];
