// What node:test says about one file, one JSON object a line, for test/run.mjs to read.
// A last line {"type":"end"} tells that the file came to its end by itself.
// Not here: words for people (test/run.mjs).

/** Reporter for `node --test-reporter`. */
export default async function* reporter(source) {
  for await (const { type, data } of source) {
    const record = recordOf(type, data);
    if (record !== undefined) yield `${JSON.stringify(record)}\n`;
  }
  yield `${JSON.stringify({ type: "end" })}\n`;
}

function recordOf(type, data) {
  if (type === "test:dequeue") return { type: "start", name: data.name };
  if (type !== "test:pass" && type !== "test:fail") return undefined;
  const reason = data.skip ?? data.todo;
  if (reason !== undefined) return { type: "skip", name: data.name, reason: wordsOf(reason, data) };
  if (type === "test:pass") {
    return data.details.type === "suite" ? undefined : { type: "pass", name: data.name };
  }
  const error = data.details.error;
  // The subtest that failed is told by itself.
  if (error?.failureType === "subtestsFailed") return undefined;
  return { type: "fail", name: data.name, message: messageOf(error) };
}

function wordsOf(reason, data) {
  if (typeof reason === "string" && reason !== "") return reason;
  return data.todo === undefined ? "no reason given" : "not written yet";
}

function messageOf(error) {
  const cause = error?.cause ?? error;
  if (!(cause instanceof Error)) return String(cause);
  const where = cause.stack?.split("\n").filter((line) => /^\s+at .*\.(ts|mjs)/.test(line)) ?? [];
  return [cause.message, ...where.slice(0, 4)].join("\n");
}
