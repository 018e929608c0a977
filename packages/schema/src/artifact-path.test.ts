import { expect, it } from "vitest";
import { ArtifactPath } from "./artifact-path.js";

it.each([
  "predictions.bin",
  "model/weights.bin",
  "artifacts/.hidden/…/a..b",
  "checkpoints/best/checkpoint.safetensors",
])("takes %s", (path) => {
  expect(ArtifactPath.parse(path)).toBe(path);
});

it.each([
  "",
  "/etc/passwd",
  "..",
  "../other/config.json",
  "model/../../other",
  "model/..",
  "./model",
  "model//weights.bin",
  "model/",
  String.raw`model\weights.bin`,
  "C:/Windows",
  "report.html:stream",
  "a\0b",
  "a\nb",
  "a".repeat(1001),
])("refuses %j", (path) => {
  expect(ArtifactPath.safeParse(path).success).toBe(false);
});
