/** The command as the parent of its training process: signals, checkpoints, and words for a death. */
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunRequest } from "@convkit/schema";
import { beforeAll, expect, it } from "vitest";
import { startSilentRegistry } from "../fixtures/silent-registry.js";
import { childrenOf, makeFolder, runConvkit, startConvkit } from "../fixtures/run-convkit.js";
import { writePictures } from "../fixtures/write-pictures.js";

const folder = makeFolder();
const LONG = [
  "train",
  "./pictures",
  "--engine=cpu",
  "--epochs=15",
  "--batch-size=4",
  '--set=model={"layers":[{"layer":"conv","filters":8,"activation":"relu"},{"layer":"flatten"}]}',
  "--set=data.validationFraction=0.2",
  "--json",
];
const isEvent = (type: string) => (line: string) => line.includes(`"type":"${type}"`);

/** A module that says by a file of its name that it is being called. @returns its path. */
function writeNetwork(name: string, body: string): string {
  const source = `import { existsSync, writeFileSync } from "node:fs";
    export default async () => { writeFileSync("${name}", ""); ${body} };`;
  writeFileSync(join(folder, `${name}.mjs`), source);
  return `./${name}.mjs`;
}

beforeAll(async () => {
  await writePictures(folder);
});

it("saves and stops at the first SIGINT, and resume does the rest", async () => {
  const run = startConvkit(folder, LONG);
  await run.line(isEvent("step"));
  run.process.kill("SIGINT");
  const stopped = await run.finished;
  expect(stopped.exitCode).toBe(130);
  expect(stopped.json().at(-1)).toMatchObject({ type: "result", status: "interrupted", exitCode: 130 });
  expect(stopped.json()).toContainEqual(expect.objectContaining({ type: "checkpointSaved", kind: "last" }));

  const resumed = await runConvkit(folder, ["resume", "latest", "--json"]);
  expect(resumed).toMatchObject({ exitCode: 0, stderr: "" });
  expect(resumed.json()).toContainEqual(expect.objectContaining({ type: "resumed", attempt: 2 }));
  expect(resumed.json().at(-1)).toMatchObject({ type: "result", status: "completed", testCount: 48 });
});

it("saves and stops at SIGTERM with a number of its own", async () => {
  const run = startConvkit(folder, LONG);
  await run.line(isEvent("step"));
  run.process.kill("SIGTERM");
  const stopped = await run.finished;
  expect(stopped.exitCode).toBe(143);
  expect(stopped.json().at(-1)).toMatchObject({ type: "result", status: "interrupted", exitCode: 143 });
});

/** Asks the run whose event this line is, as a program beside it would. @returns the run's folder. */
function request(line: string, action: RunRequest["action"]): string {
  const { runId } = JSON.parse(line) as { runId: string };
  const directory = join(folder, ".convkit", "runs", runId);
  const asked: RunRequest = { formatVersion: 1, action, reason: `${action} it`, requestedAt: Date.now() };
  writeFileSync(join(directory, "request.json.tmp"), JSON.stringify(asked));
  renameSync(join(directory, "request.json.tmp"), join(directory, "request.json"));
  return directory;
}

it("stops and judges when a file in the run's folder asks for it", async () => {
  const run = startConvkit(folder, [...LONG, "--epochs=100000"]);
  const directory = request(await run.line(isEvent("checkpointSaved")), "stop");
  const stopped = await run.finished;
  expect(stopped).toMatchObject({ exitCode: 0, stderr: "" });
  const result = { type: "result", status: "stopped", reason: "stop it", testCount: 48, exitCode: 0 };
  expect(stopped.json().at(-1)).toMatchObject(result);
  expect(existsSync(join(directory, "report.json"))).toBe(true);
  expect(existsSync(join(directory, "request.json"))).toBe(false);
  expect((await runConvkit(folder, ["resume", directory])).stderr).toContain("which is stopped (stop it)");
});

it("saves and ends when a file in the run's folder cancels it, and resume is not cancelled again", async () => {
  const run = startConvkit(folder, [...LONG, "--epochs=100000"]);
  const saved = await run.line(isEvent("checkpointSaved"));
  const directory = request(saved, "cancel");
  const cancelled = await run.finished;
  expect(cancelled.exitCode).toBe(130);
  expect(cancelled.json().at(-1)).toMatchObject({ status: "interrupted", reason: "cancel it" });
  expect(existsSync(join(directory, "report.json"))).toBe(false);

  request(saved, "cancel");
  const resumed = startConvkit(folder, ["resume", directory, "--json"]);
  await resumed.line(isEvent("epochEnded"));
  request(saved, "stop");
  expect((await resumed.finished).json().at(-1)).toMatchObject({ status: "stopped", testCount: 48 });
});

