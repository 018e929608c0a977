/** A length of time as an option: 90s, 10m, 1.5h. */
import { InvalidArgumentError } from "commander";

const MINUTES = { s: 1 / 60, m: 1, h: 60 } as const;

/**
 * @returns minutes.
 * @throws {InvalidArgumentError} if the text is no length of time, or none at all.
 */
export function minutesArgument(text: string): number {
  const [, count = "", unit = "m"] = /^(\d+(?:\.\d+)?)([smh])$/.exec(text.trim()) ?? [];
  const minutes = Number(count) * MINUTES[unit as keyof typeof MINUTES];
  if (minutes > 0) return minutes;
  throw new InvalidArgumentError("Expected a time above 0 in seconds, minutes or hours: 90s, 10m, 2h.");
}
