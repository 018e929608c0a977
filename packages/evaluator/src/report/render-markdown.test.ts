import { expect, it } from "vitest";
import { evaluate } from "../evaluate.js";
import { drawnPredictions, fullReport } from "../fixtures/full-report.js";
import { plainReport } from "../fixtures/plain-report.js";
import { renderMarkdown } from "./render-markdown.js";

function report(classNames: string[]) {
  return plainReport({
    split: "test",
    classNames,
    ids: ["a.png", "b.png", "c.png", "d.png"],
    labels: Int32Array.of(0, 0, 1, 1),
    probabilities: Float32Array.of(0.75, 0.25, 0.25, 0.75, 0.125, 0.875, 0.5, 0.5),
  });
}

it("is a page of tables", () => {
  const history = [{ epoch: 1, logs: { loss: 0.5, val_loss: NaN, accuracy: 0.75 } }];
  expect(renderMarkdown(report(["cat", "dog"]), { run: { model: "simple-cnn", seed: 3 }, history })).toBe(
    `# simple-cnn

## In short

**What was tested.** 4 pictures of 2 classes: the test split, held back from training.

**How good it is.** Of 100 pictures it names about 50 rightly (95 % interval 15 to 85). 4 pictures are too few to tell how good it is: test it on more before you rely on it. That is no better than always answering “cat”, which is right in 50 of 100.

**Where it fails.** Its most frequent mistake is to take “cat” for “dog”: 1 of 2 pictures. It recognises “cat” least: 50 of 100, though 2 pictures of it are too few to tell.

## Figures

|  |  |  |
| --- | ---: | ---: |
| Accuracy | 50.00 % | 95 % interval 15.0 to 85.0 % |
| Macro F1 | 50.00 % | plain mean over the classes |
| Loss | 0.6252 | mean cross-entropy in nats |
| Mistakes | 2 | of 4 test pictures |

## The run

|  |  |
| --- | ---: |
| Model | simple-cnn |
| Seed | 3 |

## Learning curves

| Epoch | Loss | Validation loss | Accuracy |
| --- | ---: | ---: | ---: |
| 1 | 0.5000 | n/a | 75.0 % |

## Per class

| Class | Pictures | Precision | Recall | F1 |
| --- | ---: | ---: | ---: | ---: |
| cat | 2 | 50.0 % | 50.0 % | 50.0 % |
| dog | 2 | 50.0 % | 50.0 % | 50.0 % |
| Macro average | 4 | 50.0 % | 50.0 % | 50.0 % |
| Weighted average | 4 | 50.0 % | 50.0 % | 50.0 % |

## Confusions

| Class | Taken for | Pictures | Share of the class |
| --- | --- | ---: | ---: |
| cat | dog | 1 | 50.0 % |
| dog | cat | 1 | 50.0 % |

| True class ↓ said → | cat | dog |
| --- | ---: | ---: |
| cat | 1 | 1 |
| dog | 1 | 1 |

## Worst mistakes

| Picture | Is | Said | Probability | Of the label |
| --- | --- | --- | ---: | ---: |
| b.png | cat | dog | 75.0 % | 25.0 % |
| d.png | dog | cat | 50.0 % | 50.0 % |

## Limits

- One network was judged, once, by one split of the pictures: another seed or another split gives somewhat other figures.
- The figures hold for pictures like those tested. From another camera, place or time they may be worse: test it there first.
- It always answers with one of its classes, also where a picture shows none of them.
- Fewer than 30 test pictures of “cat” and “dog”: the figures of that are rough.
- Weak classes (F1 below 70 %), the weakest first: “cat” and “dog”.
`,
  );
});

it("keeps hostile names inside their cell", () => {
  const markdown = renderMarkdown(report(["<script>alert(1)</script>", "a | b\n# [x](y) `c` ~~d~~ &lt;"]));
  expect(markdown).not.toMatch(/<script|^# \[|\[x\]\(/m);
  expect(markdown).toContain("a \\| b \\# \\[x\\](y) \\`c\\` \\~\\~d\\~\\~ &amp;lt;");
  for (const line of markdown.split("\n").filter((line) => line.includes("Weighted average"))) {
    expect(line.match(/(?<!\\)\|/g)).toHaveLength(6);
  }
});

it("lists the confusions of many classes and leaves the matrix out", () => {
  const classNames = Array.from({ length: 30 }, (_, k) => `class ${k}`);
  const probabilities = new Float32Array(60);
  probabilities[3] = 1;
  probabilities[30 + 1] = 1;
  const many = evaluate({
    split: "test",
    classNames,
    ids: ["a", "b"],
    labels: Int32Array.of(0, 1),
    probabilities,
  });
  expect(renderMarkdown(many)).toContain("| class 0 | class 3 | 1 |");
  expect(renderMarkdown(many)).not.toContain("True class");
});

it("tells of groups, calibration, intervals and how to have it again, where it is told", () => {
  const full = fullReport(drawnPredictions(["cat", "dog", "eel"], 40));
  const markdown = renderMarkdown(full, { run: { command: "convkit train --config config.json", seed: 7 } });
  expect(markdown).toContain(
    "| brightness: 0 to 41.5 | 120 | 61.0 % | 52.0 – 69.0 % | −21.0 points | < 0.001 | worse |".replace(
      "<",
      "&lt;",
    ),
  );
  expect(markdown).toContain("| Expected calibration error | 10.00 % | 1.00 % |");
  expect(markdown.match(/before the temperature/g)).toHaveLength(1);
  expect(renderMarkdown({ ...full, temperature: undefined })).not.toContain("before the temperature");
  expect(markdown).toMatch(/^\| Brier score \| 0\.3100 \| 0\.3000 – 0\.3200 \|/m);
  expect(markdown).toContain("```text\nconvkit train --config config.json\n```");
  expect(markdown.match(/^## .*/gm)).toEqual(
    ["In short", "Figures", "The run", "Per class", "Confusions", "Worst mistakes", "Groups of pictures"]
      .concat(["Calibration", "All figures", "Limits", "How to have it again"])
      .map((name) => `## ${name}`),
  );
});
