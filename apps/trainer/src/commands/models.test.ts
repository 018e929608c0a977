import { MODEL_NAMES } from "@convkit/models/names";
import { expect, it } from "vitest";
import { makeFolder, runConvkit } from "../fixtures/run-convkit.js";

it("lists every network with its size, its source and what it has reached", async () => {
  const { exitCode, stdout } = await runConvkit(makeFolder(), ["models"]);
  expect(exitCode).toBe(0);
  const [header, ...rows] = stdout.trimEnd().split("\n");
  expect(header).toMatch(/^name +parameters +FLOP +input +smallest +classes +our accuracy +source$/);
  expect(rows.map((row) => row.split(" ", 1)[0])).toEqual([...MODEL_NAMES]);
  expect(rows.find((row) => row.startsWith("resnet50 "))).toMatch(
    /^resnet50 +25\.6 M +8\.2 GFLOP +224×224×3 +8×8 +1000 +– +https:\/\/arxiv\.org\/abs\/1512\.03385$/,
  );
  expect(rows.find((row) => row.startsWith("lenet5 "))).toMatch(/ 61\.7 k +833,040 FLOP +28×28×1 /);
  expect(rows.find((row) => row.startsWith("simple-cnn "))).toMatch(/ 93\.1 % of fashion-mnist /);
});

it("prints exact figures as JSON", async () => {
  const { exitCode, json } = await runConvkit(makeFolder(), ["models", "--json"]);
  expect(exitCode).toBe(0);
  expect(json().find(({ name }) => name === "resnet18")).toEqual({
    type: "model",
    name: "resnet18",
    summary: "18 layers with residual connections, for photographs",
    source: "https://arxiv.org/abs/1512.03385",
    minSize: 8,
    reference: { inputShape: [224, 224, 3], numClasses: 1000, parameters: 11_689_512, flops: 3_628_146_688 },
    accuracy: null,
  });
});
