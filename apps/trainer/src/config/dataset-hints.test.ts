import { DatasetNotFoundError, DatasetUnavailableError, listDatasets } from "@convkit/data";
import { expect, it } from "vitest";
import { ConfigError } from "./config-error.js";
import { addDatasetHint, checkDatasetName } from "./dataset-hints.js";

const KNOWN = listDatasets();
const hinted = (error: Error, source: string) => (addDatasetHint(error, source, KNOWN) as Error).message;

it("finds the name that was meant, if any is near", () => {
  expect(hinted(new DatasetNotFoundError("No."), "cifr10")).toBe("No. Did you mean cifar10?");
  expect(hinted(new DatasetNotFoundError("No."), "./my/photos")).toBe("No.");
});

it("names the flag where files can be brought by hand", () => {
  const dataset = { name: "mnist", files: {}, homepage: "" } as ConstructorParameters<
    typeof DatasetUnavailableError
  >[0];
  expect(hinted(new DatasetUnavailableError(dataset, []), "mnist")).toMatch(/--set data\.root=FOLDER$/);
});

it("leaves other errors as they are", () => {
  expect(hinted(new TypeError("a defect"), "cifr10")).toBe("a defect");
});

it("tells a name from a typo and from a path", () => {
  expect(() => checkDatasetName("cifar10", KNOWN)).not.toThrow();
  expect(() => checkDatasetName("cifr10", KNOWN)).toThrow(ConfigError);
  expect(() => checkDatasetName("cifr10", KNOWN)).toThrow(/Did you mean cifar10\?$/);
  expect(() => checkDatasetName("./photos", KNOWN)).toThrow(/convkit train \.\/photos$/);
  expect(() => checkDatasetName("imagenet", KNOWN)).toThrow(/`convkit datasets` lists them\.$/);
});
