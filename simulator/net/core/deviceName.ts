// What may name a device, and which name a pattern gives (linux/net/core/dev.c: dev_valid_name,
// __dev_alloc_name).
// Not here: giving the name (devChange.ts, registerDevice.ts).

import type { Errno } from "./errno.ts";
import type { Net } from "./netNamespace.ts";

/** Directories of net.ipv4.conf that no device may have. */
const RESERVED: ReadonlySet<string> = new Set(["all", "default"]);

/** True for what may name a device (dev_valid_name). */
function isValidName(name: string): boolean {
  return name !== "" && name.length < 16 && name !== "." && name !== ".." && !/[\s/:]/.test(name);
}

/** The name that a wanted name or pattern gives in a namespace, or why there is none. */
export function nameFor(net: Net, wanted: string): { name: string } | { errno: Errno } {
  if (!isValidName(wanted) || RESERVED.has(wanted)) return { errno: "EINVAL" };
  if (!wanted.includes("%")) {
    return net.byName.has(wanted) ? { errno: "EEXIST" } : { name: wanted };
  }
  const parts = wanted.split("%");
  const [head = "", tail = ""] = parts;
  if (parts.length !== 2 || !tail.startsWith("d")) return { errno: "EINVAL" };
  for (let number = 0; number < 32768; number++) {
    const name = `${head}${number}${tail.slice(1)}`;
    if (name.length > 15) return { errno: "ENAMETOOLONG" };
    if (!net.byName.has(name)) return { name };
  }
  return { errno: "ENOSPC" };
}
