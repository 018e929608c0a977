import { describe, expect, it } from "vitest";
import {
  absentCommand,
  decliningProgram,
  dyingProgram,
  programCommand,
  silentProgram,
  steadyProgram,
} from "./fixtures/fake-peers.js";
import { Peer, PeerError } from "./peer.js";

/** Long enough for a process to start, short enough to wait for. */
const patienceMs = 5000;
const silence = /^it said nothing for 5 s and was ended\. Try again/;

describe("a peer", () => {
  it("says what it is, and takes turns until it is stopped", async () => {
    const peer = await Peer.start(programCommand(steadyProgram({ secondsPerStep: 0.5 })));
    expect(peer.label).toBe("steady 1.0");
    expect(await peer.go(3)).toEqual({ seconds: 1.5, peakRssBytes: 1024 });
    expect(await peer.go(1)).toEqual({ seconds: 0.5, peakRssBytes: 1024 });
    await peer.stop();
  });

  it("may print what it likes beside its answers", async () => {
    const noise = 'console.log("hello"); console.log("{ not JSON"); console.error("a warning");';
    const peer = await Peer.start(programCommand(noise + steadyProgram({ secondsPerStep: 1 })));
    expect(peer.label).toBe("steady 1.0");
    await peer.stop();
  });

  it("is not there", async () => {
    const start = Peer.start(absentCommand);
    await expect(start).rejects.toThrow(PeerError);
    await expect(start).rejects.toThrow("spawn no-such-peer ENOENT");
  });

  it("declines", async () => {
    await expect(Peer.start(programCommand(decliningProgram))).rejects.toThrow(new PeerError("no AVX here"));
  });

  it("dies before it greets, with its last words", async () => {
    const start = Peer.start(programCommand('console.error("first\\nlast"); process.exit(7);'));
    await expect(start).rejects.toThrow(/ended with code 7: last$/);
  });

  it("dies of a turn", async () => {
    const peer = await Peer.start(programCommand(dyingProgram));
    await expect(peer.go(1)).rejects.toThrow(/ended with code 3: out of memory$/);
    await expect(peer.go(1)).rejects.toThrow(PeerError);
    await peer.stop();
  });

  it("never greets", async () => {
    const start = Peer.start(programCommand("setInterval(() => {}, 1000);"), { patienceMs });
    await expect(start).rejects.toThrow(silence);
  });

  it("never answers, and is ended", async () => {
    const peer = await Peer.start(programCommand(silentProgram), { patienceMs });
    await expect(peer.go(1)).rejects.toThrow(silence);
    await peer.stop();
  });

  it("does not end when it is told to, and is ended", async () => {
    const peer = await Peer.start(programCommand(silentProgram), { patienceMs });
    await peer.stop();
  });
});
