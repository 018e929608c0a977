import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { collect, open } from "../test/loaders.js";
import { encodePicture, writeFiles } from "../test/pictures.js";
import { temporaryFolder } from "../test/temporary-folder.js";
import { positiveWeights } from "./class-weights.js";
import { readRows } from "./formats/list-rows.js";
import { writeManifest } from "./formats/write-manifest.js";
import { inspectDataset } from "./inspection/inspect-dataset.js";
import { labelNameAt, labelsAt } from "./label-sets.js";
import { openDataset, type DataSpecInput } from "./open-dataset.js";
import { findByHash, placeByHash } from "./packing/place-by-hash.js";
import { packDataset } from "./packing/pack-dataset.js";
import { packThumbnails } from "./thumbnails/pack-thumbnails.js";

const PICTURES = Object.fromEntries(
  await Promise.all(
    ["1.png", "2.png", "3.png", "4.png", "5.png"].map(
      async (name, i) => [name, await encodePicture([50 * i, 0, 0])] as const,
    ),
  ),
);

/** As the NIH's Data_Entry_2017.csv has them, but for the names of its columns. */
const CSV = `path,label,group,split
1.png,Mass|Effusion,p1,train
2.png,No Finding,p2,train
3.png, Effusion ,p3,train
4.png,,p4,val
5.png,Mass|Hernia,p5,test
`;

async function write(name: string, manifest: string) {
  const folder = await writeFiles(await temporaryFolder(), { ...PICTURES, [name]: manifest });
  return { source: join(folder, name), home: await temporaryFolder() };
}

async function read(name: string, manifest: string, more: Partial<DataSpecInput> = {}) {
  const { source, home } = await write(name, manifest);
  const spec = { multiLabel: true, noLabel: "No Finding", ...more, source };
  return { dataset: await openDataset(spec, { home }), home, source };
}

const namesOf = ({ dataset }: Awaited<ReturnType<typeof read>>) =>
  Object.fromEntries(
    dataset
      .splitList()
      .flatMap((split) =>
        split.ids.map((id, position) => [id, labelNameAt(split, position, dataset.classNames)]),
      ),
  );

