import { expect, it } from "vitest";
import { evaluate } from "../evaluate.js";
import { renderMarkdown } from "./render-markdown.js";

function report(classNames: string[]) {
  return evaluate({
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
| --- | ---: | ---: | ---: |
| cat | dog | 1 | 50.0 % |
| dog | cat | 1 | 50.0 % |

| True class ↓ said → | cat | dog |
| --- | ---: | ---: |
| cat | 1 | 1 |
| dog | 1 | 1 |

## Worst mistakes

| Picture | Is | Said | Probability | Of the label |
| --- | ---: | ---: | ---: | ---: |
| b.png | cat | dog | 75.0 % | 25.0 % |
| d.png | dog | cat | 50.0 % | 50.0 % |
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
