import { expect, it } from "vitest";
import { absentCommand, fakePeer, programCommand, steadyProgram } from "./fixtures/fake-peers.js";
import { measureRecipe } from "./recipe-benchmark.js";

const steady = (secondsPerStep: number) => programCommand(steadyProgram({ secondsPerStep }));
const options = { turnSeconds: 1, patienceMs: 5000 };

it("compares each precision with its own, and says how long all steps would take", async () => {
  const specs = [
    fakePeer("native", steady(0.2)),
    fakePeer("PyTorch", steady(0.32)),
    fakePeer("native, bf16", steady(0.1)),
    fakePeer("PyTorch, bf16", steady(0.4)),
  ];
  const { rows } = await measureRecipe(1, specs, options);
  // Their batches have 10 pictures: 970 steps of 0.2 s are 3.2 minutes.
  expect(rows).toEqual([
    ["native", "50", "3.2 min", "1.00"],
    ["PyTorch", "31", "5.2 min", "1.60"],
    ["native, bf16", "100", "1.6 min", "1.00"],
    ["PyTorch, bf16", "25", "6.5 min", "4.00"],
  ]);
});

it("has no ratio where native is not there", async () => {
  const specs = [fakePeer("native", absentCommand), fakePeer("PyTorch", steady(0.1))];
  const { rows } = await measureRecipe(1, specs, options);
  expect(rows).toEqual([
    ["native", "not measured: spawn no-such-peer ENOENT", "", ""],
    ["PyTorch", "100", "1.6 min", ""],
  ]);
});
