/** kebab-case files named after their concept; no drawers. */
import { relative, sep } from "node:path";
import { packageOfFile } from "../package-of-file.js";

const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;
const drawers = ["util", "utils", "helper", "helpers", "common", "type", "types", "lib", "misc", "shared"];

/** @type {import("eslint").Rule.RuleModule} */
export const fileName = {
  meta: {
    type: "suggestion",
    docs: { description: "kebab-case names, and no utils, helpers, common, types or lib" },
    schema: [],
    messages: {
      case: "Expected kebab-case file and folder names. Received: {{part}}.",
      drawer:
        "Expected a name that says what is inside. Received: {{part}}. Used once: make it private to its file; used twice: name it after its concept.",
    },
  },
  create(context) {
    const root = packageOfFile(context.filename)?.folder ?? context.cwd;
    return {
      Program(node) {
        for (const part of relative(root, context.filename).split(sep)) {
          if (!kebabCase.test(part)) context.report({ node, messageId: "case", data: { part } });
          if (drawers.includes(part.split(".")[0]))
            context.report({ node, messageId: "drawer", data: { part } });
        }
      },
    };
  },
};
