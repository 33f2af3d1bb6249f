// Frames of protocol.ts as bytes: one function that makes one, one that finds them in a stream
// whose chunks end anywhere.

/** One frame. The payload is a view into memory of its own. */
export type Frame = {
  readonly type: string;
  readonly channel: number;
  readonly payload: Buffer;
};

const headerLength = 4;
const payloadMaximum = 65535;

/** The bytes of one frame. */
export function encodeFrame(
  type: string,
  channel: number,
  payload: Uint8Array = new Uint8Array(),
): Buffer {
  if (payload.length > payloadMaximum) throw new RangeError("A frame holds at most 65535 bytes.");
  const frame = Buffer.alloc(headerLength + payload.length);
  frame.write(type, 0, "latin1");
  frame.writeUInt8(channel, 1);
  frame.writeUInt16BE(payload.length, 2);
  frame.set(payload, headerLength);
  return frame;
}

/** Returns a function that takes chunks and calls `handle` for every whole frame, in order. */
export function frameReader(handle: (frame: Frame) => void): (chunk: Buffer) => void {
  let waiting: Buffer = Buffer.alloc(0);
  return (chunk) => {
    let data = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
    while (data.length >= headerLength) {
      const end = headerLength + data.readUInt16BE(2);
      if (data.length < end) break;
      handle({
        type: String.fromCharCode(data.readUInt8(0)),
        channel: data.readUInt8(1),
        payload: data.subarray(headerLength, end),
      });
      data = data.subarray(end);
    }
    waiting = data;
  };
}
