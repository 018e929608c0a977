/** Which of tRPC's codes an error of the record stands for. */
import {
  AccountError,
  BlobNotFoundError,
  ClaimLostError,
  ClassesDifferError,
  CursorError,
  DatasetNotFoundError,
  InvitationError,
  JobEndedError,
  JobNotFoundError,
  ModelNotFoundError,
  NoClassifierError,
  NoteNotFoundError,
  PredictionsNotFoundError,
  RunExistsError,
  RunFilterError,
  RunInUseError,
  RunNotForkableError,
  RunNotFoundError,
  RunNotReachableError,
  RunNotResumableError,
  SweepNotFoundError,
  TokenRightsError,
  UnknownFieldError,
  UnstorableEventError,
} from "@convkit/db";
import { InvalidPredictionsError, MetricNotComparedError } from "@convkit/evaluator";
import type { TRPC_ERROR_CODE_KEY } from "@trpc/server";
import { TooMuchToCompareError } from "./compare-judged-runs.js";

const CODES = new Map<abstract new (...args: never[]) => Error, TRPC_ERROR_CODE_KEY>([
  [RunNotFoundError, "NOT_FOUND"],
  [SweepNotFoundError, "NOT_FOUND"],
  [NoteNotFoundError, "NOT_FOUND"],
  [DatasetNotFoundError, "NOT_FOUND"],
  [ModelNotFoundError, "NOT_FOUND"],
  [PredictionsNotFoundError, "NOT_FOUND"],
  [JobNotFoundError, "NOT_FOUND"],
  [BlobNotFoundError, "NOT_FOUND"],
  [ClaimLostError, "CONFLICT"],
  [AccountError, "CONFLICT"],
  [InvitationError, "FORBIDDEN"],
  [TokenRightsError, "FORBIDDEN"],
  [JobEndedError, "CONFLICT"],
  [RunExistsError, "CONFLICT"],
  [RunFilterError, "BAD_REQUEST"],
  [UnknownFieldError, "BAD_REQUEST"],
  [UnstorableEventError, "BAD_REQUEST"],
  [CursorError, "BAD_REQUEST"],
  [ClassesDifferError, "BAD_REQUEST"],
  [InvalidPredictionsError, "BAD_REQUEST"],
  [MetricNotComparedError, "BAD_REQUEST"],
  [TooMuchToCompareError, "BAD_REQUEST"],
  [RunInUseError, "CONFLICT"],
  [NoClassifierError, "CONFLICT"],
  [RunNotReachableError, "CONFLICT"],
  [RunNotResumableError, "CONFLICT"],
  [RunNotForkableError, "CONFLICT"],
]);

/** @returns undefined for what nobody foresaw. */
export function codeOfError(error: Error): TRPC_ERROR_CODE_KEY | undefined {
  for (const [type, code] of CODES) if (error instanceof type) return code;
  // Class 22 of PostgreSQL's errors, data exception: a text with U+0000, a number that no column holds.
  return /^22...$/.test(String((error as { code?: unknown }).code)) ? "BAD_REQUEST" : undefined;
}