describe("a manifest's label sets", () => {
  it("are taken apart at |, and none is a set too", async () => {
    const { dataset } = await read("xrays.csv", CSV);
    expect(dataset.classNames).toEqual(["Effusion", "Hernia", "Mass"]);
    expect(dataset.isMultiLabel).toBe(true);
    const { train, validation, test } = dataset.splits;
    expect([0, 1, 2].map((position) => labelsAt(train, position))).toEqual([[0, 2], [], [0]]);
    expect([labelsAt(validation!, 0), labelsAt(test!, 0)]).toEqual([[], [1, 2]]);
    expect([...train.labels]).toEqual([-1, -1, -1]);
    expect([...train.select([2, 0]).labelSets!.values]).toEqual([1, 0, 0, 1, 0, 1]);
  });

  it("may be arrays in JSON Lines", async () => {
    const lines = [
      { path: "1.png", label: ["Mass", "Effusion", "Mass"] },
      { path: "2.png", label: [] },
      { path: "3.png", label: "Effusion|Hernia" },
      { path: "4.png", label: ["No Finding"] },
    ];
    const manifest = lines.map((line) => JSON.stringify(line)).join("\n");
    expect(namesOf(await read("xrays.jsonl", manifest))).toEqual({
      "1.png": "Effusion|Mass",
      "2.png": "",
      "3.png": "Effusion|Hernia",
      "4.png": "",
    });
  });

  it("are counted label by label", async () => {
    const { dataset, home } = await read("xrays.csv", CSV);
    const { card } = await inspectDataset(dataset, { home });
    expect(card.isMultiLabel).toBe(true);
    expect(card.splits).toEqual({
      train: { count: 3, perClass: [2, 0, 1] },
      validation: { count: 1, perClass: [0, 0, 0] },
      test: { count: 1, perClass: [0, 1, 1] },
    });
    expect(card.warnings).toEqual([expect.stringContaining("cannot be learnt: Hernia")]);
  });

  it("decide the content hash, whatever order they are listed in", async () => {
    const hashOf = async (manifest: string, more?: Partial<DataSpecInput>) =>
      (await read("xrays.csv", manifest, more)).dataset.contentHash;
    const hash = await hashOf(CSV);
    expect(await hashOf(CSV.replace("Mass|Effusion", "Effusion|Mass"))).toBe(hash);
    expect(await hashOf(CSV.replace("Mass|Effusion", "Mass"))).not.toBe(hash);
    // Sets of one name are no classes.
    const one = CSV.replaceAll(/Mass\|(Effusion|Hernia)/g, "Mass").replace("4.png,,", "4.png,None,");
    expect(await hashOf(one)).not.toBe(
      await hashOf(one, { multiLabel: undefined, noLabel: undefined, maxBadFraction: 1 }),
    );
  });

  it("are held back by hash, by group, and written again as they are", async () => {
    const first = await read("xrays.csv", CSV.replaceAll(/,[^,]*$/gm, ""), {
      validationFraction: 0.5,
      testFraction: 0,
    });
    const { train, validation } = first.dataset.splits;
    expect(train.length + (validation?.length ?? 0)).toBe(5);
    const file = join(first.source, "..", "again.csv");
    await writeManifest(first.dataset, file);
    expect(await readFile(file, "utf8")).toContain("1.png,Effusion|Mass,");
    const again = await openDataset({ source: file, multiLabel: true }, { home: first.home });
    expect(namesOf({ ...first, dataset: again })).toEqual(namesOf(first));
    expect(again.splits.train.ids).toEqual(train.ids);
  });

  it.each(["review.csv", "review.jsonl"])(
    "are reviewed in a manifest that opens as they are, and with its suggestions as labels as they should be: %s",
    async (name) => {
      const first = await read("xrays.csv", CSV.replace(/^(.+)$/gm, "$1,at home").replace("at home", "add"));
      const folder = join(first.source, "..");
      const review = new Map([
        ["1.png", { quality: 0.2, add: ["Hernia"], remove: ["Effusion", "Mass"] }],
        ["3.png", { quality: 0.1, add: [], remove: ["Effusion"] }],
      ]);
      const { columns } = await writeManifest(first.dataset, join(folder, name), { review });
      // The data set has a column add itself.
      expect(Object.values(columns!)).toEqual(
        ["suggestion", "add", "remove", "quality"].map((column) => `review_${column}`),
      );
      const open = (file: string) =>
        openDataset({ source: join(folder, file), multiLabel: true }, { home: first.home });
      const unedited = await open(name);
      expect(unedited.contentHash).toBe(first.dataset.contentHash);
      expect(unedited.splits.train.fileAt(0)?.attributes).toEqual({ add: "at home" });

      const rows = (await readRows(join(folder, name))).map(({ fields }) => fields as Record<string, string>);
      expect(rows[0]).toMatchObject({ path: "3.png", label: "Effusion", review_remove: "Effusion" });
      expect(rows[1]).toMatchObject({ path: "1.png", review_suggestion: "Hernia", review_quality: "0.2000" });
      const accepted = rows.map((row) => JSON.stringify({ ...row, label: row["review_suggestion"] }));
      await writeFiles(folder, { "accepted.jsonl": accepted.join("\n") });
      expect(namesOf({ ...first, dataset: await open("accepted.jsonl") })).toEqual({
        ...namesOf(first),
        "1.png": "Hernia",
        "3.png": "",
      });
    },
  );

  it("stay with their pictures under a list of splits, which may say them too", async () => {
    const { source, home } = await write("xrays.csv", CSV);
    const list = join(source, "..", "splits.csv");
    await writeFiles(join(source, ".."), { "splits.csv": "id,split,label\n1.png,test,Effusion|Mass\n" });
    const spec = { source, multiLabel: true, noLabel: "No Finding", splits: list };
    const { test } = (await openDataset(spec, { home })).splits;
    expect(test!.ids.map((id, i) => [id, labelsAt(test!, i)])).toEqual([
      ["1.png", [0, 2]],
      ["5.png", [1, 2]],
    ]);
  });

  it.each([
    ["in another order", "splits.csv", "id,split,label\n1.png,test,Mass | Effusion\n"],
    ["by the label that says none", "splits.csv", "id,split,label\n2.png,test,No Finding\n"],
    ["not at all", "splits.csv", "id,split,label\n1.png,test,\n"],
    ["as arrays", "splits.jsonl", '{"id":"1.png","split":"test","label":["Mass","Effusion"]}\n'],
    ["as an empty array", "splits.jsonl", '{"id":"2.png","split":"test","label":[]}\n'],
  ])("may be said by a list of splits %s", async (_, name, text) => {
    const { source, home } = await write("xrays.csv", CSV);
    await writeFiles(join(source, ".."), { [name]: text });
    const spec = { source, multiLabel: true, noLabel: "No Finding", splits: join(source, "..", name) };
    expect((await openDataset(spec, { home })).splits.test!.length).toBe(2);
  });

  it.each([
    ["2.png,test,Mass", "Expected no label of 2.png in line 2 of ", "Received: Mass."],
    ["1.png,test,No Finding", "Expected Effusion|Mass as label of 1.png in line 2 of ", "Received: none."],
    ["1.png,test,Mass", "Expected Effusion|Mass as label of 1.png in line 2 of ", "Received: Mass."],
  ])("are not others in a list of splits: %s", async (line, expected, received) => {
    const { source, home } = await write("xrays.csv", CSV);
    await writeFiles(join(source, ".."), { "splits.csv": `id,split,label\n${line}\n` });
    const splits = join(source, "..", "splits.csv");
    const refused = openDataset({ source, multiLabel: true, noLabel: "No Finding", splits }, { home });
    await expect(refused).rejects.toThrow(expected);
    await expect(refused).rejects.toThrow(received);
  });

  it("travel in a pack", async () => {
    const { dataset, source, home } = await read("xrays.csv", CSV);
    const archive = join(home, "pack.tar");
    await packDataset(source, archive);
    const there = await temporaryFolder();
    const { contentHash } = dataset;
    const reading = { multiLabel: true, noLabel: "No Finding" };
    const place = await placeByHash({ home: there, contentHash, archive, reading });
    expect(place).toBe(await findByHash(there, contentHash));
    for await (const { pictures } of packThumbnails(dataset)) {
      expect(pictures.map(({ label }) => label)).toEqual([null, null, null, null, null]);
    }
  });
});

