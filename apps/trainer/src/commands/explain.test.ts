import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Explanations, Projection, type ModelCard } from "@convkit/schema";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { makeFolder, runConvkit } from "../fixtures/run-convkit.js";
import { writePictures } from "../fixtures/write-pictures.js";

const NETWORK =
  '--set=model={"layers":[{"layer":"conv","filters":4,"activation":"relu"},{"layer":"maxPool","poolSize":2},{"layer":"flatten"}]}';
const TRAIN = ["train", "./pictures", "--epochs=2", "--batch-size=8", "--engine=cpu", NETWORK];

describe("a run that is looked into", () => {
  const folder = makeFolder();
  let run = "";
  const picture = (name: string) => join("pictures", "test", name);

  beforeAll(async () => {
    await writePictures(folder);
    await runConvkit(
      folder,
      TRAIN.filter((flag) => flag !== "--quiet"),
    );
    const runs = join(folder, ".convkit", "runs");
    run = join(runs, readdirSync(runs)[0]!);
  });

  describe("convkit explain", () => {
    it("writes a map over each file, for the class that is asked for", async () => {
      const files = [picture("bright/0.png"), picture("dark/0.png")];
      const args = ["explain", "latest", ...files, "--engine=cpu", "--class=dark", "--out=why", "--json"];
      const { exitCode, json, stderr } = await runConvkit(folder, args);
      expect([exitCode, stderr]).toEqual([0, ""]);
      expect(json().map(({ image, className }) => [image, className])).toEqual(
        files.map((file) => [file, "dark"]),
      );
      for (const { file } of json()) {
        const { width, height, format } = await sharp(file as string).metadata();
        expect([format, width, height]).toEqual(["png", 256, 256]);
      }
      // Both are named 0.png.
      expect(new Set(json().map(({ file }) => file)).size).toBe(2);
    });

    it("says of a file what predict says of it, calibrated, and needs no picture of the data set", async () => {
      const card = JSON.parse(readFileSync(join(run, "model", "model-card.json"), "utf8")) as ModelCard;
      const amended: ModelCard = {
        ...card,
        temperature: { value: 0.25, split: "validation", count: 8 },
        testTimeAugmentation: "flip-translate",
      };
      cpSync(run, join(folder, "amended"), { recursive: true });
      writeFileSync(join(folder, "amended", "model", "model-card.json"), JSON.stringify(amended));
      const file = "mine.png";
      cpSync(join(folder, picture("bright/3.png")), join(folder, file));
      renameSync(join(folder, "pictures"), join(folder, "elsewhere"));
      try {
        const predicted = await runConvkit(folder, ["predict", "amended", file, "--engine=cpu", "--json"]);
        const [first] = predicted.json()[0]!["classes"] as { className: string; probability: number }[];
        const args = ["explain", "amended", file, "--engine=cpu", "--out=mine", "--json"];
        const { exitCode, json, stderr } = await runConvkit(folder, args);
        expect([exitCode, stderr]).toEqual([0, ""]);
        expect(json()).toMatchObject([{ className: first!.className }]);
        expect(json()[0]!["probability"]).toBeCloseTo(first!.probability, 6);
      } finally {
        renameSync(join(folder, "elsewhere"), join(folder, "pictures"));
      }
    });

    it("takes folders and globs, passes over what is no picture with exit code 3, and replaces no PNG", async () => {
      const album = join(folder, "album");
      mkdirSync(album);
      cpSync(join(folder, picture("bright/1.png")), join(album, "a.png"));
      writeFileSync(join(album, "b.png"), "no picture");
      cpSync(join(folder, picture("dark/1.png")), join(album, "c.png"));
      const told = (lines: Record<string, unknown>[]) =>
        lines.map(({ type, image }) => `${String(type)} ${String(image)}`).sort();
      const explain = (...args: string[]) =>
        runConvkit(folder, ["explain", "latest", ...args, "--engine=cpu", "--out=album"]);

      // What it writes into the folder that it reads is no picture of the user's.
      const first = await explain("album", "--json");
      expect(first.exitCode).toBe(3);
      expect(told(first.json())).toEqual([
        "error album/b.png",
        "explanation album/a.png",
        "explanation album/c.png",
      ]);
      const kept = readFileSync(join(album, "a.grad-cam.png"));

      const second = await explain("album/[ab].png", "--class=dark");
      expect(second.exitCode).toBe(3);
      expect(second.stdout).toMatch(/^album\/a\.png {2}dark, [\d.]+ % {2}\S+a-2\.grad-cam\.png\n$/);
      expect(second.stderr).toMatch(/^error {2}album\/b\.png: Expected a picture that can be decoded\./);
      expect(readFileSync(join(album, "a.grad-cam.png"))).toEqual(kept);
    });

    it("keeps the run's own in its artifacts, with the sanity check, and tells the journal", async () => {
      const args = ["explain", "latest", "--engine=cpu", "--method=grad-cam++", "--sanity"];
      const { exitCode, stdout, stderr } = await runConvkit(folder, args);
      expect([exitCode, stderr]).toEqual([0, ""]);
      expect(stdout).toMatch(/^grad-cam\+\+ of \d+ pictures of test: \d+ mistakes, 12 it was least sure of/m);
      expect(stdout).toMatch(/^ {2}head +-?[01]\.\d\d$/m);
      const directory = join(run, "artifacts", "explanations");
      const document = Explanations.parse(JSON.parse(readFileSync(join(directory, "index.json"), "utf8")));
      expect(document.sanity!.stages.map(({ stage }) => stage)).toEqual(["head", "conv1"]);
      expect(document.pictures.filter(({ chosenAs }) => chosenAs === "uncertain")).toHaveLength(12);
      const journal = readFileSync(join(run, "events.jsonl"), "utf8");
      for (const { file } of document.pictures) {
        expect(existsSync(join(directory, file))).toBe(true);
        expect(journal).toContain(`"path":"artifacts/explanations/${file}"`);
      }
      expect(journal).toContain('"mediaType":"image/png"');
    });

    it("names new pictures of a run anew, and leaves none that its index does not name", async () => {
      const directory = join(run, "artifacts", "explanations");
      const indexed = () =>
        Explanations.parse(JSON.parse(readFileSync(join(directory, "index.json"), "utf8")))
          .pictures.map(({ file }) => file)
          .sort();
      const before = indexed();
      writeFileSync(join(directory, "mistake-99.png"), "of an earlier one");
      const args = ["explain", "latest", "--engine=cpu", "--method=grad-cam++"];
      expect((await runConvkit(folder, args)).exitCode).toBe(0);
      expect(indexed().filter((file) => before.includes(file))).toEqual([]);
      expect(readdirSync(directory).sort()).toEqual([...indexed(), "index.json"].sort());
    });

    it.each([
      [["--class=grey"], 2, "Expected one of the run's classes: bright, dark. Received: grey."],
      [["--out=why"], 2, "Expected files for --out."],
      [["absent.png"], 3, "absent.png"],
    ])("says what is wrong with %s", async (flags, code, message) => {
      const { exitCode, stderr } = await runConvkit(folder, ["explain", "latest", "--engine=cpu", ...flags]);
      expect(exitCode).toBe(code);
      expect(stderr).toContain(message);
    });
  });

  it("convkit explain asks engines without gradients for occlusion alone, and of files", async () => {
    const explain = (...args: string[]) =>
      runConvkit(folder, ["explain", "latest", ...args, "--engine=wasm", "--json"]);
    const refused = await explain(picture("dark/2.png"), "--out=wasm");
    expect(refused.exitCode).toBe(4);
    expect(refused.stdout).toContain("Expected an engine with gradients, for grad-cam. Received: wasm");
    const ofRun = await explain("--method=occlusion");
    expect(ofRun.exitCode).toBe(4);
    expect(ofRun.stdout).toContain("for the search for poor reasons. Received: wasm");
    const occluded = await explain(picture("dark/2.png"), "--out=wasm", "--method=occlusion");
    expect(occluded.exitCode).toBe(0);
    expect(occluded.json()).toMatchObject([{ type: "explanation", image: picture("dark/2.png") }]);
  });

  it("convkit project puts the test pictures on a plane, beside their nearest training pictures", async () => {
    const { exitCode, json, stderr } = await runConvkit(folder, [
      "project",
      "latest",
      "--engine=cpu",
      "--json",
    ]);
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(json()).toMatchObject([
      { type: "projection", split: "test", pictures: 48, umapPictures: 48, nearestAlike: 1 },
    ]);
    const text = readFileSync(join(run, "artifacts", "projection.json"), "utf8");
    const { ids, pca, umap, neighbours } = Projection.parse(JSON.parse(text));
    expect([ids, pca.x, pca.y, umap!.x, neighbours.of].map(({ length }) => length)).toEqual([
      48, 48, 48, 48, 48,
    ]);
    expect(neighbours.of[0]).toHaveLength(5);
    expect(neighbours.ids[neighbours.of[0]![0]!]).toMatch(/bright/);
  });
});
