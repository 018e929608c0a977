/** The bundle for bare hosts, in a root with nothing but it: no Node, no C library, no shell, no /proc. */
import { existsSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { TrainEvent } from "@convkit/schema";
import { Rng } from "@convkit/random";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { BareRoot, makeBundle } from "./bare-root.js";

const RUNTIMES = "tmp/.cache/convkit";
const MINUTES = 60_000;

const made = makeBundle();
if ("why" in made) process.stderr.write(`NOT RUN: the bundle for bare hosts, because ${made.why}\n`);

describe.skipIf("why" in made)("the bundle", () => {
  const bundle = "folder" in made ? made.folder : "";
  let root: BareRoot;
  beforeAll(async () => {
    root = new BareRoot(bundle);
    root.addVulkan();
    for (const name of ["data_batch_1", "test_batch"]) root.write(`/cifar10/${name}.bin`, cifarRecords(40));
    for (const background of ["red", "blue"]) {
      const picture = sharp({ create: { width: 48, height: 40, channels: 3, background } });
      root.write(`/pictures/${background}.jpg`, await picture.jpeg().toBuffer());
      root.write(`/pictures/${background}.png`, await picture.png().toBuffer());
    }
  });
  afterAll(() => {
    rmSync(bundle, { recursive: true, force: true });
    root?.remove();
  });

  it("takes 60 MB at most", () => {
    const bytes = readdirSync(bundle).map((name) => statSync(join(bundle, name)).size);
    expect(bytes.reduce((sum, size) => sum + size)).toBeLessThan(60e6);
  });

  const train = (engine: string) => {
    const layers = [{ layer: "conv", filters: 4, strides: 2, activation: "relu" }, { layer: "flatten" }];
    const model = `--set=model=${JSON.stringify({ layers })}`;
    const flags = ["--epochs=1", "--batch-size=10", "--lr=0.01", "--seed=1", "--json", model];
    const { status, stdout, stderr } = root.convkit(["train", "/cifar10", `--engine=${engine}`, ...flags]);
    expect([status, stdout, stderr]).toEqual([
      0,
      expect.stringContaining('"status":"completed"'),
      expect.anything(),
    ]);
    const { directory } = JSON.parse(stdout.trim().split("\n").at(-1)!) as { directory: string };
    const journal = readFileSync(join(root.folder, directory, "events.jsonl"), "utf8")
      .trim()
      .split("\n");
    const events = journal.map((line) => TrainEvent.parse(JSON.parse(line)));
    return events.flatMap((event) =>
      event.type === "step" || event.type === "epochEnded" || event.type === "evaluated"
        ? [event.logs["loss"]!, event.logs["val_loss"] ?? 0]
        : [],
    );
  };

  it("trains on a GPU as on the CPU", { timeout: 10 * MINUTES }, () => {
    const onCpu = train("cpu");
    expect(bringsGlibc(root)).toBe(true);
    expect(onCpu.length).toBeGreaterThanOrEqual(10);
    for (const engine of ["webgpu", "native"]) {
      const losses = train(engine);
      expect(losses).toHaveLength(onCpu.length);
      losses.forEach((loss, index) => expect(Math.abs(loss - onCpu[index]!)).toBeLessThan(1e-4));
    }
  });

  it("judges a run again, and predicts from files of pictures", { timeout: 5 * MINUTES }, () => {
    const judged = root.convkit(["evaluate", "latest", "--engine=cpu", "--json"]);
    expect([judged.status, judged.stdout]).toEqual([0, expect.stringContaining('"testCount":40')]);
    const predicted = root.convkit(["predict", "latest", "/pictures", "--engine=cpu", "--json", "--top-k=1"]);
    expect(predicted.status).toBe(0);
    const lines = predicted.stdout.trim().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { image: string }).image).sort()).toEqual(
      ["blue.jpg", "blue.png", "red.jpg", "red.png"].map((name) => `/pictures/${name}`),
    );
  });

  it("tells of its engines", { timeout: 5 * MINUTES }, () => {
    const { status, stdout } = root.convkit(["doctor", "--json"]);
    expect(status).toBe(0);
    for (const name of ["native", "webgpu", "cpu"])
      expect(stdout).toContain(`"available":true,"name":"${name}"`);
  });

  it("takes the host's C library where it has one", { timeout: 5 * MINUTES }, () => {
    const host = new BareRoot(bundle);
    onTestFinished(() => host.remove());
    host.addGlibc();
    expect(host.convkit(["--version"])).toMatchObject({ status: 0, stderr: "" });
    expect(bringsGlibc(host)).toBe(false);
  });
});

/** Whether the bundle found that the host's C library does not do. */
function bringsGlibc(root: BareRoot): boolean {
  const runtimes = join(root.folder, RUNTIMES);
  return readdirSync(runtimes).some((name) => existsSync(join(runtimes, name, "node-with-glibc")));
}

/** Of ten classes, each with a colour of its own under noise. */
function cifarRecords(count: number): Uint8Array {
  const rng = Rng.fromSeed(1);
  return Uint8Array.from({ length: count * 3073 }, (_, index) => {
    const label = Math.floor(index / 3073) % 10;
    return index % 3073 === 0 ? label : label * 20 + rng.int(60);
  });
}
