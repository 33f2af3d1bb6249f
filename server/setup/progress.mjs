// What is being done, and for how long already: one line for each step that takes over a second.
// On a terminal the line is rewritten in place; elsewhere (CI, a file) lines are added now and then.
// Not here: what the steps do.

const FIRST_LINE_AFTER = 1000;
const PLAIN_LINE_EVERY = 15_000;

/**
 * Does `work`, telling on stderr that it goes on. `work` gets a function that changes the detail
 * behind the text. Steps under a second leave no trace.
 */
export async function step(text, work) {
  const line = openLine(text);
  try {
    const result = await work(line.detail);
    line.close("done");
    return result;
  } catch (error) {
    line.close("failed");
    throw error;
  }
}

function openLine(text) {
  const started = Date.now();
  const live = Boolean(process.stderr.isTTY) && !process.env.CI;
  let detail = "";
  let shown = false;
  const show = () => {
    shown = true;
    const words = detail === "" ? text : `${text}: ${detail.replace(/\.$/, "")}`;
    writeLine(live, `${words} … ${seconds(started)}`);
  };
  const first = setTimeout(show, FIRST_LINE_AFTER);
  const again = setInterval(() => shown && show(), live ? 1000 : PLAIN_LINE_EVERY);
  first.unref();
  again.unref();
  return {
    detail(words) {
      detail = words;
      if (live && shown) show();
    },
    close(how) {
      clearTimeout(first);
      clearInterval(again);
      if (!shown && how === "done") return;
      writeLine(live, `${text}: ${how} after ${seconds(started)}`);
      if (live) process.stderr.write("\n");
    },
  };
}

function writeLine(live, words) {
  if (!live) {
    process.stderr.write(`${words}\n`);
    return;
  }
  const width = process.stderr.columns || 80;
  const fitting = words.length < width ? words : `${words.slice(0, width - 2)}…`;
  process.stderr.write(`\r\x1b[K${fitting}`);
}

function seconds(started) {
  return `${Math.round((Date.now() - started) / 1000)} s`;
}
