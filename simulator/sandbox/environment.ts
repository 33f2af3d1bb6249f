// What the shell of a sandbox finds in its environment: the same on every kind of sandbox.
// Not here: what bash adds (PWD, SHLVL, _).

/** A fresh environment for root. */
export function rootEnvironment(): Map<string, string> {
  return new Map([
    ["HOME", "/root"],
    ["USER", "root"],
    ["SHELL", "/bin/bash"],
    ["TERM", "xterm-256color"],
    ["LANG", "C.UTF-8"],
    ["PATH", "/usr/sbin:/usr/bin:/sbin:/bin"],
  ]);
}
