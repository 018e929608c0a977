/** Looking at a folder of pictures, and writing its splits down. */
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatasetInspection } from "@convkit/schema";
import { expect, it } from "vitest";
import { makeFolder, runConvkit } from "../fixtures/run-convkit.js";
import { writePictures } from "../fixtures/write-pictures.js";

async function pictures() {
  const folder = makeFolder();
  await writePictures(folder);
  copyFileSync(join(folder, "pictures/train/dark/3.png"), join(folder, "pictures/test/dark/leaked.png"));
  writeFileSync(join(folder, "pictures/train/dark/broken.png"), "no picture");
  return folder;
}

it("tells people and programs of copies, leakage and files left out", async () => {
  const folder = await pictures();
  const told = await runConvkit(folder, ["data", "inspect", "pictures", "--sheet", "sheet.md"]);
  expect(told.exitCode).toBe(0);
  expect(told.stdout).toContain("train/dark/broken.png: ");
  expect(told.stdout).toMatch(
    /train\/dark\/3\.png \(train, dark\) in several splits\n += test\/dark\/leaked\.png/,
  );
  expect(told.stdout).toContain("1 exactly and 0 nearly of 49 test pictures are in train as well");
  expect(readFileSync(join(folder, "sheet.md"), "utf8")).toMatch(/^# pictures\n/);

  const said = await runConvkit(folder, ["data", "inspect", "pictures", "--json"]);
  const [line] = said.json();
  expect(line?.type).toBe("inspection");
  expect(DatasetInspection.parse(line).leakage).toContainEqual({
    split: "test",
    into: "train",
    exact: 1,
    near: 0,
  });
});

it("writes splits that a run trains from", async () => {
  const folder = await pictures();
  const args = ["data", "export", "pictures", "splits.csv", "--set", "data.validationFraction=0.25"];
  const written = await runConvkit(folder, args);
  expect(written.exitCode).toBe(0);
  expect(written.stdout).toBe("97 pictures: splits.csv\n");
  const [, ...rows] = readFileSync(join(folder, "splits.csv"), "utf8").trim().split("\n");
  expect(rows).toHaveLength(97);
  const validation = rows.filter((row) => row.includes(",validation,")).length;
  const inspected = await runConvkit(folder, ["data", "inspect", "splits.csv", "--json"]);
  const { card } = DatasetInspection.parse(inspected.json()[0]);
  expect(card.splits.validation?.count).toBe(validation);
  expect(card.splits.validation?.chosenBy).toBeUndefined();
});

it("names what it cannot take", async () => {
  const folder = await pictures();
  const other = await runConvkit(folder, ["data", "inspect", "pictures", "--set", "epochs=3"]);
  expect(other).toMatchObject({ exitCode: 2, stdout: "" });
  expect(other.stderr).toContain(
    "Expected --set data.…, as only the config's data matter here. Received: epochs.",
  );
  const slip = await runConvkit(folder, ["data", "inspect", "pictures", "--set", "data.stratfy=true"]);
  expect(slip.exitCode).toBe(2);
  expect(slip.stderr).toContain('Did you mean "stratify"?');
  const missing = await runConvkit(folder, ["data", "inspect", "fashion-mnits"]);
  expect(missing.exitCode).toBe(3);
  expect(missing.stderr).toContain("Did you mean fashion-mnist?");
  const similarity = await runConvkit(folder, ["data", "inspect", "pictures", "--similarity", "97"]);
  expect(similarity.exitCode).toBe(2);
  expect(similarity.stderr).toContain("Expected a similarity above 0 and up to 1. Received: 97.");
  const alone = await runConvkit(folder, ["data", "export", "pictures", "out.csv", "--similarity", "0.9"]);
  expect(alone).toMatchObject({ exitCode: 2, stdout: "" });
  expect(alone.stderr).toContain("Expected --group-copies with --similarity");
  expect(existsSync(join(folder, "out.csv"))).toBe(false);
});

it("groups the copies that a similarity makes", async () => {
  const folder = await pictures();
  const args = ["data", "export", "pictures", "out.csv", "--group-copies", "--similarity", "1"];
  expect(await runConvkit(folder, args)).toMatchObject({ exitCode: 0, stderr: "" });
  const rows = readFileSync(join(folder, "out.csv"), "utf8").split("\n");
  expect(rows.filter((row) => row.endsWith(",train/dark/3.png"))).toHaveLength(2);
});
