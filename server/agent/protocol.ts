// What the server and the agent inside a sandbox say to each other, the same on a virtio port of a
// VM and on a Unix socket of a host sandbox. `agent.c` is the other end.
//
//     frame:  type (1 byte, ASCII) | channel (1) | length (2, big endian) | payload
//
// A connection carries up to 64 channels. The control connection is VM port 0 or, on a host
// sandbox, the first connection; every other connection is one terminal on channel 0.
//
//   to the agent                                   from the agent
//   'O' open a terminal: rows u16, columns u16,    'D' what a program printed
//       namespace inode u32 (0: initial)           'E' it ended: exit status u8
//       Adopts the shell that is already there.    'N' JSON array of NamespaceRef
//   'R' run without a terminal: namespace u32,     'C' JSON: {"inode", "group"} of a netlink change
//       argv joined by NUL                         'P' answer to 'P'
//   'D' input      'Z' end of input                'X' refused: a sentence
//   'W' rows u16, columns u16
//   'K' hang up    'P' ping
//   'N' list the network namespaces
//   'T' set the clock: seconds since 1970, u64
//   'S' stir these bytes into the kernel's random pool and reseed it
//   'L' serve VM port number u8 (a port nobody uses is not polled: that costs idle CPU)

// A list that does not fit into one frame comes in several; all but the last are on channel 1. A shell
// that nobody has typed into yet shows whoever adopts it everything from its first byte.

/** A netlink change: which table of which namespace. */
export type NamespaceChange = {
  readonly inode: number;
  readonly group: "link" | "address" | "route" | "rule" | "neighbour";
};