describe("refuses", () => {
  it.each<[string, string, Partial<DataSpecInput>, RegExp]>([
    [
      "sets without the field",
      CSV.replace("Mass|Effusion", ""),
      { multiLabel: undefined, noLabel: undefined },
      /Expected a label in line 2/,
    ],
    [
      "none beside some",
      CSV.replace("|Effusion", "|No Finding"),
      {},
      /Expected No Finding alone.*line 2 .*Received: Mass\|No Finding/,
    ],
    [
      "a manifest without labels",
      CSV.replaceAll(/,(?:[^,\n]*)(,p)/g, ",$1"),
      {},
      /Expected two labels or more.*Received: none/,
    ],
    [
      "one set for all",
      CSV.replaceAll(/,[^,\n]*,(p\d),\w+/g, ",Mass|Hernia,$1,train"),
      {},
      /with and without a label.*Received: all with the same labels, Hernia\|Mass/,
    ],
    ["exact parts", CSV, { stratify: true }, /Expected pictures of one class each.*for `stratify`/],
  ])("%s", async (_, manifest, more, message) => {
    await expect(read("xrays.csv", manifest, more)).rejects.toThrow(message);
  });

  it("a single label, which is a matter of two classes", async () => {
    const one = CSV.replaceAll(/Mass\|(Effusion|Hernia)/g, "Effusion");
    await expect(read("xrays.csv", one)).rejects.toThrow(
      /Received: one, Effusion\. To tell pictures with it/,
    );
  });

  it("arrays without the field, and names that could not be told apart", async () => {
    const line = (label: unknown) => `${JSON.stringify({ path: "1.png", label })}\n`;
    const single = { multiLabel: undefined, noLabel: undefined };
    await expect(read("a.jsonl", line(["Mass"]), single)).rejects.toThrow(
      /Expected a text as label in line 1 .*data\.multiLabel=true/,
    );
    await expect(read("a.jsonl", line(["a|b"]))).rejects.toThrow(/Expected texts without \| as labels/);
  });

  it("data sets that are no manifests", async () => {
    const folder = await writeFiles(await temporaryFolder(), { "a/1.png": PICTURES["1.png"]! });
    const home = await temporaryFolder();
    await expect(openDataset({ source: folder, multiLabel: true }, { home })).rejects.toThrow(
      /Expected a manifest .* for `multiLabel`/,
    );
    await expect(openDataset({ source: "cifar10", multiLabel: true }, { home })).rejects.toThrow(
      /Received: cifar10, whose pictures are of one class each/,
    );
  });

  it.each([{ name: "class-balanced" }, { name: "weighted", weights: [1, 1, 1] as number[] }] as const)(
    "to draw pictures by their class: $name",
    async (sampling) => {
      const { dataset } = await read("xrays.csv", CSV);
      await expect(open(dataset.splits.train, { sampling })).rejects.toThrow(/Let rare labels count more/);
    },
  );
});

