/** A network to a server that can be cut while both ends live on: open connections break, and new ones are refused. */
import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo, Socket } from "node:net";

export interface Network {
  /** Where the server is reached through it. */
  readonly url: string;
  cut(): void;
  /** Breaks only what is asked of paths like this; null: nothing any more. */
  refuse(path: RegExp | null): void;
  mend(): void;
  close(): void;
}

export async function startNetworkTo(server: string): Promise<Network> {
  const target = new URL(server);
  const sockets = new Set<Socket>();
  let isCut = false;
  let refused: RegExp | null = null;
  const proxy = createServer((request, response) => {
    const { method, url, headers } = request;
    if (refused?.test(url ?? "")) return void response.destroy();
    const passed = httpRequest(
      {
        host: target.hostname,
        port: target.port,
        method,
        path: url,
        headers: { ...headers, host: target.host },
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    passed.on("error", () => response.destroy());
    request.on("error", () => passed.destroy());
    // Whoever follows events gives them up only with the connection.
    response.on("close", () => passed.destroy());
    request.pipe(passed);
  });
  proxy.on("connection", (socket) => {
    if (isCut) return void socket.destroy();
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => sockets.delete(socket));
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    cut: () => {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    refuse: (path) => (refused = path),
    mend: () => (isCut = false),
    close: () => {
      proxy.closeAllConnections();
      proxy.close();
    },
  };
}
