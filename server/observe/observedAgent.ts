// What does observing need of the agent inside a sandbox? This much of its control connection and
// no more, so that a test can be an agent.
// Not here: how the agent is reached (server/agent).

import type { NamespaceRef } from "../../shared/namespaceNames.ts";
import type { NamespaceChange } from "../agent/protocol.ts";

/** The part of an agent's control connection that reads the network. */
export type ObservedAgent = {
  /** Runs a program without a shell in a namespace; its output and errors merged as text. */
  run(
    argv: readonly string[],
    options?: { readonly inode?: number; readonly stdin?: string },
  ): Promise<{ readonly code: number; readonly output: string }>;
  /** All namespaces of now; the agent watches those that it has listed. */
  namespaces(): Promise<readonly NamespaceRef[]>;
  /** Changes that netlink reported; ends with the agent. */
  readonly changes: AsyncIterable<NamespaceChange>;
};
