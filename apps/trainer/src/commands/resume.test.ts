/** Whose run it is that is to go on. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RunClaim } from "@convkit/schema";
import { expect, it } from "vitest";
import { makeFolder, runConvkit, startConvkit } from "../fixtures/run-convkit.js";
import { writePictures } from "../fixtures/write-pictures.js";

it("refuses a run that belongs to a queue, until it is detached", async () => {
  const folder = makeFolder();
  await writePictures(folder);
  const model =
    '--set=model={"layers":[{"layer":"conv","filters":4,"strides":2,"activation":"relu"},{"layer":"flatten"}]}';
  const small = [
    "--engine=cpu",
    "--epochs=8",
    "--batch-size=4",
    model,
    "--experiment=rates",
    "--tag=a",
    "--tag=b",
  ];
  const run = startConvkit(folder, ["train", "./pictures", ...small, "--json"]);
  const started = JSON.parse(await run.line((line) => line.includes('"type":"runStarted"'))) as {
    runId: string;
    config: object;
  };
  expect(started.config).toMatchObject({ experiment: "rates", tags: ["a", "b"] });
  run.process.kill("SIGINT");
  await run.finished;

  const claim: RunClaim = { formatVersion: 1, jobId: "job-7", server: "http://lab:4321", fence: 1 };
  const path = join(folder, ".convkit", "runs", started.runId, "claim.json");
  writeFileSync(path, JSON.stringify(claim));
  const refused = await runConvkit(folder, ["resume", "latest"]);
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain("belongs to job job-7 of http://lab:4321");
  expect(refused.stderr).toContain("Run it again from the dashboard");
  expect(refused.stderr).toContain(`convkit resume ${started.runId} --detach`);
  expect(existsSync(path)).toBe(true);

  const resumed = await runConvkit(folder, ["resume", "latest", "--detach", "--json"]);
  expect(resumed).toMatchObject({ exitCode: 0, stderr: "" });
  expect(resumed.json().at(-1)).toMatchObject({ type: "result", status: "completed" });
  expect(existsSync(path)).toBe(false);
});
