import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ended, epochEnded, eventsOf, saved, started } from "../../test/made-run.js";
import { createTestDatabase, type TestDatabase } from "../../test/test-database.js";
import { ingestEvents } from "../ingest/ingest-events.js";
import { CursorError } from "../page-cursor.js";
import { getRun, RunNotFoundError } from "../runs/get-run.js";
import { listModelVersions } from "./model-versions.js";
import {
  deleteModelAlias,
  deleteModelVersion,
  editModelVersion,
  getModel,
  listModels,
  ModelNotFoundError,
  NoClassifierError,
  registerModelVersion,
  setModelAlias,
} from "./models.js";

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
  for (const [runId, accuracy] of [
    ["first", 0.8],
    ["second", 0.9],
  ] as const) {
    const run = { runId, config: { name: `Run ${runId}`, model: "resnet9" } };
    const classifier = saved("model/model.json", Buffer.from("{}"));
    const epoch = epochEnded(1, { val_accuracy: accuracy, val_loss: 1 - accuracy, accuracy });
    await ingestEvents(test.database, eventsOf(run, [started(run), epoch, classifier, ended()]));
  }
  await ingestEvents(test.database, eventsOf({ runId: "empty" }, [started(), ended("failed")]));
});
afterAll(() => test.database.close());

async function deleteModelVersions(model: string): Promise<void> {
  const { versions } = await listModelVersions(test.database, { model, limit: 1000 });
  for (const { version } of versions) await deleteModelVersion(test.database, { model, version });
}

const register = (model: string, runId: string) => registerModelVersion(test.database, { model, runId });

