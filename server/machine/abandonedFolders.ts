// What did a killed server leave behind? Each running machine has a folder with a socket in it; a
// folder at whose socket nobody listens any more belongs to nobody.
//
// Source: unix(7): connecting to a socket without a listener is refused.
// Not here: making such folders (server/vm/runFolder.ts, server/host/hostFolder.ts).

import { readdir, stat } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";

/** Milliseconds in which a machine that is being started makes its socket. */
const youngest = 60_000;

/** Which folders may be swept, and how. */
export type Sweep = {
  /** Where the folders are. */
  readonly parent: string;
  /** How their names begin. */
  readonly prefix: string;
  /** The socket in a folder at which a running machine listens. */
  socketOf(folder: string): string;
  /** Removes a folder and what belongs to it. */
  remove(folder: string): Promise<void>;
};

/** Removes the folders of this user whose machine is gone. */
export async function sweepAbandoned({ parent, prefix, socketOf, remove }: Sweep): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue;
    const folder = join(parent, name);
    const found = await stat(folder).catch(() => undefined);
    if (found === undefined || found.uid !== process.getuid?.()) continue;
    if (Date.now() - found.mtimeMs < youngest) continue;
    if (!(await isListening(socketOf(folder)))) await remove(folder);
  }
}

function isListening(path: string): Promise<boolean> {
  const socket = connect(path);
  return new Promise<boolean>((resolve) => {
    socket.on("connect", () => resolve(true));
    socket.on("error", () => resolve(false));
  }).finally(() => socket.destroy());
}
