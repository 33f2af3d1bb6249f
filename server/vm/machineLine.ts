// The command line of the virtual machine. A template and its clones must have the same one, device
// by device, or QEMU refuses the template; so both are made here. No network card, no display, no
// host file but the read-only root disk. Source: qemu-system-x86_64(1).
//
// The kernel's parameters shorten a cold boot under emulation from 2.9 s to 2.0 s: no self-tests, no
// decompression, no probing of hardware that is not there. None of them changes networking.
// `norandmaps` makes every program start at the same addresses: QEMU then finds the code that it has
// translated before, and `ip link` takes 25 ms instead of 110 ms without KVM.

/** How instructions of the guest are executed. */
export type Accelerator = "kvm" | "tcg";

/** Memory of a VM in MiB. 96 boots, but ten shells with a tcpdump each then wait for the disk. */
export const memoryMegabytes = 128;
/** Port 0 carries control, the others one terminal each. */
export const portCount = 16;
/** Descriptors that QEMU inherits: its monitor, the control port, the saved device state. */
export const inherited = { monitor: 3, control: 4, state: 5 } as const;

/** What one machine line depends on. */
export type MachineParts = {
  readonly accelerator: Accelerator;
  readonly rootDisk: string;
  /** File that is the VM's memory. */
  readonly memory: string;
  /** Folder for the sockets of the terminals. */
  readonly sockets: string;
  /** Boot this kernel and share the memory file; without it, wait for a saved state. */
  readonly boot?: { readonly kernel: string; readonly initramfs: string; readonly console: string };
};

const kernelParameters = [
  "console=ttyS0 quiet panic=-1 cryptomgr.notests apparmor=0 audit=0 mitigations=off nokaslr norandmaps",
  "tsc=reliable no_timer_check rcupdate.rcu_expedited=1 random.trust_cpu=1 8250.nr_uarts=1",
  "i8042.nokbd i8042.noaux init_on_alloc=0",
  "initcall_blacklist=crypto_kdf108_init,init_encrypted,load_system_certificate_list," +
    "init_kprobe_trace,init_ima,init_evm,init_trace_printk_function_export,ksm_init",
].join(" ");

/** Arguments of qemu-system-x86_64. */
export function machineLine(parts: MachineParts): string[] {
  const { boot } = parts;
  return [
    ..."-nodefaults -no-user-config -no-reboot -display none -nic none".split(" "),
    ...["-name", "vethbook", "-M", "q35,memory-backend=ram,usb=off,smbus=off,sata=off"],
    ...accelerate(parts.accelerator),
    ...["-m", String(memoryMegabytes), "-object", memoryBackend(parts.memory, boot !== undefined)],
    ...[
      "-chardev",
      boot ? `file,id=console,path=${doubleCommas(boot.console)}` : "null,id=console",
    ],
    ...["-serial", "chardev:console"],
    ...[
      "-blockdev",
      `driver=file,node-name=root,read-only=on,filename=${doubleCommas(parts.rootDisk)}`,
    ],
    ...["-device", "virtio-blk-pci,drive=root", "-device", "virtio-rng-pci"],
    ...["-chardev", `socket,id=monitor,fd=${inherited.monitor}`],
    ...["-mon", "chardev=monitor,mode=control"],
    ...["-device", `virtio-serial-pci,max_ports=${portCount + 1}`],
    ...ports(parts.sockets),
    ...(boot
      ? ["-kernel", boot.kernel, "-initrd", boot.initramfs, "-append", kernelParameters]
      : ["-incoming", "defer"]),
  ];
}

/** Path of the socket behind terminal port `number`. */
export function portSocket(sockets: string, number: number): string {
  return `${sockets}/${number}`;
}

/** 32 MiB of translated code: less makes a busy VM several times slower, more is memory per clone. */
function accelerate(accelerator: Accelerator): string[] {
  return accelerator === "kvm"
    ? ["-accel", "kvm", "-cpu", "host"]
    : ["-accel", "tcg,tb-size=32", "-cpu", "max"];
}

function memoryBackend(file: string, share: boolean): string {
  const size = `${memoryMegabytes}M`;
  return `memory-backend-file,id=ram,size=${size},mem-path=${doubleCommas(file)},share=${share ? "on" : "off"}`;
}

/** Virtio gives number 0 to consoles, so ours are one higher in QEMU's count. */
function ports(sockets: string): string[] {
  return Array.from({ length: portCount }, (_, number) => {
    const id = `port${number}`;
    const end =
      number === 0
        ? `socket,id=${id},fd=${inherited.control}`
        : `socket,id=${id},path=${doubleCommas(portSocket(sockets, number))},server=on,wait=off`;
    const device = `virtserialport,chardev=${id},name=vethbook.${number},nr=${number + 1}`;
    return ["-chardev", end, "-device", device];
  }).flat();
}

/** A comma in a path must be doubled in QEMU's option syntax. */
function doubleCommas(path: string): string {
  return path.replaceAll(",", ",,");
}
