import { RunConfig } from "@convkit/schema";
import { expect, test } from "vitest";
import { commandOf, shellWord } from "./command-of-config";

test("flags say what they can, --set the rest", () => {
  const config = RunConfig.parse({
    data: {
      source: "cifar10",
      contentHash: "abc",
      splits: "my splits.csv",
      annotationsHash: "def",
      limit: { train: 5000 },
    },
    model: "resnet9",
    learningRate: 0.1,
    seed: 3,
    tags: ["two words"],
    optimizer: { name: "adamw" },
  });
  const command = commandOf(config);
  expect(command).toMatch(
    /^convkit train cifar10 --model resnet9 --epochs 10 --batch-size 128 --lr 0\.1 --seed 3 --engine auto --experiment default --tag 'two words' --set /,
  );
  expect(command).toContain("--set data.limit.train=5000");
  expect(command).toContain(`--set 'optimizer={"name":"adamw"`);
  expect(command).not.toContain("contentHash");
  expect(command).toContain(`--set 'data.splits="my splits.csv"'`);
  expect(command).not.toContain("annotationsHash");
  expect(command).toContain("--set data.validationFraction=0.1 ");
  expect(command).not.toContain("data.group");
});

test("pretrained weights are said beside the network's name, their hash is not", () => {
  const model = { name: "resnet18", pretrained: "/weights/resnet18.pth", sha256: "abc" };
  const command = commandOf(RunConfig.parse({ data: { source: "cifar10" }, model }));
  expect(command).toContain(`--model resnet18 `);
  expect(command).toContain(`--set 'model.pretrained="/weights/resnet18.pth"'`);
  expect(command).not.toContain("abc");
});

test("a sweep's trial is trained again by itself", () => {
  const sweep = {
    name: "rates",
    trial: 3,
    metric: "val_loss",
    mode: "min" as const,
    parameters: ["learningRate"],
  };
  const config = { data: { source: "cifar10" }, model: "resnet9", tags: ["mine", "sweep:rates"], sweep };
  const command = commandOf(RunConfig.parse(config));
  expect(command).toContain("--tag mine --set ");
  expect(command).not.toContain("sweep");
});

test("nothing in a name is read by the shell", () => {
  expect(shellWord("$(rm -rf ~) it's")).toBe(`'$(rm -rf ~) it'\\''s'`);
  expect(shellWord("resnet9")).toBe("resnet9");
});
