// Runs the server from its parts: a port, the reader's way in, sessions, pages, the socket; and ends
// them again.
//
// Not here: which sandbox and which chapters those are (startServer.ts).

import { createServer, type Server } from "node:http";
import { isIP } from "node:net";
import type { SandboxSource } from "../../shared/session/sandboxLife.ts";
import { fileStore } from "../session/sessionStore.ts";
import { Sessions } from "../session/sessions.ts";
import { secret, systemClock } from "../session/systemClock.ts";
import { openAccess } from "./access.ts";
import { buildApp } from "./app.ts";
import type { Book } from "./book.ts";
import type { Report } from "./log.ts";
import { openBrowser } from "./openBrowser.ts";
import { allowedHosts, hostInUrl } from "./origin.ts";
import { listen } from "./port.ts";
import { openReaders } from "./readers.ts";
import { routeHandlers } from "./routes.ts";
import { attachSocket } from "./socket.ts";

/** What whoever starts the server chooses. */
export type ServerOptions = {
  /** Address to bind; 127.0.0.1 unless given. */
  readonly host?: string;
  /** Strictly this port, 0 for any free one; unless given, the first free one from 4600 on. */
  readonly port?: number;
  /** Open the browser. */
  readonly open: boolean;
};

/** What the server stands on. */
export type ServerParts = {
  readonly source: SandboxSource;
  readonly book: Book;
  /** What vite built. */
  readonly dist: string;
  /** Where readers and their work are kept. */
  readonly state: string;
  readonly report: Report;
};

/** A server that runs. */
export type RunningServer = {
  /** Address with the token. */
  readonly url: string;
  /** Ends connections and sandboxes and writes everything down. */
  close(): Promise<void>;
};

/** Runs it; rejects with a `StartError` when it cannot listen. */
export async function runServer(
  options: ServerOptions,
  parts: ServerParts,
): Promise<RunningServer> {
  const { source, book, dist, state, report } = parts;
  const host = options.host ?? "127.0.0.1";
  const readers = await openReaders(state, report);
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 20_000 });
  const port = await listen(server, host, options.port);
  const access = openAccess(readers, port, Date.now);
  const hosts = allowedHosts(host, port);
  const sessions = new Sessions({
    store: fileStore(state, report),
    source,
    report,
    clock: systemClock,
    secret,
  });
  // A simulator runs where it answers soonest: in the page.
  const engine = source.kind === "simulator" ? "page" : "server";
  const handlers = routeHandlers({ book, dist, engine });
  const app = buildApp({ access, hosts, handlers, report });
  server.on("request", app);
  const closeSockets = attachSocket(server, {
    access,
    hosts,
    sessions,
    book,
    offer: source,
    report,
  });
  if (!isLoopback(host)) {
    report(
      `Everyone who can reach ${host} and knows the token can use this server. ` +
        "What they type is not encrypted on its way.",
    );
  }
  const address = `http://${hostInUrl(hostToOpen(host))}:${port}/?token=`;
  if (options.open) {
    openBrowser(address + access.tokenForOnce);
  }
  return {
    url: address + access.token,
    async close() {
      closeSockets();
      await Promise.all([sessions.close(), closeServer(server)]);
    },
  };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

/** An address that can be opened, for one that stands for all. */
function hostToOpen(host: string): string {
  return host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
