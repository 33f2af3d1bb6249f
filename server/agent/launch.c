// Starts QEMU or bubblewrap so that it cannot outlive the server: it is killed when the server's
// process ends, however that happened. Also hands it a listening socket as descriptor 3 and drops
// root's identity where asked. Source: prctl(2) PR_SET_PDEATHSIG, unix(7), credentials(7).
// The signal is asked for after the identity is dropped, because dropping it clears the request.

#include "agent.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int fail(const char *what) {
  fprintf(stderr, "%s failed: %s.\n", what, strerror(errno));
  return 125;
}

// The socket gets its name only once it listens: whoever sees it can connect to it.
static bool listenAt(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  size_t room = sizeof address.sun_path;
  if ((size_t)snprintf(address.sun_path, room, "%s.new", path) >= room) {
    errno = ENAMETOOLONG;
    return false;
  }
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
      listen(listener, 64) != 0 || rename(address.sun_path, path) != 0)
    return false;
  if (listener == 3) return true;
  if (dup2(listener, 3) != 3) return false;
  close(listener);
  return true;
}

static bool dropTo(uid_t user) {
  return setgroups(0, NULL) == 0 && setresgid(user, user, user) == 0 &&
         setresuid(user, user, user) == 0;
}

static bool limitProcesses(rlim_t processes) {
  struct rlimit limit = {processes, processes}, now;
  return setrlimit(RLIMIT_NPROC, &limit) == 0 && getrlimit(RLIMIT_NPROC, &now) == 0 &&
         now.rlim_cur == processes && now.rlim_max == processes;
}

int launchProgram(int count, char **arguments) {
  pid_t parent = getppid();
  int i = 0;
  uid_t user = 0;
  for (; i + 1 < count && strcmp(arguments[i], "--") != 0; i += 2) {
    const char *value = arguments[i + 1];
    if (strcmp(arguments[i], "--socket") == 0 && !listenAt(value))
      return fail("Listening at the sandbox's socket");
    if (strcmp(arguments[i], "--uid") == 0) user = (uid_t)strtoul(value, NULL, 10);
    if (strcmp(arguments[i], "--nproc") == 0 && !limitProcesses(strtoul(value, NULL, 10)))
      return fail("Limiting the number of processes");
  }
  if (i + 1 >= count || strcmp(arguments[i], "--") != 0) {
    fprintf(stderr, "usage: vethbook-agent launch [--socket PATH] [--uid N] [--nproc N] -- ARGV\n");
    return 2;
  }
  if (user != 0 && !dropTo(user)) return fail("Giving up root's identity");
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return fail("Tying the sandbox to the server");
  if (getppid() != parent) return 125;
  for (int number = 1; number < 32; number++) signal(number, SIG_DFL);
  execvp(arguments[i + 1], arguments + i + 1);
  return fail(arguments[i + 1]);
}
