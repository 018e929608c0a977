/** Looking at a folder of pictures, and writing its splits down. */
import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packDataset } from "@convkit/data";
import { DatasetInspection, type DatasetCard, type RunConfig } from "@convkit/schema";
import { expect, it } from "vitest";
import { makeFolder, runConvkit, startConvkit } from "../fixtures/run-convkit.js";
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

it("writes splits of a tar as a list, which a run is held to", async () => {
  const folder = await pictures();
  await packDataset(join(folder, "pictures/train"), join(folder, "photos.tar"));
  const fractions = ["data.validationFraction=0.25", "data.testFraction=0.2", "data.splitSeed=3"];
  const args = ["data", "export", "photos.tar", "my splits.csv", ...fractions.flatMap((it) => ["--set", it])];
  const written = await runConvkit(folder, args);
  expect(written).toMatchObject({
    exitCode: 0,
    stderr: "",
    stdout:
      "48 pictures: my splits.csv\ntrain on these splits: convkit train photos.tar --set 'data.splits=my splits.csv'\n",
  });
  const list = join(folder, "my splits.csv");
  const rows = readFileSync(list, "utf8").trim().split("\n");
  expect(rows[0]).toBe("id,label,split,group");
  const countOf = (split: string) => rows.filter((row) => row.endsWith(`,${split},`)).length;
  expect(countOf("validation")).toBeGreaterThan(3);

  const splits = ["--set", "data.splits=my splits.csv", "--set", "data.maxBadFraction=0.1"];
  const train = ["train", "photos.tar", "--engine=cpu", "--epochs=1", ...splits];
  const trained = await runConvkit(folder, [
    ...train,
    '--set=model={"layers":[{"layer":"flatten"}]}',
    "--json",
  ]);
  expect(trained).toMatchObject({ exitCode: 0, stderr: "" });
  const { dataset, config } = trained.json().find(({ type }) => type === "runStarted") as {
    dataset: DatasetCard;
    config: RunConfig;
  };
  expect(dataset.splits["validation"]).toMatchObject({ count: countOf("validation") });
  expect(dataset.splits["test"]).toMatchObject({ count: countOf("test") });
  expect(dataset.splits["test"]).not.toHaveProperty("chosenBy");
  expect(config.data).toMatchObject({
    splits: expect.stringMatching(/^[/A-Z].*my splits\.csv$/) as string,
    annotationsHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  });

  writeFileSync(join(folder, "run.json"), JSON.stringify(config));
  writeFileSync(list, [...rows.slice(0, -1), rows.at(-1)?.replace(/,\w+,$/, ",,moved")].join("\n"));
  const replay = await runConvkit(folder, ["train", "--config", "run.json"]);
  expect(replay.exitCode).toBe(3);
  expect(replay.stderr).toContain("Expected the classes, splits and groups with the hash");
  writeFileSync(list, "id,split\nphotos.tar/1.png,val\n");
  const wrong = await runConvkit(folder, ["data", "inspect", "photos.tar", ...splits]);
  expect(wrong.exitCode).toBe(3);
  expect(wrong.stderr).toContain("Its ids are like train/bright/0.png.");
});

it("keeps the copies in a tar together, and says how to train without splits that are not wanted", async () => {
  const folder = await pictures();
  const train = join(folder, "pictures/train");
  for (let i = 0; i < 12; i++) copyFileSync(join(train, `dark/${i}.png`), join(train, `dark/again ${i}.png`));
  await packDataset(train, join(folder, "photos.tar"));
  const spec = ["--set", "data.validationFraction=0.4"];
  const args = ["data", "export", "photos.tar", "groups.jsonl", "--group-copies", "--similarity=1", ...spec];
  const written = await runConvkit(folder, args);
  expect(written).toMatchObject({ exitCode: 0, stderr: "" });
  expect(written.stdout).toContain("24 of them are copies, in 12 groups\ntrain on these splits: ");
  const inspect = (...more: string[]) =>
    runConvkit(folder, ["data", "inspect", "photos.tar", "--json", "--similarity=1", ...spec, ...more]);
  const before = DatasetInspection.parse((await inspect()).json()[0]);
  expect(before.leakage.some(({ exact }) => exact > 0)).toBe(true);
  const after = DatasetInspection.parse((await inspect("--set", "data.splits=groups.jsonl")).json()[0]);
  expect(after.leakage.every(({ exact }) => exact === 0)).toBe(true);
  expect(after.card.contentHash).toBe(before.card.contentHash);
  expect(Object.keys(after.card.splits)).toEqual(["train", "validation", "test"]);

  const none = ["--set", "data.testFraction=0"];
  const two = await runConvkit(folder, ["data", "export", "photos.tar", "two.csv", ...none]);
  expect(two.stdout).toContain("--set data.splits=two.csv --set data.testFraction=0\n");
  const part = await runConvkit(folder, [
    "data",
    "export",
    "photos.tar",
    "x.csv",
    "--set=data.limit.train=9",
  ]);
  expect(part).toMatchObject({ exitCode: 2, stdout: "" });
  expect(part.stderr).toContain(
    "Received: data.limit.train, and pictures that a list lacks are learnt from.",
  );
  expect(existsSync(join(folder, "x.csv"))).toBe(false);
});

