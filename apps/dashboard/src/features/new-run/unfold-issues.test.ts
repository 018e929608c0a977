import { RunConfig } from "@convkit/schema";
import { expect, test } from "vitest";
import { unfoldIssues } from "./unfold-issues";

const least = { data: { source: "a" }, model: "resnet9" };

function issuesOf(config: object): string[] {
  const { error } = RunConfig.safeParse({ ...least, ...config });
  const issues = error!.issues.map(({ path, message }) => ({ path: path.map(String), message }));
  return unfoldIssues(issues).map(({ path, message }) => `${path.join("/")} ${message}`);
}

test("what is wrong within a layer or a transform is told at its own place", () => {
  expect(issuesOf({ model: [{ layer: "conv" }, { layer: "dense" }] })).toEqual([
    "model/layers/0/filters Invalid input: expected number, received undefined",
    "model/layers/1/units Invalid input: expected number, received undefined",
  ]);
  expect(issuesOf({ transforms: { train: [{ name: "RandomCrop" }], evaluation: [] } })).toEqual([
    "transforms/train/0/size Invalid input: expected tuple, received undefined",
  ]);
});

test("sentences stay as they are", () => {
  expect(issuesOf({ epochs: 0 })).toEqual(["epochs Too small: expected number to be >0"]);
  expect(issuesOf({ epoch: 1 })).toEqual([' Unrecognized key: "epoch"']);
  expect(issuesOf({ model: 3 })).toEqual([
    expect.stringMatching(/^model Invalid input: expected a network's name/),
  ]);
  expect(issuesOf({ epochs: "x" })).toEqual(["epochs Invalid input: expected number, received string"]);
});
