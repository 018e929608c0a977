/** The built command from outside: help, mistakes and exit codes. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startSilentRegistry } from "./fixtures/silent-registry.js";
import { makeFolder, runConvkit, startConvkit } from "./fixtures/run-convkit.js";

const COMMANDS = [
  "train",
  "resume",
  "sweep",
  "evaluate",
  "review",
  "predict",
  "verify",
  "explain",
  "project",
  "benchmark",
  "runs",
  "datasets",
  "config",
  "doctor",
  "dashboard",
  "worker",
  "data",
];
const folder = makeFolder();

it("lists its commands and exit codes in --help", async () => {
  const { exitCode, stdout } = await runConvkit(folder, ["--help"]);
  expect(exitCode).toBe(0);
  for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${command}\\b`, "m"));
  expect(stdout).toContain("Exit codes:");
});

it.each(COMMANDS)("%s --help shows an example", async (command) => {
  const { exitCode, stdout } = await runConvkit(folder, [command, "--help"]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/Examples?:\n/);
  expect(stdout).toContain(`convkit ${command}`);
});

it("says its version", async () => {
  const { exitCode, stdout } = await runConvkit(folder, ["--version"]);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

it.each([
  [["trian", "cifar10"], "Did you mean train?"],
  [["train", "cifar10", "--epoch", "3"], "Did you mean --epochs?"],
  [["train", "cifar10", "--epochs", "three"], "Expected a number"],
  [["train"], "convkit train cifar10"],
  [["train", "cifar10", "--set", "epocs=3"], 'Did you mean "epochs"?'],
  [["train", "cifar10", "--model", "resnt20"], 'Did you mean "resnet20"?'],
  [["train", "cifar10", "--engine", "nativ"], 'Did you mean "native"?'],
  [["train", "cifar10", "--config", "none.json"], "none.json"],
  [["predict", "latest", "a.png"], "there are no runs"],
  [["resume", "latest", "--engine", "gpu"], "Expected --engine to be one of"],
  [["datasets", "get", "cifr10"], "Did you mean cifar10?"],
  [["datasets", "get", "./photos"], "convkit train ./photos"],
])("answers %j with exit code 2 and a hint", async (args, hint) => {
  const { exitCode, stdout, stderr } = await runConvkit(folder, args);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr).toContain(hint);
});

it.each([
  [["train", "cifar10", "--epoch", "3", "--json"], /--epochs/],
  [["train", "cifar10", "--set", "epocs=3", "--json"], /epochs/],
  [["evaluate", "latest", "--json"], /no runs/],
])("answers %j with an error that is JSON", async (args, message) => {
  const { exitCode, stderr, json } = await runConvkit(folder, args);
  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: "" });
  expect(json()).toEqual([
    expect.objectContaining({ type: "error", exitCode: 2, message: expect.stringMatching(message) }),
  ]);
});

it("answers data that is not there with exit code 3", async () => {
  const { exitCode, stderr } = await runConvkit(folder, ["train", "./nowhere", "--engine", "cpu"]);
  expect(exitCode).toBe(3);
  expect(stderr).toContain("nowhere");
});

it("lets no file's name steer the terminal, and leaves it as it is in JSON", async () => {
  for (const className of ["cat", "dog"]) {
    mkdirSync(join(folder, "steering", className), { recursive: true });
    writeFileSync(join(folder, "steering", className, "\u001b[31mred\r\u202e.jpg"), "no picture");
  }
  const args = ["data", "preview", "steering"];
  const told = await runConvkit(folder, args);
  expect(told.exitCode).toBe(3);
  expect(told.stderr).toContain("\n  cat/\ufffd[31mred\ufffd\ufffd.jpg: ");
  expect(told.stderr).not.toMatch(/(?!\n)\p{Cc}|\p{Bidi_Control}/u);
  const said = await runConvkit(folder, [...args, "--json"]);
  expect(said.json()[0]).toMatchObject({
    message: expect.stringContaining("cat/\u001b[31mred\r\u202e.jpg") as string,
  });
});

it("finds the data set that was meant", async () => {
  const { exitCode, stderr } = await runConvkit(folder, ["train", "cifr10", "--engine", "cpu"]);
  expect(exitCode).toBe(3);
  expect(stderr).toContain("Did you mean cifar10?");
});

it("gives up fetching at SIGINT, and leaves no lock behind", async () => {
  const { env, asked } = await startSilentRegistry();
  const run = startConvkit(folder, ["datasets", "get", "mnist"], env);
  await asked;
  run.process.kill("SIGINT");
  const { exitCode, stderr } = await run.finished;
  expect(exitCode).toBe(130);
  expect(stderr).toContain("the same command goes on from there");
  expect(existsSync(join(folder, ".convkit", "datasets", ".work", "mnist.lock"))).toBe(false);
});

it("says at once for whom it waits", async () => {
  const { env, asked } = await startSilentRegistry();
  const first = startConvkit(folder, ["datasets", "get", "mnist"], env);
  await asked;
  const second = startConvkit(folder, ["datasets", "get", "mnist"], env);
  const line = await second.line((text) => text.startsWith("waiting for another process"));
  expect(line).toBe(`waiting for another process (pid ${first.process.pid}) that fetches mnist …`);
  for (const { process } of [second, first]) process.kill("SIGINT");
  expect([(await first.finished).exitCode, (await second.finished).exitCode]).toEqual([130, 130]);
});

it("answers an engine that cannot train with exit code 4", async () => {
  const { exitCode, stderr } = await runConvkit(folder, ["train", "./nowhere", "--engine", "wasm"]);
  expect(exitCode).toBe(4);
  expect(stderr).toContain("wasm");
});

it("lists the data sets", async () => {
  const { exitCode, json } = await runConvkit(folder, ["datasets", "--json"]);
  expect(exitCode).toBe(0);
  expect(json().map(({ name }) => name)).toEqual(
    expect.arrayContaining(["mnist", "fashion-mnist", "cifar10"]),
  );
});

it("lists the keys of a config, for people, for programs and for editors", async () => {
  const text = await runConvkit(folder, ["config"]);
  expect(text.exitCode).toBe(0);
  expect(text.stdout).toMatch(/^earlyStopping\.patience +integer ≥ 1 +5 +\S/m);
  const fields = (await runConvkit(folder, ["config", "--json"])).json();
  expect(fields).toContainEqual(expect.objectContaining({ type: "field", key: "epochs", default: "10" }));
  const schema = JSON.parse((await runConvkit(folder, ["config", "--schema"])).stdout) as object;
  expect(schema).toMatchObject({
    $schema: expect.stringContaining("json-schema.org"),
    required: ["data", "model"],
  });
});

it("hands over to the dashboard where it is installed, and says how to install it", async () => {
  for (const args of [["dashboard"], ["runs", "diff", "a", "b"]]) {
    const missing = await runConvkit(folder, args);
    expect(missing.exitCode).toBe(1);
    expect(missing.stderr).toMatch(/npm install @convkit\/dashboard\. .*`convkit runs` .* report\.html/);
  }

  const workshop = makeFolder();
  const installed = join(workshop, "node_modules", "@convkit", "dashboard");
  mkdirSync(installed, { recursive: true });
  writeFileSync(
    join(installed, "package.json"),
    '{"name":"@convkit/dashboard","bin":{"convkit-dashboard":"main.cjs"}}',
  );
  writeFileSync(
    join(installed, "main.cjs"),
    "console.log(process.argv.slice(2).join(' ')); process.exitCode = process.argv.includes('x') ? 2 : 0",
  );
  const present = await runConvkit(workshop, ["dashboard", "--port", "4000"]);
  expect(present).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^--worker .*cli\.js --port 4000\n$/),
  });
  const query = await runConvkit(workshop, ["runs", "query", "--json", "SELECT 1", "--help"]);
  expect(query).toMatchObject({ exitCode: 0, stdout: "runs query --json SELECT 1 --help\n" });
  expect((await runConvkit(workshop, ["runs", "show", "x"])).exitCode).toBe(2);
  // Without a subcommand it is this command's own.
  expect((await runConvkit(workshop, ["runs"])).stdout).toContain("No runs in");
});

it.each([
  [["worker"], "--server <url>"],
  [["worker", "--server", "localhost:4100"], "Expected the address of a convkit server"],
  [["worker", "--server", "http://localhost", "--kinds", "train,bake"], "Received: train,bake"],
])("answers %j with exit code 2", async (args, hint) => {
  const { exitCode, stderr } = await runConvkit(folder, args);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(hint);
});
