import { expect, test } from "vitest";
import { moveJob } from "./move-job";

const job = (id: string, priority: number, createdAt: number) => ({ id, priority, createdAt });
type Job = ReturnType<typeof job>;

function orderAfter(jobs: readonly Job[], id: string, step: -1 | 1): string {
  const changes = new Map(moveJob(jobs, id, step).map((change) => [change.id, change.priority]));
  return jobs
    .map((each) => ({ ...each, priority: changes.get(each.id) ?? each.priority }))
    .toSorted((a, b) => b.priority - a.priority || a.createdAt - b.createdAt)
    .map((each) => each.id)
    .join("");
}

test("a job passes its neighbour and no other", () => {
  const jobs = [job("a", 5, 3), job("b", 0, 1), job("c", 0, 2), job("d", 0, 4), job("e", -10, 0)];
  expect(orderAfter(jobs, "c", -1)).toBe("acbde");
  expect(orderAfter(jobs, "d", -1)).toBe("abdce");
  expect(orderAfter(jobs, "b", -1)).toBe("bacde");
  expect(orderAfter(jobs, "e", -1)).toBe("abced");
  expect(orderAfter(jobs, "a", 1)).toBe("bacde");
  expect(orderAfter(jobs, "b", 1)).toBe("acbde");
  expect(orderAfter(jobs, "d", 1)).toBe("abced");
});

test("ends stay where they are, and few are touched", () => {
  const jobs = [job("a", 0, 1), job("b", 0, 2), job("c", 0, 3)];
  expect(moveJob(jobs, "a", -1)).toEqual([]);
  expect(moveJob(jobs, "c", 1)).toEqual([]);
  expect(moveJob(jobs, "nobody", 1)).toEqual([]);
  expect(moveJob(jobs, "b", -1)).toEqual([{ id: "b", priority: 1 }]);
});
