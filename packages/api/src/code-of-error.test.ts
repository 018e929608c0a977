import * as db from "@convkit/db";
import { InvalidPredictionsError, MetricNotComparedError } from "@convkit/evaluator";
import { expect, it } from "vitest";
import { codeOfError } from "./code-of-error.js";

/** They end the server's start, an upload or a command, and reach no caller of a procedure. */
const ELSEWHERE = [
  "BlobHashError",
  "BlobOffsetError",
  "DatabaseUnreachableError",
  "EmbeddedDatabaseError",
  "MigrationError",
  "QueryError",
];

it("knows every error of the record that a procedure can meet", () => {
  const errors = Object.entries(db).filter(([name]) => name.endsWith("Error"));
  const unknown = errors.filter(([, type]) => {
    const error = Object.create((type as unknown as { prototype: object }).prototype) as Error;
    return codeOfError(error) === undefined;
  });
  expect(unknown.map(([name]) => name).sort()).toEqual(ELSEWHERE);
});

it("tells what is missing from what is wrong", () => {
  expect(codeOfError(new db.RunNotFoundError("gone"))).toBe("NOT_FOUND");
  expect(codeOfError(new db.RunFilterError("odd", 3))).toBe("BAD_REQUEST");
  expect(codeOfError(new Error("nobody foresaw it"))).toBeUndefined();
});

it("knows what a comparison of runs refuses", () => {
  expect(codeOfError(new InvalidPredictionsError("no label"))).toBe("BAD_REQUEST");
  expect(codeOfError(new MetricNotComparedError("no such metric"))).toBe("BAD_REQUEST");
});