it("says so when it was stopped before there was a run", async () => {
  const { env, asked } = await startSilentRegistry();
  const run = startConvkit(folder, ["train", "mnist", "--engine=cpu", "--json"], env);
  await asked;
  run.process.kill("SIGTERM");
  const stopped = await run.finished;
  expect(stopped.exitCode).toBe(143);
  expect(stopped.json().at(-1)).toMatchObject({
    name: "InterruptedError",
    message: "Stopped. The run had not begun; the same command starts it.",
  });
});

it("keeps the name, the message and the number of an error that shows while the run stops", async () => {
  const wait = 'while (!existsSync("go")) await new Promise((resolve) => setTimeout(resolve, 10));';
  const run = startConvkit(folder, [...LONG, `--set=model=${writeNetwork("building", wait)}`]);
  await expect.poll(() => existsSync(join(folder, "building")), { timeout: 20_000 }).toBe(true);
  run.process.kill("SIGINT");
  await run.line(isEvent("note"));
  writeFileSync(join(folder, "go"), "");
  const failed = await run.finished;
  expect(failed.exitCode).toBe(2);
  expect(failed.json().at(-1)).toMatchObject({
    type: "error",
    name: "UserModuleError",
    message: expect.stringContaining("to return a tf.LayersModel"),
    exitCode: 2,
  });
});

it("stops at once at the second SIGINT", async () => {
  const run = startConvkit(folder, LONG);
  await run.line(isEvent("step"));
  const [child] = childrenOf(run.process.pid ?? 0);
  // A stopped process cannot save: only the second signal can end it.
  process.kill(child ?? 0, "SIGSTOP");
  run.process.kill("SIGINT");
  await run.line(isEvent("note"));
  run.process.kill("SIGINT");
  const killed = await run.finished;
  expect(killed.exitCode).toBe(130);
  expect(killed.json().at(-1)).toMatchObject({ type: "error", name: "InterruptedError", exitCode: 130 });
});

it("diagnoses a training process that was killed, and it can be resumed", async () => {
  const run = startConvkit(folder, LONG);
  const saved = await run.line(isEvent("checkpointSaved"));
  const { runId } = JSON.parse(saved) as { runId: string };
  for (const child of childrenOf(run.process.pid ?? 0)) process.kill(child, "SIGKILL");
  const dead = await run.finished;
  expect(dead.exitCode).toBe(5);
  expect(dead.json().at(-1)).toMatchObject({
    type: "error",
    name: "ProcessDiedError",
    message: expect.stringMatching(new RegExp(`SIGKILL(.|\n)*convkit resume ${runId}`)),
  });

  const resumed = await runConvkit(folder, ["resume", runId]);
  expect(resumed).toMatchObject({ exitCode: 0, stderr: "" });
  expect(resumed.stdout).toMatch(
    /^plan +15 epochs of 10 steps(.|\n)*^resume +from step(.|\n)*^epoch +15(.|\n)*^result/m,
  );
});

it("names the path of a run outside the home, also when its process dies before it says anything", async () => {
  const run = startConvkit(folder, LONG);
  const saved = await run.line(isEvent("checkpointSaved"));
  const { runId } = JSON.parse(saved) as { runId: string };
  run.process.kill("SIGINT");
  await run.finished;
  renameSync(join(folder, ".convkit", "runs", runId), join(folder, "moved"));

  const resumed = startConvkit(folder, ["resume", "moved", "--json"]);
  const children = () => childrenOf(resumed.process.pid ?? 0);
  await expect.poll(children, { interval: 1, timeout: 20_000 }).toHaveLength(1);
  // Loading tfjs alone takes it longer than this.
  for (const child of children()) process.kill(child, "SIGKILL");
  const dead = await resumed.finished;
  expect(dead.exitCode).toBe(5);
  expect(dead.json().at(-1)).toMatchObject({
    message: expect.stringMatching(/This attempt had not begun\. To go on: convkit resume moved$/),
  });
});

it("tells a crash in native code by its signal", async () => {
  const run = startConvkit(folder, LONG);
  await run.line(isEvent("step"));
  for (const child of childrenOf(run.process.pid ?? 0)) process.kill(child, "SIGSEGV");
  const dead = await run.finished;
  expect(dead.exitCode).toBe(5);
  expect(dead.json().at(-1)).toMatchObject({ message: expect.stringContaining("SIGSEGV") });
});

it("saves and ends when the command itself is gone", async () => {
  const run = startConvkit(folder, LONG);
  const started = await run.line(isEvent("runStarted"));
  const { runId } = JSON.parse(started) as { runId: string };
  await run.line(isEvent("step"));
  run.process.kill("SIGKILL");
  const status = async (): Promise<unknown> => {
    const runs = await runConvkit(folder, ["runs", "--json"]);
    return runs.json().find((row) => row["runId"] === runId)?.["status"];
  };
  await expect.poll(status, { timeout: 20_000 }).toBe("interrupted");
});