it("warns where one class has | in its name", async () => {
  const single = { multiLabel: undefined, noLabel: undefined };
  const { dataset } = await read("xrays.csv", CSV.replace("4.png,,", "4.png,None,"), single);
  expect(dataset.classNames).toContain("Mass|Effusion");
  expect(dataset.warnings.join()).toContain("Labels have | in them, such as Mass|Effusion");
});

describe("a loader's targets", () => {
  it("are 1 for each label of a picture", async () => {
    const { dataset } = await read("xrays.csv", CSV);
    const [batch] = await collect((await open(dataset.splits.train, { shuffle: false })).epoch(0));
    expect([...batch!.targets!]).toEqual([1, 0, 1, 0, 0, 0, 1, 0, 0]);
    expect([...batch!.labels]).toEqual([-1, -1, -1]);
  });

  it("are mixed as the pictures are", async () => {
    const { dataset } = await read("xrays.csv", CSV);
    const split = dataset.splits.train;
    const batchTransforms = [{ name: "MixUp" as const, alpha: 0.4, p: 1 }];
    const [batch] = await collect((await open(split, { batchTransforms })).epoch(0));
    const { targets, ids, images, mixed } = batch!;
    expect(mixed).toBeUndefined();
    // Red tells which picture: 0, 50 and 100. A picture is mixed with the one before it in the batch.
    const redOf = (id: string) => (50 * (Number(id[0]) - 1)) / 255;
    const own = { "1.png": [1, 0, 1], "2.png": [0, 0, 0], "3.png": [1, 0, 0] } as Record<string, number[]>;
    const shares = ids.map((id, i) => {
      const other = ids[(i + ids.length - 1) % ids.length]!;
      return { id, other, share: (images[i * 48]! - redOf(other)) / (redOf(id) - redOf(other)) };
    });
    const { share } = shares[0]!;
    for (const [i, { id, other, share: seen }] of shares.entries()) {
      expect(seen).toBeCloseTo(share, 4);
      const expected = own[id]!.map((value, k) => share * value + (1 - share) * own[other]![k]!);
      expected.forEach((value, k) => expect(targets![i * 3 + k]).toBeCloseTo(value, 4));
    }
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThan(1);
  });
});

it("mixes label sets by how much each picture counts", async () => {
  const weighted = CSV.replace("split\n", "split,weight\n")
    .replace("p1,train", "p1,train,3")
    .replace("p2,train", "p2,train,0.5")
    .replace("p3,train", "p3,train,0")
    .replace("p4,val", "p4,val,1")
    .replace("p5,test", "p5,test,1");
  const { dataset } = await read("xrays.csv", weighted);
  const batchTransforms = [{ name: "MixUp" as const, alpha: 0.4, p: 1 }];
  const split = dataset.splits.train;
  const [batch] = await collect((await open(split, { batchTransforms })).epoch(0));
  const [plain] = await collect((await open(split, { batchTransforms: [] })).epoch(0));
  const { ids, targets, weights } = batch!;
  expect(plain!.ids).toEqual(ids);
  const partner = (i: number) => (i + ids.length - 1) % ids.length;
  const pure = { own: plain!.weights!, targets: plain!.targets! };
  // Σ weight · target is what the loss sees; its own share is the same for all, found from the first with another weight.
  const differs = ids.findIndex((_, i) => pure.own[i] !== pure.own[partner(i)]);
  const [a, b] = [pure.own[differs]!, pure.own[partner(differs)]!];
  const share = (weights![differs]! - b) / (a - b);
  for (const i of ids.keys()) {
    const [own, other] = [pure.own[i]!, pure.own[partner(i)]!];
    expect(weights![i]).toBeCloseTo(share * own + (1 - share) * other, 5);
    for (let k = 0; k < 3; k++) {
      const expected =
        share * own * pure.targets[i * 3 + k]! + (1 - share) * other * pure.targets[partner(i) * 3 + k]!;
      expect(weights![i]! * targets![i * 3 + k]!).toBeCloseTo(expected, 5);
    }
  }
});

it("weighs pictures with a label as often as there are more without", () => {
  // 300 without for 100 with; as PyTorch's documentation of pos_weight has it.
  expect(positiveWeights([100, 200, 0, 400], 400)).toEqual([3, 1, 1, 1]);
});
