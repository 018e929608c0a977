import { randomUUID } from "node:crypto";
import { RunConfig, type RunConfigInput, type TrainEventBody } from "@convkit/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ended, eventsOf, started, type MadeRun } from "../../test/made-run.js";
import { createTestDatabase, type TestDatabase } from "../../test/test-database.js";
import { ingestEvents } from "../ingest/ingest-events.js";
import { deleteRuns } from "../runs/delete-runs.js";
import { readLineage } from "../runs/read-lineage.js";
import { createDiskBlobStore } from "../blobs/disk-blob-store.js";
import { claimNextJob, completeJob } from "./claims.js";
import { enqueueFork, findForkIssues, RunNotForkableError } from "./fork-run.js";
import { enqueueJob } from "./jobs.js";
import { openQueue, type Queue } from "./open-queue.js";
import { registerWorker } from "./workers.js";

let test: TestDatabase;
let queue: Queue;
const problems: string[] = [];
beforeAll(async () => {
  test = await createTestDatabase();
  queue = await openQueue(test.database, { heartbeatSeconds: 10, onProblem: (text) => problems.push(text) });
});
afterAll(async () => {
  await queue.close();
  await test.database.close();
  expect(problems).toEqual([]);
});

const CHECKPOINT = { monitor: "val_loss", everySteps: 2, keep: 2 };
const configOf = (more: Partial<RunConfigInput> = {}) =>
  RunConfig.parse({
    data: { source: "./shapes" },
    model: "simple-cnn",
    epochs: 2,
    checkpoint: CHECKPOINT,
    ...more,
  });
const forkOf = (runId: string, step: number | "last" | "best", more: Partial<RunConfigInput> = {}) =>
  configOf({ forkedFrom: { runId, step }, ...more });

const savedAt = (step: number, kind: "last" | "best" | "step" = "step"): TrainEventBody => ({
  type: "checkpointSaved",
  kind,
  epoch: Math.ceil(step / 5),
  step,
});
const SAVED = [
  savedAt(2),
  savedAt(4),
  savedAt(5, "best"),
  savedAt(5, "last"),
  savedAt(6),
  savedAt(7, "last"),
];

const tell = (run: MadeRun, bodies: readonly TrainEventBody[]) =>
  ingestEvents(test.database, eventsOf(run, bodies));
const begin = (runId: string) =>
  tell({ runId }, [started({ config: { checkpoint: CHECKPOINT } }), ...SAVED, ended()]);
const stepsOf = async (runId: string) =>
  (await readLineage(test.database, runId)).checkpoints.map(({ kind, step }) => `${kind} ${step}`);

async function makeWorker(home: string | null = null): Promise<string> {
  const id = randomUUID();
  const kinds = ["train" as const];
  const description = { id, name: id, version: "0.0.0", kinds, engines: [], datasets: [], models: [], home };
  await registerWorker(test.database, description, { tokenId: null, isLocal: true });
  return id;
}

describe("the checkpoints of a run", () => {
  it("are the newest of each kind, and as many of every so many steps as are kept", async () => {
    await begin("kept");
    expect(await stepsOf("kept")).toEqual(["last 7", "step 6", "best 5", "step 4"]);
    // Killed and gone on with from step 6: the next one of every so many steps takes the place of the oldest.
    const resumed = [{ type: "resumed", fromStep: 6, fromEpoch: 1 } as const, savedAt(8), savedAt(8, "last")];
    await tell({ runId: "kept", attempt: 2 }, resumed);
    expect(await stepsOf("kept")).toEqual(["last 8", "step 8", "step 6", "best 5"]);
    // Begun anew elsewhere: what lies on the machine before is not this run's any more.
    await tell({ runId: "kept", attempt: 3 }, [started({ config: { checkpoint: CHECKPOINT } }), savedAt(2)]);
    expect(await stepsOf("kept")).toEqual(["step 2"]);
  });
});

describe("a fork", () => {
  it("is for the worker that holds the checkpoint, and both runs name each other", async () => {
    const holder = await makeWorker();
    const other = await makeWorker();
    await enqueueJob(queue, { kind: "train", runId: "source", config: configOf() });
    const trained = await claimNextJob(queue, { workerId: holder, kinds: ["train"] });
    await begin("source");
    await completeJob(queue, { jobId: trained!.jobId, fence: 1 });
    const config = forkOf("source", "best", { name: "slower", learningRate: 1e-3 });
    const jobId = await enqueueFork(queue, { kind: "train", runId: "fork", config }, { home: "/home" });
    expect(await readLineage(test.database, "source")).toMatchObject({
      forkedFrom: null,
      forks: [{ id: "fork", name: "slower", step: "best" }],
    });
    expect(await claimNextJob(queue, { workerId: other, kinds: ["train"] })).toBeNull();
    expect(await claimNextJob(queue, { workerId: holder, kinds: ["train"] })).toMatchObject({ jobId });

    await tell({ runId: "fork" }, [
      started({ config: { ...config, forkedFrom: { runId: "source", step: 5 } } }),
    ]);
    const forked = await readLineage(test.database, "fork");
    expect(forked.forkedFrom).toEqual({ id: "source", name: "source", step: 5 });
    const { forks } = await readLineage(test.database, "source");
    expect(forks).toEqual([{ id: "fork", name: "slower", step: 5 }]);
    await deleteRuns(test.database, ["source"], { blobs: createDiskBlobStore("/nowhere"), home: "/nowhere" });
    expect((await readLineage(test.database, "fork")).forkedFrom).toMatchObject({ id: "source", name: null });
  });

  it("is refused where nobody holds the checkpoint, with the command that its machine takes", async () => {
    await begin("afar");
    const job = { kind: "train", runId: "never", config: forkOf("afar", 4) } as const;
    await expect(enqueueFork(queue, job, { home: "/home" })).rejects.toThrow(
      "On its machine `convkit train --fork afar@4` goes on from it.",
    );
  });

  it("is not refused by a default that its source's record leaves out", async () => {
    const { sampling, batchSize, ...config } = configOf();
    await tell({ runId: "older" }, [{ ...started(), config } as TrainEventBody, ...SAVED, ended()]);
    expect(await findForkIssues(test.database, forkOf("older", 4, { sampling, batchSize }))).toEqual([]);
  });

  it("is refused by the fields that the checkpoint is of, and by what is not kept", async () => {
    await begin("strict");
    const config = forkOf("strict", 2, { batchSize: 3, learningRate: 9 });
    const issues = await findForkIssues(test.database, config);
    expect(issues.map(({ path }) => path.join("."))).toEqual(["batchSize", "forkedFrom.step"]);
    expect(issues[1]!.message).toContain("Received: 2, where those of these steps are kept: 7, 6, 5, 4.");
    const job = { kind: "train", runId: "never", config } as const;
    await expect(enqueueFork(queue, job, { home: "/home" })).rejects.toThrow(RunNotForkableError);
    const orphan = await findForkIssues(test.database, forkOf("nobody", "last"));
    expect(orphan).toMatchObject([{ path: ["forkedFrom", "runId"] }]);
    expect(await findForkIssues(test.database, configOf())).toEqual([]);
  });
});
