/** Holds every import of a package's sources to the table in edges.js. */
import { dirname, relative, resolve } from "node:path";
import { edgeOf, mayImport } from "../judge-edge.js";
import { packageOfFile } from "../package-of-file.js";

/** @type {import("eslint").Rule.RuleModule} */
export const importEdges = {
  meta: {
    type: "problem",
    docs: { description: "hold imports to the table in tooling/lint/edges.js" },
    schema: [],
    messages: {
      unknownPackage:
        "Expected a package of the table in tooling/lint/edges.js. Received: {{from}}. Add its row there and to docs/architecture.md.",
      outside:
        "Expected a relative import to stay inside {{from}}. Received: {{specifier}}. Import the package by its name.",
      forbidden:
        "Expected an import that {{from}} may make (tooling/lint/edges.js). Received: {{specifier}}. Move the code to the package that may, or change the architecture with its document.",
      static:
        "Expected `import()`: {{from}} may reach {{specifier}} only lazily (tooling/lint/edges.js). Received: a static import. Load it inside the function that needs it.",
    },
  },
  create(context) {
    const importer = packageOfFile(context.filename);
    if (importer === null) return {};
    const isTest = /\.test\.ts$|[\\/](test|fixtures)[\\/]/.test(context.filename);

    /** @param {import("eslint").Rule.Node} source @param {"static" | "lazy" | "type"} manner */
    function check(source, manner) {
      if (source.type !== "Literal" || typeof source.value !== "string") return;
      const specifier = source.value;
      const data = { from: importer.name, specifier };
      if (specifier.startsWith(".")) {
        const target = relative(importer.folder, resolve(dirname(context.filename), specifier));
        if (target.startsWith("..")) context.report({ node: source, messageId: "outside", data });
        return;
      }
      const verdict = mayImport(importer.name, edgeOf(specifier, importer.name), { isTest, manner });
      if (verdict !== "allowed") context.report({ node: source, messageId: verdict, data });
    }

    return {
      ImportDeclaration: (node) => check(node.source, node.importKind === "type" ? "type" : "static"),
      ExportNamedDeclaration: (node) =>
        node.source && check(node.source, node.exportKind === "type" ? "type" : "static"),
      ImportExpression: (node) => check(node.source, "lazy"),
    };
  },
};
