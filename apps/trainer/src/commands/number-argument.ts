/** Numeric options. What no config schema judges is judged here. */
import { InvalidArgumentError } from "commander";

/** @throws {InvalidArgumentError} if the text is no number. */
export function numberArgument(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || Number.isNaN(value)) throw new InvalidArgumentError("Expected a number.");
  return value;
}

/** @throws {InvalidArgumentError} if the text is no whole number from 1. */
export function countArgument(text: string): number {
  const value = numberArgument(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new InvalidArgumentError("Expected a whole number from 1.");
  }
  return value;
}
