import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { keepLocalWorker } from "./local-worker.js";

afterEach(() => vi.unstubAllEnvs());

it("hands the worker its home and token, and no secret of the dashboard's own", async () => {
  const home = await mkdtemp(join(tmpdir(), "convkit-local-worker-"));
  const script = join(home, "worker.mjs");
  const told = join(home, "environment.json");
  await writeFile(
    script,
    `import { renameSync, writeFileSync } from "node:fs";
     writeFileSync("${told}.part", JSON.stringify(process.env));
     renameSync("${told}.part", "${told}");
     setInterval(() => undefined, 1000);`,
  );
  vi.stubEnv("CONVKIT_SECRET", "signs sessions");
  vi.stubEnv("DATABASE_URL", "postgres://ada:password@db/convkit");
  vi.stubEnv("PGPASSWORD", "password");
  vi.stubEnv("CONVKIT_TOKEN", "convkit_of_another_server");
  vi.stubEnv("CUDA_VISIBLE_DEVICES", "0");
  const stopping = new AbortController();
  const problems: string[] = [];
  const start = (token: string | undefined, signal: AbortSignal) =>
    keepLocalWorker({
      script,
      url: "http://localhost:1",
      home,
      token,
      signal,
      onProblem: (message) => problems.push(message),
    });
  const kept = start("convkit_local", stopping.signal);
  const read = async () => JSON.parse(await readFile(told, "utf8")) as NodeJS.ProcessEnv;
  const environment = await vi.waitFor(read, { timeout: 10_000, interval: 50 });
  stopping.abort();
  await kept;
  expect(environment).toMatchObject({
    CONVKIT_HOME: home,
    CONVKIT_TOKEN: "convkit_local",
    CUDA_VISIBLE_DEVICES: "0",
  });
  expect(Object.keys(environment)).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/^(CONVKIT_SECRET|DATABASE_URL|PGPASSWORD)$/)]),
  );

  // Where nobody signs in it needs no token, and one for another server would not be taken.
  await rm(told);
  const again = new AbortController();
  const keptAgain = start(undefined, again.signal);
  expect(await vi.waitFor(read, { timeout: 10_000, interval: 50 })).not.toHaveProperty("CONVKIT_TOKEN");
  again.abort();
  await keptAgain;
  expect(problems).toEqual([]);
  await rm(home, { recursive: true, force: true });
});
