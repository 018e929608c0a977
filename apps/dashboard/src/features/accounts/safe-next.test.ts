import { expect, test } from "vitest";
import { safeNext, signInPath } from "./safe-next";

test.each(["/runs", "/runs/a?tab=log", "/compare?runs=a,b#top", "/runs?next=//evil.example"])(
  "%j is a page",
  (next) => {
    expect(safeNext(next)).toBe(next);
  },
);

test.each([
  null,
  "",
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "/.//evil.example",
  "/x/..//evil.example",
  "/%2e//evil.example",
  "https://evil.example",
  "https:evil.example",
  "javascript:alert(1)",
  " //evil.example",
  "evil.example",
  "@evil.example",
  "/api/auth/sign-out",
  "/sign-in?next=/sign-in",
  "/sign-up?invitation=x",
  "/",
])("%j leads home", (next) => {
  expect(safeNext(next)).toBe("/runs");
});

test("every result stays on the site that it is read on", () => {
  for (const next of ["/..//evil.example/x", "/a//b", "/runs/%2F%2Fevil.example"]) {
    expect(new URL(safeNext(next), "https://convkit.example.org").host).toBe("convkit.example.org");
  }
});

test("the sign-in page knows where to lead back to", () => {
  expect(signInPath({ pathname: "/runs", search: "?filter=a&b=1" })).toBe(
    "/sign-in?next=%2Fruns%3Ffilter%3Da%26b%3D1",
  );
});
