// What a status says about a file in letters and numbers: its type, its device.
// Not simulated: device numbers of other devices than those of a small Linux.

import type { FileStatus } from "../../process/fileSystem.ts";
import { lastName } from "./names.ts";

const LETTERS = { file: "-", directory: "d", symlink: "l", device: "c", pipe: "p" } as const;

/** The letter with which `ls -l` begins. */
export function typeLetter(type: FileStatus["type"]): string {
  return LETTERS[type];
}

const DEVICES: Readonly<Record<string, readonly [number, number]>> = {
  null: [1, 3],
  zero: [1, 5],
  full: [1, 7],
  random: [1, 8],
  urandom: [1, 9],
  kmsg: [1, 11],
  tty: [5, 0],
  console: [5, 1],
  ptmx: [5, 2],
  tun: [10, 200],
};

/** Major and minor number of a device by its name; terminals in /dev/pts are 136. */
export function deviceNumbers(path: string): readonly [number, number] {
  const name = lastName(path);
  return Object.hasOwn(DEVICES, name) ? (DEVICES[name] ?? [0, 0]) : [136, Number(name) || 0];
}

/** KiB that a file takes. */
export function fileBlocks({ type, size }: FileStatus): number {
  return type === "file" ? Math.ceil(size / 4096) * 4 : 0;
}
