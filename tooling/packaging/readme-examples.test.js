import { expect, test } from "vitest";
import { exampleCommands, examplePrograms, installedPackages } from "./readme-examples.js";

const readme = `# convkit

\`\`\`js
import "convkit";
\`\`\`

Prose with \`\`\`js inside a line is no block.

\`\`\`ts
const never = run;
\`\`\`

\`\`\`sh
# a comment
npm install convkit
npx convkit doctor
convkit train ./photos \\
  --epochs 3
convkit-like is another command
\`\`\`

\`\`\`js
const second = 2;
\`\`\`
`;

test("programs are the js blocks, in order", () => {
  expect(examplePrograms(readme)).toEqual(['import "convkit";\n', "const second = 2;\n"]);
});

test("commands are the lines that call the package's own command", () => {
  expect(exampleCommands(readme, "convkit")).toEqual([
    "convkit doctor",
    "convkit train ./photos   --epochs 3",
  ]);
});

test("what the README installs", () => {
  expect(installedPackages("```sh\nnpm install @convkit/ops @tensorflow/tfjs\n```\n")).toEqual([
    "@convkit/ops",
    "@tensorflow/tfjs",
  ]);
  expect(installedPackages(readme)).toEqual([]);
});
