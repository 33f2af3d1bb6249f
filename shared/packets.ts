// Frames as devices saw them: what a capture on all devices of all namespaces would hold. From a real
// kernel they come by packet sockets; the simulator also knows why each of them exists.

/** One frame at one device, in one direction. */
export type Packet = {
  /** Rises from 1 in the order in which the kernel showed them. */
  readonly number: number;
  /** Microseconds since 1970 by the sandbox's clock. */
  readonly time: number;
  /** Inode of the network namespace. */
  readonly namespace: number;
  /** Index of the device in it, and its name at that moment. */
  readonly index: number;
  readonly device: string;
  readonly out: boolean;
  /** Base64 of the Ethernet frame with its VLAN tags, without FCS. */
  readonly data: string;
  /** The same on each device that the frame passes unchanged; undefined where nobody can know. */
  readonly frame?: number;
  /** Why the frame exists, as a clause: a command, a timer, a neighbour's transition. */
  readonly cause?: string;
  /** The number of the frame that led to this one. */
  readonly causeFrame?: number;
  /** It went no further here: Linux's reason, with what is known beside it. */
  readonly dropped?: { readonly reason: string; readonly detail: string };
};
