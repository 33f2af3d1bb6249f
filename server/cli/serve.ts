// `vethbook serve`: the server, until Ctrl-C. Prints the address that opens it, token included.
// Not here: the server itself (server/web).

import type { WantedKind } from "../sandboxes/choose.ts";
import { startServer } from "../web/startServer.ts";
import { nextSignal } from "./signals.ts";

/** What stands on the command line. */
export type ServeOptions = {
  readonly host?: string;
  readonly port?: number;
  readonly sandbox: WantedKind;
  readonly open: boolean;
};

/** Serves until a signal says to end, then ends cleanly; a second signal ends it at once. */
export async function serve(options: ServeOptions): Promise<number> {
  const ending = nextSignal();
  const server = await startServer(options);
  console.log(server.url);
  await ending;
  await server.close();
  return 0;
}
