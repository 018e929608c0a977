import { InvalidArgumentError } from "commander";
import { expect, it } from "vitest";
import { minutesArgument } from "./duration-argument.js";

it.each([
  ["90s", 1.5],
  ["10m", 10],
  ["1.5h", 90],
])("%s are %d minutes", (text, minutes) => {
  expect(minutesArgument(text)).toBe(minutes);
});

it.each(["10", "", "0s", "-3m", "10 min", "1e3s", "m"])("refuses %j", (text) => {
  expect(() => minutesArgument(text)).toThrow(InvalidArgumentError);
});
