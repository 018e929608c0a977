/** A source file opens with why it exists, and where its algorithm comes from. */

/** @type {import("eslint").Rule.RuleModule} */
export const headerComment = {
  meta: {
    type: "suggestion",
    docs: { description: "open a file with a comment on why it exists" },
    schema: [],
    messages: {
      missing: "Expected the file to open with a `/** … */` comment on why it exists. Received: code.",
    },
  },
  create(context) {
    return {
      Program(node) {
        const { sourceCode } = context;
        const opening = sourceCode.getAllComments().find((comment) => comment.type !== "Shebang");
        const code = sourceCode.getFirstToken(node);
        const opens = opening?.type === "Block" && (code === null || opening.range[0] < code.range[0]);
        if (!opens) context.report({ loc: { line: 1, column: 0 }, messageId: "missing" });
      },
    };
  },
};
