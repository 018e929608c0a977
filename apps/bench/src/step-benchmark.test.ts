import { expect, it } from "vitest";
import {
  absentCommand,
  dyingProgram,
  fakePeer,
  programCommand,
  silentProgram,
  steadyProgram,
} from "./fixtures/fake-peers.js";
import { measureStep } from "./step-benchmark.js";

const steady = (secondsPerStep: number) => programCommand(steadyProgram({ secondsPerStep }));
const options = { turnSeconds: 1, patienceMs: 5000 };

it("reports what is reached beside peers that are there", async () => {
  const specs = [
    fakePeer("native", steady(0.1)),
    fakePeer("PyTorch", steady(0.14)),
    { ...fakePeer("PyTorch", steady(0.2)), name: "PyTorch, slower" },
    fakePeer("tfjs-node", steady(0.5)),
    { ...fakePeer("cpu", steady(8)), batchSize: 1, onlyOnce: true },
  ];
  const { rows } = await measureStep(2, specs, options);
  expect(rows).toEqual([
    ["native", "100", "1.00", ""],
    ["PyTorch", "71", "1.40", "1.4×: reached; aim 1.5×: not reached"],
    ["PyTorch, slower", "50", "2.00", ""],
    ["tfjs-node", "20", "5.00", "5×: reached"],
    ["cpu", "0.13", "800.00", ""],
  ]);
});

it("compares bfloat16 with bfloat16", async () => {
  const specs = [
    fakePeer("native", steady(0.1)),
    fakePeer("native, bf16", steady(0.05)),
    fakePeer("PyTorch, bf16", steady(0.08)),
  ];
  const { rows } = await measureStep(1, specs, options);
  expect(rows).toEqual([
    ["native", "100", "1.00", ""],
    ["native, bf16", "200", "1.00", ""],
    ["PyTorch, bf16", "125", "1.60", "1.2×: reached"],
  ]);
});

it("reports a promise about a peer that is absent, dies or hangs as not measured", async () => {
  const specs = [
    fakePeer("native", steady(0.1)),
    { ...fakePeer("PyTorch", absentCommand), name: "PyTorch, absent" },
    { ...fakePeer("PyTorch", programCommand(dyingProgram)), name: "PyTorch, dying" },
    fakePeer("tfjs-node", programCommand(silentProgram)),
  ];
  const { rows, data } = await measureStep(2, specs, options);
  expect(rows).toEqual([
    ["native", "100", "1.00", ""],
    [
      "PyTorch, absent",
      "not measured: spawn no-such-peer ENOENT",
      "",
      "1.4×: not measured; aim 1.5×: not measured",
    ],
    [
      "PyTorch, dying",
      expect.stringMatching(/^not measured: .* ended with code 3: out of memory$/),
      "",
      "1.4×: not measured; aim 1.5×: not measured",
    ],
    ["tfjs-node", expect.stringMatching(/^not measured: it said nothing for 5 s/), "", "5×: not measured"],
  ]);
  expect(data).toMatchObject({
    peers: [
      { peer: "native" },
      { notMeasured: "spawn no-such-peer ENOENT" },
      { verdict: "1.4×: not measured; aim 1.5×: not measured" },
      { verdict: "5×: not measured" },
    ],
  });
});

it("promises nothing of a library by one of its ways while another was measured", async () => {
  const specs = [
    fakePeer("native", steady(0.1)),
    { ...fakePeer("PyTorch", absentCommand), name: "PyTorch, absent" },
    fakePeer("PyTorch", steady(0.05)),
  ];
  const { rows } = await measureStep(1, specs, options);
  expect(rows.map((row) => row[3])).toEqual(["", "", "1.4×: not reached; aim 1.5×: not reached"]);
});

it("reports every promise as not measured without native", async () => {
  const specs = [fakePeer("native", absentCommand), fakePeer("PyTorch", steady(0.1))];
  const { rows } = await measureStep(1, specs, options);
  expect(rows).toEqual([
    ["native", "not measured: spawn no-such-peer ENOENT", "", ""],
    ["PyTorch", "100", "", "1.4×: not measured; aim 1.5×: not measured"],
  ]);
});
