/**
 * Connections to an embedded PostgreSQL that may be gone: killed for memory, or with its keeper. Whoever wants a new
 * connection then starts it again, so that a server outlives its database.
 */
import { connect as connectTo } from "node:net";
import { join } from "node:path";
import { Client, type ClientConfig } from "pg";
import { openCluster, type OpenClusterOptions } from "./open-cluster.js";

/** A class for pg's Pool. */
export function revivingClient(options: OpenClusterOptions): typeof Client {
  let reviving: Promise<unknown> | null = null;

  const ensureRunning = async (socket: string): Promise<void> => {
    if (await answers(socket)) return;
    reviving ??= openCluster(options).finally(() => (reviving = null));
    await reviving;
  };

  return class RevivingClient extends Client {
    readonly #socket: string;

    constructor(config?: string | ClientConfig) {
      super(config);
      this.#socket = join(this.host, `.s.PGSQL.${this.port}`);
    }

    override connect(): Promise<Client>;
    override connect(callback: ConnectCallback): void;
    override connect(callback?: ConnectCallback): Promise<Client> | void {
      const ready = ensureRunning(this.#socket);
      if (!callback) return ready.then(() => super.connect());
      ready.then(() => super.connect(callback), callback as (error: Error) => void);
    }
  };
}

type ConnectCallback = Parameters<Client["connect"]>[0];

/** Cheap: no password is checked. The socket's file alone says nothing, as a killed PostgreSQL leaves it. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTo(path);
    socket.once("connect", () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
