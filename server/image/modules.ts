// Chooses the kernel modules of the sandbox and puts them, with all that they depend on, into the
// tree; `depmod` then makes the index that lets `ip link add … type geneve` load one by itself.
// Their signatures are cut off: checking one takes long under emulation and proves nothing here.
// Source: the `depends=` entry of the .modinfo section, depmod(8), module_signature.h.

import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { SandboxError } from "../../shared/sandbox.ts";
import { runTreeProgram } from "./treeProgram.ts";

/** Loaded by the initramfs: what the VM is made of, and what every chapter uses. */
const loadedModules = [
  ..."virtio_pci virtio_blk squashfs overlay virtio_console virtio_rng".split(" "),
  ..."veth bridge 8021q macvlan sch_netem dummy vxlan".split(" "),
];
/** A module must not bring devices that nobody asked for. */
const parameters: Readonly<Record<string, string>> = { dummy: "numdummies=0" };
/** There to be loaded when a learner asks for it. */
const offeredModules = [
  ..."ipvlan macvtap tun bonding vrf geneve ip_gre ipip sit team br_netfilter ifb".split(" "),
  ..."sch_htb sch_tbf sch_ingress sch_fq_codel cls_u32 cls_matchall cls_flower act_mirred".split(
    " ",
  ),
  ..."af_packet_diag inet_diag tcp_diag udp_diag netlink_diag unix_diag".split(" "),
];

/** A module that the initramfs loads. */
export type LoadedModule = { readonly file: string; readonly parameters: string };

/** Copies the modules into `tree`; resolves with those that the initramfs loads, in that order. */
export async function installModules(
  unpacked: string,
  tree: string,
  version: string,
): Promise<LoadedModule[]> {
  const source = join(unpacked, "lib/modules", version);
  const target = join(tree, "usr/lib/modules", version);
  const files = await moduleFiles(source);
  for (const name of loadedModules) {
    if (!files.has(name)) throw new SandboxError(`The kernel ${version} has no module ${name}.`);
  }
  const copy = (name: string) => join(target, relative(source, files.get(name) ?? ""));
  for (const name of await closure([...loadedModules, ...offeredModules], files)) {
    await mkdir(dirname(copy(name)), { recursive: true });
    await writeFile(copy(name), withoutSignature(await readFile(files.get(name) ?? "")));
  }
  for (const name of ["modules.builtin", "modules.builtin.modinfo", "modules.order"]) {
    await copyFile(join(source, name), join(target, name));
  }
  const kmod = { path: "usr/bin/kmod", calledAs: "depmod" };
  await runTreeProgram([tree], kmod, ["-b", tree, version]);
  return (await closure(loadedModules, files)).map((name) => ({
    file: copy(name),
    parameters: parameters[name] ?? "",
  }));
}

async function moduleFiles(source: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const entry of await readdir(source, { withFileTypes: true, recursive: true })) {
    if (!entry.name.endsWith(".ko")) continue;
    files.set(entry.name.slice(0, -3).replaceAll("-", "_"), join(entry.parentPath, entry.name));
  }
  return files;
}

/** Every module after all that it depends on. */
async function closure(
  names: readonly string[],
  files: ReadonlyMap<string, string>,
): Promise<string[]> {
  const order = new Set<string>();
  const add = async (name: string): Promise<void> => {
    const file = files.get(name);
    if (file === undefined || order.has(name)) return;
    for (const needed of dependencies(await readFile(file))) await add(needed);
    order.add(name);
  };
  for (const name of names) await add(name);
  return [...order];
}

/** The names in a module's `depends=` entry. */
export function dependencies(module: Buffer): string[] {
  const text = module.toString("latin1");
  const list = /(?:^|\0)depends=([^\0]*)\0/.exec(text)?.[1] ?? "";
  return list
    .split(",")
    .filter((name) => name !== "")
    .map((name) => name.replaceAll("-", "_"));
}

/** The module without the signature that stands behind it, if there is one. */
export function withoutSignature(module: Buffer): Buffer {
  const magic = "~Module signature appended~\n";
  const magicAt = module.length - magic.length;
  if (magicAt < 12 || module.toString("latin1", magicAt) !== magic) return module;
  const signatureLength = module.readUInt32BE(magicAt - 4); // last field of struct module_signature
  return module.subarray(0, magicAt - 12 - signatureLength);
}
