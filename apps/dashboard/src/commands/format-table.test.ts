import { expect, it } from "vitest";
import { formatBytes } from "./format-table.js";

it.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.00 kB"],
  [501_800, "502 kB"],
  [999_900, "1.00 MB"],
  [1_234_567, "1.23 MB"],
])("writes %d bytes as %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));
