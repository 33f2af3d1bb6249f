// Starts QEMU or bubblewrap so that it cannot outlive the server: it is killed when the server's
// process ends, however that happened. Also hands it a listening socket as descriptor 3 and drops
// root's identity where asked. Source: prctl(2) PR_SET_PDEATHSIG, unix(7), credentials(7).
//   --socket PATH        listen there; the program has the socket as descriptor 3
//   --cgroup FOLDER      join this control group (any number of them)
//   --tree SOURCE --at TARGET   show a folder at a second place, to this program only
//   --uid N              become this user and the group of the same number
// The signal is asked for after the identity is dropped, because dropping it clears the request.

#include "agent.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
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

// Shows a folder at a second place, for this process and its children only: the one who is started
// may not be allowed to pass the folders above the first.
static bool showAt(const char *source, const char *target) {
  return unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
         mount(source, target, NULL, MS_BIND, NULL) == 0;
}

static bool joinControlGroup(const char *folder) {
  char path[512];
  snprintf(path, sizeof path, "%s/cgroup.procs", folder);
  int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  bool joined = write(file, "0", 1) == 1;
  close(file);
  return joined;
}

int launchProgram(int count, char **arguments) {
  pid_t parent = getppid();
  int i = 0;
  uid_t user = 0;
  const char *tree = NULL;
  for (; i + 1 < count && strcmp(arguments[i], "--") != 0; i += 2) {
    const char *value = arguments[i + 1];
    if (strcmp(arguments[i], "--socket") == 0 && !listenAt(value))
      return fail("Listening at the sandbox's socket");
    if (strcmp(arguments[i], "--uid") == 0) user = (uid_t)strtoul(value, NULL, 10);
    if (strcmp(arguments[i], "--cgroup") == 0 && !joinControlGroup(value))
      return fail("Joining the control group");
    if (strcmp(arguments[i], "--tree") == 0) tree = value;
    if (strcmp(arguments[i], "--at") == 0 && (tree == NULL || !showAt(tree, value)))
      return fail("Showing the sandbox its root folder");
  }
  if (i + 1 >= count || strcmp(arguments[i], "--") != 0) {
    fprintf(stderr, "usage: vethbook-agent launch [OPTIONS] -- ARGV\n");
    return 2;
  }
  if (user != 0 && !dropTo(user)) return fail("Giving up root's identity");
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return fail("Tying the sandbox to the server");
  if (getppid() != parent) return 125;
  for (int number = 1; number < 32; number++) signal(number, SIG_DFL);
  execvp(arguments[i + 1], arguments + i + 1);
  return fail(arguments[i + 1]);
}
