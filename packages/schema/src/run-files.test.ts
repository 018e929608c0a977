/** The small files of a run's folder that others write: run-request.ts, run-claim.ts, and the name run-id.ts. */
import { describe, expect, it } from "vitest";
import { RunClaim } from "./run-claim.js";
import { RunId } from "./run-id.js";
import { RunRequest } from "./run-request.js";

describe("RunRequest", () => {
  const request: RunRequest = {
    formatVersion: 1,
    action: "stop",
    reason: "good enough",
    requestedAt: 1.5e12,
  };

  it("round-trips", () => {
    expect(RunRequest.parse(JSON.parse(JSON.stringify(request)))).toEqual(request);
  });

  it.each([{ action: "pause" }, { reason: "" }, { formatVersion: 2 }, { requestedAt: "now" }])(
    "refuses %j",
    (wrong) => {
      expect(RunRequest.safeParse({ ...request, ...wrong }).success).toBe(false);
    },
  );
});

describe("RunClaim", () => {
  const claim: RunClaim = { formatVersion: 1, jobId: "j1", server: "http://127.0.0.1:4321", fence: 3 };

  it("round-trips", () => {
    expect(RunClaim.parse(JSON.parse(JSON.stringify(claim)))).toEqual(claim);
  });

  it.each([{ jobId: "" }, { fence: -1 }, { fence: 1.5 }, { formatVersion: 2 }])("refuses %j", (wrong) => {
    expect(RunClaim.safeParse({ ...claim, ...wrong }).success).toBe(false);
  });
});

describe("RunId", () => {
  it.each(["20250131-140509-3f9a0c", "run-1", "a.b_c"])("takes %s", (id) => {
    expect(RunId.parse(id)).toBe(id);
  });

  it.each(["", ".", "..", ".hidden", "a/b", "a\\b", "-rf", "a b", "a".repeat(201)])("refuses %j", (id) => {
    expect(RunId.safeParse(id).success).toBe(false);
  });
});
