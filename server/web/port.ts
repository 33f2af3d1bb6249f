// Finds the port to listen on: the one that was asked for and no other, or the first free one from
// 4600 on.
//
// Not here: which addresses are answered to (origin.ts).

import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

const FIRST_PORT = 4600;
const LAST_PORT = 4699;

/** The server cannot start; the message is a sentence for whoever started it. */
class StartError extends Error {
  override readonly name = "StartError";
}

/** Listens, and answers with the port. 0 takes any free one; undefined the first from 4600 on. */
export async function listen(server: Server, host: string, port?: number): Promise<number> {
  if (port !== undefined) {
    const problem = await tryPort(server, host, port);
    if (problem !== undefined) {
      throw new StartError(sentence(problem, host, port));
    }
    return portOf(server);
  }
  for (let next = FIRST_PORT; next <= LAST_PORT; next += 1) {
    const problem = await tryPort(server, host, next);
    if (problem === undefined) {
      return next;
    }
    if (problem !== "EADDRINUSE") {
      throw new StartError(sentence(problem, host, next));
    }
  }
  throw new StartError(
    `All ports from ${FIRST_PORT} to ${LAST_PORT} are taken. Name another one with --port.`,
  );
}

/** The code of the error, or undefined when the server listens. */
async function tryPort(server: Server, host: string, port: number): Promise<string | undefined> {
  try {
    server.listen({ host, port });
    await once(server, "listening");
    return undefined;
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
}

function portOf(server: Server): number {
  const address: string | AddressInfo | null = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

function sentence(code: string, host: string, port: number): string {
  switch (code) {
    case "EADDRINUSE":
      return `Port ${port} is taken. Name another one with --port, or leave --port out.`;
    case "EACCES":
      return `Port ${port} may not be used by this user. Name one above 1023 with --port.`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `${host} is not an address of this machine. Name one of its own with --host.`;
    default:
      return `Port ${port} on ${host} cannot be used (${code}). Name another one with --port.`;
  }
}
