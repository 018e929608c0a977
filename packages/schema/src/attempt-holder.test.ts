import { describe, expect, it } from "vitest";
import {
  AttemptHolder,
  isDeadHolder,
  machineName,
  startTimeInStat,
  type HostProcesses,
} from "./attempt-holder.js";

const holder: AttemptHolder = { formatVersion: 1, pid: 42, machine: "here", startTime: "1000" };

/** A machine on which one process runs, or none. */
const host = (running: { pid: number; startTime: string | null } | null): HostProcesses => ({
  machine: "here",
  exists: (pid) => pid === running?.pid,
  startTimeOf: (pid) => (pid === running?.pid ? running.startTime : null),
});

describe("AttemptHolder", () => {
  it.each([{ pid: 0 }, { pid: 1.5 }, { machine: "" }, { startTime: 1000 }, { formatVersion: 2 }])(
    "refuses %j",
    (wrong) => {
      expect(AttemptHolder.safeParse(holder).success).toBe(true);
      expect(AttemptHolder.safeParse({ ...holder, ...wrong }).success).toBe(false);
    },
  );
});

describe("a lock of an earlier build, which said no version,", () => {
  it("is read", () => {
    const earlier = { pid: 42, machine: "here", startTime: "1000" };
    expect(AttemptHolder.parse(earlier)).toEqual(holder);
  });
});

describe("isDeadHolder", () => {
  it.each([
    ["that runs", holder, host({ pid: 42, startTime: "1000" }), false],
    ["that no process is", holder, host(null), true],
    ["whose number is another's by now", holder, host({ pid: 42, startTime: "2000" }), true],
    ["that is only not waited for", holder, host({ pid: 42, startTime: "dead" }), true],
    ["whose start the system does not say", holder, host({ pid: 42, startTime: null }), false],
    [
      "that does not know its start",
      { ...holder, startTime: null },
      host({ pid: 42, startTime: "1" }),
      false,
    ],
    ["of another machine", { ...holder, machine: "elsewhere" }, host(null), false],
  ])("judges one %s", (_, held, now, isDead) => {
    expect(isDeadHolder(held, now)).toBe(isDead);
  });
});

describe("startTimeInStat", () => {
  const stat = (name: string, state: string) =>
    `42 (${name}) ${state} ${Array.from({ length: 18 }, (_, index) => index).join(" ")} 987654 0 0`;

  it("finds the field behind a name of any kind", () => {
    expect(startTimeInStat(stat("node", "S"))).toBe("987654");
    expect(startTimeInStat(stat("a (b) Z 1", "R"))).toBe("987654");
  });

  it("calls a zombie dead", () => {
    expect(startTimeInStat(stat("node", "Z"))).toBe("dead");
  });
});

describe("machineName", () => {
  it("tells containers of one host's name apart", () => {
    expect(machineName("host", "pid:[1]")).not.toBe(machineName("host", "pid:[2]"));
    expect(machineName("host", null)).toBe("host");
  });
});
