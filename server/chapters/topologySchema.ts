// The shape of a topology file: its keys and what each may hold. A device is NAMESPACE/DEVICE.
// Not here: whether its parts fit together (topologyContradictions.ts).

import { z } from "zod";

const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, "Write a name of letters, digits, dots and hyphens.");
/** IFNAMSIZ: Linux allows 15 characters. */
const device = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$/, "Write a device's name of at most 15 characters.");
const place = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\/[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$/,
    "Write NAMESPACE/DEVICE, such as netns12/veth12.",
  );

/** What a topology file may say. */
export const topologySchema = z.strictObject({
  title: z.string().min(1, "Write a title."),
  namespaces: z
    .array(
      z.strictObject({
        name,
        /** Default: the name. */
        hostname: name.optional(),
        role: z.enum(["host", "router", "bridge"], "It is host, router or bridge.").optional(),
      }),
    )
    .min(1, "Write at least one namespace."),
  links: z.array(z.strictObject({ from: place, to: place })).default([]),
  bridges: z
    .array(z.strictObject({ namespace: name, name: device, ports: z.array(device).default([]) }))
    .default([]),
  /** In the order in which they are to be given: it decides which of two equal routes comes first. */
  addresses: z.array(z.strictObject({ device: place, address: z.string() })).default([]),
  routes: z
    .array(
      z.strictObject({
        namespace: name,
        destination: z.string(),
        device: device.optional(),
        via: z.string().optional(),
      }),
    )
    .default([]),
  sysctls: z
    .array(
      z.strictObject({
        namespace: name,
        name: z.string().regex(/^net(\.[\w-]+)+$/, "Write a name such as net.ipv4.ip_forward."),
        value: z.union([z.string(), z.number()]).transform(String),
      }),
    )
    .default([]),
});

/** What the file says, with the lists that it leaves out empty. */
export type TopologySource = z.output<typeof topologySchema>;
