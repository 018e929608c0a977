/** A numeric option. Its range is the config schema's to judge. */
import { InvalidArgumentError } from "commander";

/** @throws {InvalidArgumentError} if the text is no number. */
export function numberArgument(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || Number.isNaN(value)) throw new InvalidArgumentError("Expected a number.");
  return value;
}
