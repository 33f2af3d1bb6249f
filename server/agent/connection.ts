// The control connection to the agent inside a sandbox: running programs without a terminal, the
// list of network namespaces, and what netlink says has changed. The frames are in protocol.ts.
// Not here: terminals. Each has a connection of its own, made by `vethbook-agent attach`.

import type { Duplex } from "node:stream";
import type { NamespaceRef } from "../../shared/namespaceNames.ts";
import { type RunEvent, SandboxError } from "../../shared/sandbox.ts";
import { namespaceChange, namespaceRefs } from "./agentJson.ts";
import { createQueue, type Queue } from "./eventQueue.ts";
import { encodeFrame, type Frame, frameReader } from "./frames.ts";
import type { NamespaceChange } from "./protocol.ts";

/** How a program is run: in which network namespace (0: the initial one) and what it reads. */
export type ProgramOptions = { readonly inode?: number; readonly stdin?: string };

/** The agent of one sandbox. After `close`, and when the sandbox ends, every call rejects. */
export type AgentControl = {
  /** Runs a program without a shell; output and errors merged, as UTF-8. */
  run(
    argv: readonly string[],
    options?: ProgramOptions,
  ): Promise<{ readonly code: number; readonly output: string }>;
  /** The same, as it happens. Leaving the loop early hangs the program up. */
  stream(argv: readonly string[], options?: ProgramOptions): AsyncIterable<RunEvent>;
  /** Every network namespace, the initial one first, then oldest first. */
  namespaces(): Promise<readonly NamespaceRef[]>;
  /** What changed in any namespace that `namespaces` has listed; one consumer. */
  readonly changes: AsyncIterable<NamespaceChange>;
  setClock(secondsSince1970: number): void;
  stirEntropy(bytes: Uint8Array): void;
  /** Lets a terminal be opened at this port of a VM. */
  servePort(port: number): void;
  ping(): Promise<void>;
  /** Ends the connection; what still waits for an answer gets this sentence. */
  close(sentence?: string): void;
  /** Settles with a sentence when the connection has ended. */
  readonly closed: Promise<string>;
};

const channelCount = 64;
const changesKept = 1000;
/** Bytes of programs that may wait for their readers before the agent has to wait too. */
const waitingMaximum = 1024 * 1024;
const garbledSentence = "The sandbox's agent does not make sense any more. Run starts a new one.";
const lostSentence = "The sandbox ended while this ran. Run starts a new one.";

type Waiting<Value> = { resolve(value: Value): void; reject(error: Error): void };

type Connection = {
  readonly stream: Duplex;
  /** One queue for each program that runs, by its channel. */
  readonly programs: Map<number, Queue<RunEvent>>;
  readonly lists: Waiting<readonly NamespaceRef[]>[];
  listed: NamespaceRef[];
  readonly pings: Waiting<void>[];
  readonly changes: Queue<NamespaceChange>;
  readonly waitingForChannel: (() => void)[];
  ended: boolean;
  settleClosed(sentence: string): void;
};

/** Speaks to the agent over this stream, which belongs to the connection from now on. */
export function connectAgent(stream: Duplex): AgentControl {
  let settleClosed: (sentence: string) => void = () => {};
  const closed = new Promise<string>((resolve) => {
    settleClosed = resolve;
  });
  const connection: Connection = {
    stream,
    programs: new Map(),
    lists: [],
    listed: [],
    pings: [],
    changes: createQueue(),
    waitingForChannel: [],
    ended: false,
    settleClosed,
  };
  listen(connection);
  const send = (type: string, channel: number, payload: Uint8Array): void => {
    if (!connection.ended) stream.write(encodeFrame(type, channel, payload));
  };
  return {
    run: (argv, options) => collect(runProgram(connection, argv, options ?? {})),
    stream: (argv, options) => runProgram(connection, argv, options ?? {}),
    namespaces: () => ask(connection, connection.lists, "N"),
    changes: connection.changes,
    setClock: (seconds) => send("T", 0, unsigned64(seconds)),
    stirEntropy: (bytes) => send("S", 0, bytes),
    servePort: (port) => send("L", 0, Uint8Array.of(port)),
    ping: () => ask(connection, connection.pings, "P"),
    close: (sentence = "The sandbox was closed.") => end(connection, sentence),
    closed,
  };
}

function listen(connection: Connection): void {
  const read = frameReader((frame) => handleFrame(connection, frame));
  connection.stream.on("data", (chunk: Buffer) => {
    try {
      read(chunk);
    } catch {
      end(connection, garbledSentence);
    }
    balance(connection);
  });
  connection.stream.on("error", () => end(connection, lostSentence));
  connection.stream.on("close", () => end(connection, lostSentence));
}

