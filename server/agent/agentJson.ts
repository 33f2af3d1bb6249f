// What the agent says in JSON, checked. Who is root in a sandbox can put words into the agent's mouth,
// by taking its port from it; whatever comes, the server must not stumble over it.
// Not here: the frames around it (frames.ts, protocol.ts).

import type { NamespaceRef } from "../../shared/namespaceNames.ts";
import type { NamespaceChange } from "./protocol.ts";

const groups: ReadonlySet<unknown> = new Set(["link", "address", "route", "rule", "neighbour"]);

/** The namespaces of one frame; throws when it is anything else. */
export function namespaceRefs(payload: Buffer): readonly NamespaceRef[] {
  const value: unknown = JSON.parse(payload.toString());
  if (Array.isArray(value) && value.every(isNamespaceRef)) return value;
  throw new TypeError("not a list of namespaces");
}

/** The change of one frame; throws when it is anything else. */
export function namespaceChange(payload: Buffer): NamespaceChange {
  const value: unknown = JSON.parse(payload.toString());
  if (isNamespaceChange(value)) return value;
  throw new TypeError("not a change of a namespace");
}

function isNamespaceRef(value: unknown): value is NamespaceRef {
  const { inode, pid, hostname, netnsNames, initial } = fieldsOf(value);
  return (
    [inode, pid].every(Number.isSafeInteger) &&
    typeof hostname === "string" &&
    Array.isArray(netnsNames) &&
    netnsNames.every((name) => typeof name === "string") &&
    typeof initial === "boolean"
  );
}

function isNamespaceChange(value: unknown): value is NamespaceChange {
  const { inode, group } = fieldsOf(value);
  return Number.isSafeInteger(inode) && groups.has(group);
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
