// Does `exec` tell apart what each command did, whatever the command does? On a bash of this
// machine for the composing, then on every kind of sandbox that works here.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import type { RunEvent, Sandbox } from "../../shared/sandbox.ts";
import { availableKinds, openSandbox } from "../sandboxes/choose.ts";
import { runCommands } from "./exec.ts";
import { markedScript, markReader } from "./markedScript.ts";

/** As much of a sandbox as `exec` uses, on a bash of this machine. `cut` bytes per piece. */
function localBash(cut = 65536): Sandbox {
  async function* script(source: string, { name }: { name: string }): AsyncGenerator<RunEvent> {
    const child = spawn("bash", ["-c", 'exec bash -c "$1" "$0" 2>&1', name, source], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exit = new Promise<number>((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
    for await (const bytes of child.stdout as AsyncIterable<Buffer>) {
      for (let start = 0; start < bytes.length; start += cut) {
        yield { type: "output", bytes: bytes.subarray(start, start + cut) };
      }
    }
    yield { type: "exit", code: await exit };
  }
  return { kind: "host", script } as unknown as Sandbox;
}

type Outcome = readonly [output: string, exitCode: number];

async function outcomes(commands: readonly string[], sandbox = localBash()): Promise<Outcome[]> {
  const { results, problem } = await runCommands(sandbox, commands);
  assert.equal(problem, undefined);
  assert.deepEqual(
    results.map((result) => result.command),
    commands,
  );
  return results.map(({ output, exitCode }) => [output, exitCode] as const);
}

test("variables, functions, the folder and the last status live on from command to command", async () => {
  assert.deepEqual(
    await outcomes([
      'x=5; greet() { echo "$x $1"; }',
      "greet you",
      "cd /",
      "pwd",
      "false",
      "echo $?",
    ]),
    [
      ["", 0],
      ["5 you\n", 0],
      ["", 0],
      ["/\n", 0],
      ["", 1],
      ["1\n", 0],
    ],
  );
});

test("loops over lines, here-documents, comments, quotes and backslashes arrive as they are", async () => {
  assert.deepEqual(
    await outcomes([
      "for i in 1 2\ndo\n  echo $i\ndone",
      "cat <<END\n$((1 + 1)) 'a' \\\\ \\$\nEND",
      "# it's only a comment",
      "printf '%s|' \"it's\" '\\n' \\' $'\\x41' '$HOME'",
    ]),
    [
      ["1\n2\n", 0],
      ["2 'a' \\ $\n", 0],
      ["", 0],
      ["it's|\\n|'|A|$HOME|", 0],
    ],
  );
});

test("bash speaks of line 1 of a command, and a broken one harms none after it", async () => {
  assert.deepEqual(await outcomes(["nosuch", "echo a\nnosuch", "if true; then", "echo on"]), [
    ["bash: line 1: nosuch: command not found\n", 127],
    ["a\nbash: line 2: nosuch: command not found\n", 127],
    ["bash: eval: line 2: syntax error: unexpected end of file\n", 2],
    ["on\n", 0],
  ]);
});

test("both outputs are merged in order, without a line break being added", async () => {
  assert.deepEqual(await outcomes(["echo 1; echo 2 >&2; echo 3", "printf end", "printf ''"]), [
    ["1\n2\n3\n", 0],
    ["end", 0],
    ["", 0],
  ]);
});

test("background jobs can be waited for", async () => {
  const got = await outcomes(["(read -t 0.2 < <(:); exit 7) & job=$!", "wait $job; echo $?"]);
  assert.deepEqual(got, [
    ["", 0],
    ["7\n", 0],
  ]);
});

test("a command that prints marks or redirects the shell's output ends nothing early", async () => {
  const fake = "printf '\\0360123456789abcdef0123456789abcdef 0\\036'";
  assert.deepEqual(
    await outcomes([fake, "exec 5>&1 > /dev/null", "echo unseen", "exec >&5; echo seen"]),
    [
      ["\x1e0123456789abcdef0123456789abcdef 0\x1e", 0],
      ["", 0],
      ["", 0],
      ["seen\n", 0],
    ],
  );
});

test("bytes that are no UTF-8 become replacement characters, across any cut of the stream", async () => {
  const commands = ["printf '\\377|\\303\\244|\\357\\273\\277|€'", "seq 1 200", "false"];
  const whole = await outcomes(commands);
  assert.deepEqual(whole[0], ["\ufffd|ä|\ufeff|€", 0]);
  assert.deepEqual(await outcomes(commands, localBash(1)), whole);
  assert.deepEqual(await outcomes(commands, localBash(7)), whole);
});

test("a command that ends the shell counts with its code; those after it are left out", async () => {
  const { results, problem } = await runCommands(localBash(), [
    "echo a",
    "echo b; exit 3",
    "echo c",
  ]);
  assert.deepEqual(results, [
    { command: "echo a", output: "a\n", exitCode: 0 },
    { command: "echo b; exit 3", output: "b\n", exitCode: 3 },
  ]);
  assert.equal(problem, "Command 2 ended the shell, so the command after it did not run.");
  const last = await runCommands(localBash(), ["exit 3"]);
  assert.deepEqual(last, { results: [{ command: "exit 3", output: "", exitCode: 3 }] });
});

test("what an EXIT trap says belongs to the last command; set -e ends the shell", async () => {
  assert.deepEqual(await outcomes(["trap 'echo bye' EXIT", "echo hi"]), [
    ["", 0],
    ["hi\nbye\n", 0],
  ]);
  const { results } = await runCommands(localBash(), ["set -e", "false", "echo never"]);
  assert.deepEqual(
    results.map((result) => result.exitCode),
    [0, 1],
  );
});

test("a sandbox that is lost keeps what was known and says why", async () => {
  const nonceOf = (source: string) => /036([0-9a-f]{32}) /.exec(source)?.[1] ?? "";
  const lost = {
    async *script(source: string): AsyncGenerator<RunEvent> {
      yield { type: "output", bytes: Buffer.from(`one\x1e${nonceOf(source)} 0\x1etw`) };
      yield { type: "lost", reason: "The VM ended." };
    },
  } as unknown as Sandbox;
  assert.deepEqual(await runCommands(lost, ["1", "2"]), {
    results: [{ command: "1", output: "one", exitCode: 0 }],
    problem: "The VM ended.",
  });
});

test("the script is one line, whatever the commands hold", () => {
  const script = markedScript(["a\nb", "'\\\n'"], "0".repeat(32));
  assert.equal(script.indexOf("\n"), script.length - 1);
  assert.deepEqual(markReader([], "").finish(0), []);
});

for (const { kind, reason } of await availableKinds()) {
  test(`on the ${kind} sandbox`, { skip: reason ?? false, timeout: 120_000 }, async () => {
    await using sandbox = await openSandbox(kind, () => {});
    const got = await outcomes(
      [
        "ip -br link | awk '{print $1}'; ip netns",
        "for n in A B; do ip netns add $n; done; ip netns | sort",
        "ip link add va netns A type veth peer name vb netns B",
        "ip -n A addr add 10.0.0.1/24 dev va; ip -n B addr add 10.0.0.2/24 dev vb\nip -n A link set va up; ip -n B link set vb up",
        "ip netns exec A ping -c 1 -W 5 10.0.0.2 > ping.txt & wait $!; grep -c ttl=64 ping.txt",
        "ip link show nosuch",
        ...(kind === "vm" ? ["ip -n A link add link va name va.5 type vlan id 5"] : []),
      ],
      sandbox,
    );
    assert.deepEqual(got, [
      ["lo\n", 0],
      ["A\nB\n", 0],
      ["", 0],
      ["", 0],
      ["1\n", 0],
      ['Device "nosuch" does not exist.\n', 1],
      ...(kind === "vm" ? [["", 0]] : []),
    ]);
  });
}