function handleFrame(connection: Connection, frame: Frame): void {
  const { type, channel, payload } = frame;
  const program = connection.programs.get(channel);
  if (type === "N") {
    connection.listed.push(...namespaceRefs(payload));
    if (channel !== 0) return; // the list goes on in the next frame
    connection.lists.shift()?.resolve(connection.listed);
    connection.listed = [];
  } else if (type === "P") {
    connection.pings.shift()?.resolve();
  } else if (type === "C") {
    connection.changes.push(namespaceChange(payload));
    if (connection.changes.size > changesKept) connection.changes.dropOldest();
  } else if (type === "D") {
    program?.push({ type: "output", bytes: payload });
  } else if (type === "E" || type === "X") {
    program?.push(
      type === "E"
        ? { type: "exit", code: payload[0] ?? 0 }
        : { type: "lost", reason: payload.toString() },
    );
    program?.end();
    freeChannel(connection, channel);
  }
}

/** Whoever reads a program slowly makes it wait, and does not fill this process's memory. */
function balance({ stream, programs }: Connection): void {
  let waiting = 0;
  for (const program of programs.values()) waiting += program.weight;
  if (waiting > waitingMaximum) stream.pause();
  else if (stream.isPaused()) stream.resume();
}

function end(connection: Connection, sentence: string): void {
  if (connection.ended) return;
  connection.ended = true;
  const error = new SandboxError(sentence);
  for (const program of connection.programs.values()) {
    program.push({ type: "lost", reason: sentence });
    program.end();
  }
  connection.programs.clear();
  for (const wake of connection.waitingForChannel.splice(0)) wake();
  for (const waiting of connection.lists.splice(0)) waiting.reject(error);
  for (const waiting of connection.pings.splice(0)) waiting.reject(error);
  connection.changes.end();
  connection.settleClosed(sentence);
  connection.stream.destroy();
}

function ask<Value>(connection: Connection, queue: Waiting<Value>[], type: string): Promise<Value> {
  if (connection.ended) return Promise.reject(new SandboxError(lostSentence));
  return new Promise<Value>((resolve, reject) => {
    queue.push({ resolve, reject });
    connection.stream.write(encodeFrame(type, 0, new Uint8Array()));
  });
}

function freeChannel(connection: Connection, channel: number): void {
  connection.programs.delete(channel);
  connection.waitingForChannel.shift()?.();
}

/** Takes a free channel, or waits until a program ends; undefined when the connection has ended. */
async function takeChannel(
  connection: Connection,
  program: Queue<RunEvent>,
): Promise<number | undefined> {
  while (!connection.ended) {
    for (let channel = 0; channel < channelCount; channel++) {
      if (connection.programs.has(channel)) continue;
      connection.programs.set(channel, program);
      return channel;
    }
    await new Promise<void>((wake) => {
      connection.waitingForChannel.push(wake);
    });
  }
  return undefined;
}

async function* runProgram(
  connection: Connection,
  argv: readonly string[],
  options: ProgramOptions,
): AsyncGenerator<RunEvent> {
  const program = createQueue<RunEvent>({
    weigh: (event) => (event.type === "output" ? event.bytes.length : 0),
    onPull: () => balance(connection),
  });
  const channel = await takeChannel(connection, program);
  if (channel === undefined) {
    yield { type: "lost", reason: lostSentence };
    return;
  }
  let over = false;
  try {
    sendProgram(connection, channel, argv, options);
    for await (const event of program) {
      over = event.type !== "output";
      yield event;
    }
  } finally {
    // The channel stays taken until the agent says that the program has ended.
    if (!over && !connection.ended) connection.stream.write(encodeFrame("K", channel));
  }
}

function sendProgram(
  connection: Connection,
  channel: number,
  argv: readonly string[],
  options: ProgramOptions,
): void {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(options.inode ?? 0);
  const words = Buffer.from(argv.map((word) => `${word}\0`).join(""));
  connection.stream.write(encodeFrame("R", channel, Buffer.concat([head, words])));
  const input = Buffer.from(options.stdin ?? "");
  for (let start = 0; start < input.length; start += 32768) {
    connection.stream.write(encodeFrame("D", channel, input.subarray(start, start + 32768)));
  }
  connection.stream.write(encodeFrame("Z", channel));
}

async function collect(
  events: AsyncIterable<RunEvent>,
): Promise<{ readonly code: number; readonly output: string }> {
  const parts: Uint8Array[] = [];
  for await (const event of events) {
    if (event.type === "output") parts.push(event.bytes);
    else if (event.type === "lost") throw new SandboxError(event.reason);
    else return { code: event.code, output: Buffer.concat(parts).toString() };
  }
  throw new SandboxError(lostSentence);
}

function unsigned64(value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(Math.floor(value)));
  return bytes;
}
