// Entry point of the sandbox agent: reads which of its four uses is meant.
//   vethbook-agent guest DIRECTORY              in a VM, on virtio ports
//   vethbook-agent serve FD                     on an inherited listening socket
//   vethbook-agent serve FD PROCESSES MEMORY NAMESPACES
//                                               the same in a host sandbox, one level further down
//   vethbook-agent attach SOCKET INODE          on the host, a terminal of a sandbox on this tty
//   vethbook-agent launch [OPTIONS] -- ARGV...  on the host, a program that ends with its parent

#include "agent.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int count, char **arguments) {
  const char *use = count > 1 ? arguments[1] : "";
  if (strcmp(use, "guest") == 0 && count == 3) return serveGuest(arguments[2]);
  if (strcmp(use, "serve") == 0 && (count == 3 || count == 6)) {
    if (count == 6) {
      struct limits limits = {.processes = strtoul(arguments[3], NULL, 10),
                              .memory = strtoul(arguments[4], NULL, 10),
                              .namespaces = strtoul(arguments[5], NULL, 10)};
      if (!nest(&limits)) return 1;
    }
    return serveSocket(atoi(arguments[2]));
  }
  if (strcmp(use, "attach") == 0 && count == 4)
    return attachTerminal(arguments[2], (uint32_t)strtoul(arguments[3], NULL, 10));
  if (strcmp(use, "launch") == 0) return launchProgram(count - 2, arguments + 2);
  fprintf(stderr, "usage: vethbook-agent guest|serve|attach|launch ...\n");
  return 2;
}