it("writes over no file unless told to, and never over one that the data set is read from", async () => {
  const folder = await pictures();
  const manifest = join(folder, "pictures/train/manifest.csv");
  const own = "path,label,note\ndark/1.png,dark,kept\nbright/1.png,bright,kept\ngone.png,dark,kept\n";
  writeFileSync(manifest, own);
  const source = "pictures/train";
  for (const [from, ...more] of [[source], [source, "--force"], [`${source}/manifest.csv`, "--force"]]) {
    const opened = await runConvkit(folder, ["data", "export", from!, `${source}/manifest.csv`, ...more]);
    expect(opened).toMatchObject({ exitCode: 2, stdout: "" });
    expect(opened.stderr).toContain("Expected another file than what the data set is read from");
  }
  expect(readFileSync(manifest, "utf8")).toBe(own);

  writeFileSync(join(folder, "notes.csv"), "mine");
  const there = await runConvkit(folder, ["data", "export", source, "notes.csv"]);
  expect(there).toMatchObject({ exitCode: 2, stdout: "" });
  expect(there.stderr).toContain("Received: notes.csv. Name another, or give --force to replace it.");
  expect(readFileSync(join(folder, "notes.csv"), "utf8")).toBe("mine");
  const forced = await runConvkit(folder, ["data", "export", source, "notes.csv", "--force"]);
  expect(forced).toMatchObject({ exitCode: 0, stdout: "2 pictures: notes.csv\n" });

  const part = await runConvkit(folder, ["data", "export", source, "new.csv", "--set=data.limit.train=1"]);
  expect(part).toMatchObject({ exitCode: 2, stdout: "" });
  expect(part.stderr).toContain("Those that a manifest lacks are lost.");
  expect(existsSync(join(folder, "new.csv"))).toBe(false);
});

it("says before the work that a file cannot be written, and that a home is none", async () => {
  const folder = await pictures();
  writeFileSync(join(folder, "plain"), "");
  for (const [args, hint] of [
    [["inspect", "pictures", "--sheet", "none/sheet.md"], "and there is no folder none. Make it first."],
    [["inspect", "pictures", "--sheet", "pictures"], "Received: pictures, which is a folder."],
    [["export", "pictures", "plain/x.csv"], "Received: plain/x.csv, and plain is no folder."],
    [["export", "pictures", "none/x.csv"], "and there is no folder none. Make it first."],
  ] as const) {
    const { exitCode, stdout, stderr } = await runConvkit(folder, ["data", ...args]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain(hint);
    expect(stderr).not.toMatch(/^\s+at /m);
  }
  expect(existsSync(join(folder, "none"))).toBe(false);
  expect(existsSync(join(folder, ".convkit"))).toBe(false);

  const env = { CONVKIT_HOME: join(folder, "plain") };
  const homeless = await startConvkit(folder, ["data", "inspect", "pictures"], env).finished;
  expect(homeless).toMatchObject({ exitCode: 2, stdout: "" });
  expect(homeless.stderr).toContain("Set CONVKIT_HOME to another folder.");
  expect(homeless.stderr).not.toMatch(/^\s+at /m);
});

it("prints what was set with the command that trains, where the list does not say it", async () => {
  const folder = await pictures();
  const train = join(folder, "pictures/train");
  copyFileSync(join(train, "dark/0.png"), join(train, "dark/again.png"));
  await packDataset(train, join(folder, "photos.tar"));
  const settings = [
    ...["validationFraction=0.3", "testFraction=0.25", "splitSeed=7", "imageSize=[8,8]", "imageFit=pad"],
    ...["maxBadFraction=0.1", String.raw`group=(dark/\d)\d?\.png`],
  ].flatMap((it) => ["--set", `data.${it}`]);
  const run = async (file: string, ...more: string[]) => {
    const { stdout } = await runConvkit(folder, [
      ...["data", "export", "photos.tar", file, ...settings, ...more],
    ]);
    return stdout.trim().split("train on these splits: convkit train photos.tar ")[1];
  };
  const rest = "--set 'data.imageSize=[8,8]' --set data.imageFit=pad --set data.maxBadFraction=0.1";
  expect(await run("fixed.csv")).toBe(`--set data.splits=fixed.csv ${rest}`);
  // The groups that the pattern makes are in the list, with the copies; the pattern alone would part these.
  const holding = "--set data.validationFraction=0.3 --set data.testFraction=0.25 --set data.splitSeed=7";
  expect(await run("groups.csv", "--group-copies", "--similarity=1")).toBe(
    `--set data.splits=groups.csv ${holding} ${rest}`,
  );
  const rows = readFileSync(join(folder, "groups.csv"), "utf8").split("\n");
  const groupOf = (name: string) => rows.find((row) => row.startsWith(`${name},`))?.split(",")[3];
  expect(groupOf("train/dark/again.png")).toBe("dark/0");
  expect(groupOf("train/dark/12.png")).toBe("dark/1");
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