describe("models", () => {
  it("makes of a run the next version, and shows it with its metrics at a glance", async () => {
    expect(await register("pets", "first")).toBe(1);
    expect(
      await registerModelVersion(test.database, {
        model: "pets",
        runId: "second",
        description: "**better**",
      }),
    ).toBe(2);
    const { aliased, ...model } = await getModel(test.database, "pets");
    expect(model).toMatchObject({ name: "pets", versions: 2, aliases: [] });
    expect(aliased).toEqual([]);
    const page = await listModelVersions(test.database, { model: "pets" });
    expect(page).toMatchObject({
      total: 2,
      versions: [
        {
          model: "pets",
          version: 2,
          runId: "second",
          runName: "Run second",
          architecture: "resnet9",
          datasetHash: "c0ffee",
          stage: "none",
          description: "**better**",
          aliases: [],
        },
        { version: 1, runId: "first" },
      ],
    });
    expect(model.newest).toEqual(page.versions[0]);
    const shown = model.newest!.metrics;
    expect(Object.keys(shown).sort()).toEqual(["val_accuracy", "val_loss"]);
    expect(shown["val_accuracy"]).toMatchObject({ best: 0.9 });
    expect((await getRun(test.database, "second")).modelVersions).toEqual([{ model: "pets", version: 2 }]);
    expect(await listModels(test.database)).toEqual({ models: [model], total: 1 });
  });

  it("shows the mean average precision of a run on label sets beside its accuracy", async () => {
    const run = { runId: "sets", config: { name: "Run sets", model: "resnet9" } };
    const classifier = saved("model/model.json", Buffer.from("{}"));
    const epoch = epochEnded(1, { val_accuracy: 0.99, val_mean_average_precision: 0.3 });
    await ingestEvents(test.database, eventsOf(run, [started(run), epoch, classifier, ended()]));
    await register("xrays", "sets");
    const { newest } = await getModel(test.database, "xrays");
    expect(newest!.metrics["val_mean_average_precision"]).toMatchObject({ best: 0.3 });
    await deleteModelVersion(test.database, { model: "xrays", version: 1 });
  });

  it("lists models and versions page by page, each once, whatever comes meanwhile", async () => {
    const names = ["a", "B", "b", "ωmega", "a b", "10"];
    for (const name of names) await register(`paged ${name}`, "first");
    for (let version = 2; version <= 7; version += 1) await register("paged a", "second");
    const whole = (await listModels(test.database)).models.map(({ name }) => name);
    for (const limit of [1, 2, whole.length - 1, whole.length]) {
      const found: string[] = [];
      for (let cursor: string | undefined; ;) {
        const page = await listModels(test.database, { limit, cursor });
        found.push(...page.models.map(({ name }) => name));
        if ((cursor = page.nextCursor) === undefined) break;
        expect(page.models).toHaveLength(limit);
        // It sorts before all others.
        await register("0", "first");
      }
      expect(found).toEqual(whole);
      await deleteModelVersions("0");
    }
    for (const limit of [1, 3, 6, 7, 8]) {
      const found: number[] = [];
      const newest = (await getModel(test.database, "paged a")).newest!.version;
      for (let cursor: string | undefined; ;) {
        const page = await listModelVersions(test.database, { model: "paged a", limit, cursor });
        found.push(...page.versions.map(({ version }) => version));
        if ((cursor = page.nextCursor) === undefined) break;
        await register("paged a", "first");
      }
      expect(found).toEqual(Array.from({ length: newest }, (_, index) => newest - index));
    }
    for (const name of names) await deleteModelVersions(`paged ${name}`);
    const spell = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    for (const cursor of ["", "x", spell([{}])]) {
      await expect(listModels(test.database, { cursor })).rejects.toBeInstanceOf(CursorError);
      const query = { model: "pets", cursor };
      await expect(listModelVersions(test.database, query)).rejects.toBeInstanceOf(CursorError);
    }
  });

  it("gives registrations that come at once a number each", async () => {
    const numbers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => register("crowded", index % 2 ? "first" : "second")),
    );
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it("moves an alias from one version to another, and takes it away", async () => {
    for (let version = 1; version <= 3; version += 1) await register("moving", "first");
    const aliases = async () =>
      Object.fromEntries(
        (await listModelVersions(test.database, { model: "moving" })).versions.map((row) => [
          row.version,
          row.aliases,
        ]),
      );
    await setModelAlias(test.database, { model: "moving", version: 1 }, "champion");
    await setModelAlias(test.database, { model: "moving", version: 1 }, "baseline");
    expect(await aliases()).toEqual({ 1: ["baseline", "champion"], 2: [], 3: [] });
    await Promise.all(
      [2, 3, 2, 3].map((version) => setModelAlias(test.database, { model: "moving", version }, "champion")),
    );
    const moved = await aliases();
    const model = await getModel(test.database, "moving");
    expect(model.aliases.map(({ alias }) => alias)).toEqual(["baseline", "champion"]);
    expect(model.aliased.map(({ version }) => version)).toEqual(model.aliases.map(({ version }) => version));
    expect(moved[1]).toEqual(["baseline"]);
    expect([moved[2], moved[3]].flat()).toEqual(["champion"]);
    await deleteModelAlias(test.database, "moving", "baseline");
    await deleteModelAlias(test.database, "moving", "baseline");
    expect((await aliases())[1]).toEqual([]);
    // An alias of a version that is deleted goes with it.
    await setModelAlias(test.database, { model: "moving", version: 3 }, "champion");
    await deleteModelVersion(test.database, { model: "moving", version: 3 });
    expect(await aliases()).toEqual({ 1: [], 2: [] });
  });

  it("changes stage and description of a version alone", async () => {
    await register("staged", "first");
    await register("staged", "first");
    await editModelVersion(test.database, { model: "staged", version: 2 }, { stage: "production" });
    await editModelVersion(test.database, { model: "staged", version: 2 }, { description: "live" });
    const { versions } = await listModelVersions(test.database, { model: "staged" });
    expect(versions.map(({ version, stage, description }) => [version, stage, description])).toEqual([
      [2, "production", "live"],
      [1, "none", ""],
    ]);
  });

  it("goes with its last version; the run stays", async () => {
    await register("short", "first");
    await deleteModelVersion(test.database, { model: "short", version: 1 });
    await expect(getModel(test.database, "short")).rejects.toBeInstanceOf(ModelNotFoundError);
    expect((await getRun(test.database, "first")).status).toBe("completed");
  });

  it("refuses what there is not, and a run without a classifier", async () => {
    await expect(register("pets", "nothing")).rejects.toBeInstanceOf(RunNotFoundError);
    const empty = await register("never", "empty").catch((caught: unknown) => caught);
    expect(empty).toBeInstanceOf(NoClassifierError);
    await expect(getModel(test.database, "never")).rejects.toBeInstanceOf(ModelNotFoundError);
    for (const model of ["nothing", "\0", "\ud800"]) {
      const name = { model, version: 1 };
      await expect(getModel(test.database, model)).rejects.toBeInstanceOf(ModelNotFoundError);
      await expect(editModelVersion(test.database, name, { stage: "staging" })).rejects.toBeInstanceOf(
        ModelNotFoundError,
      );
      await expect(setModelAlias(test.database, name, "champion")).rejects.toBeInstanceOf(ModelNotFoundError);
      await expect(deleteModelVersion(test.database, name)).rejects.toBeInstanceOf(ModelNotFoundError);
      await deleteModelAlias(test.database, model, "\0");
    }
    await expect(setModelAlias(test.database, { model: "pets", version: 99 }, "champion")).rejects.toThrow(
      "pets version 99",
    );
  });
});
