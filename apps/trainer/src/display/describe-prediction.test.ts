import type { ModelCard } from "@convkit/schema";
import picocolors from "picocolors";
import { expect, it } from "vitest";
import { predictionTeller } from "./describe-prediction.js";

const card: ModelCard = {
  formatVersion: 1,
  name: "x-ray",
  classNames: ["Edema", "Nodule", "an exceedingly long finding"],
  inputShape: [8, 8, 1],
  preprocessing: [],
  output: "binary-logits",
  parameters: 1,
  metrics: {},
};
const colors = picocolors.createColors(false);

it("draws a table with a column for each label, of names that fit and pictures without control characters", () => {
  const { header, textOf } = predictionTeller("table", { card, top: 3, colors });
  const classes = [
    { className: "Nodule", probability: 1, isThere: true },
    { className: "Edema", probability: 0.25, isThere: false },
    { className: "an exceedingly long finding", probability: 0.5, isThere: true },
  ];
  expect(header + textOf({ image: "a\u001b[2J.png", classes })).toBe(
    "Edema      Nodule     an exceedingly long fin…  picture\n" +
      " 25.0 %    100.0 % ✓   50.0 % ✓                 a\ufffd[2J.png\n",
  );
});

it("cuts long names of classes, so that columns stay under their titles", () => {
  const { header, textOf } = predictionTeller("table", {
    card: { ...card, output: "logits" },
    top: 1,
    colors,
  });
  const classes = [{ className: "an exceedingly long finding", probability: 0.5 }];
  const [title, row] = (header + textOf({ image: "b.png", classes })).split("\n");
  expect(row).toBe(" 50.0 %  an exceedingly long fin…  b.png");
  expect(title!.indexOf("picture")).toBe(row!.indexOf("b.png"));
});
