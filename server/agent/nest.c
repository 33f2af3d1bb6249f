// Moves the agent of a host sandbox one level down: into a user namespace below the one that
// bubblewrap made, with mounts, network, hostname and IPC of its own. Root in here owns all of
// these, so `ip netns add`, `unshare` and `mount` work; but the mounts that came from above belong
// to the level above, so what is read-only there can neither be made writable nor be taken off.
// Also sets the limits, from inside, where they count this sandbox alone; each is read back, because
// a limit that was silently not set once let a fork bomb take a whole host.
// Source: user_namespaces(7), mount_namespaces(7) "Restrictions", getrlimit(2), namespaces(7).

#include "agent.h"
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static bool writeFile(const char *path, const char *text) {
  int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  bool written = write(file, text, strlen(text)) == (ssize_t)strlen(text);
  close(file);
  return written;
}

static bool raiseLoopback(void) {
  struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_LOOPBACK | IFF_RUNNING};
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  bool raised = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0;
  if (fd >= 0) close(fd);
  return raised;
}

static bool limit(int resource, rlim_t value) {
  struct rlimit wanted = {value, value}, now;
  return setrlimit(resource, &wanted) == 0 && getrlimit(resource, &now) == 0 &&
         now.rlim_cur == value && now.rlim_max == value;
}

static bool fail(const char *what) {
  fprintf(stderr, "%s failed: %s.\n", what, strerror(errno));
  return false;
}

bool nest(const struct limits *limits) {
  char text[32];
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC) != 0)
    return fail("Making the namespaces of the sandbox");
  if (!writeFile("/proc/self/setgroups", "deny") || !writeFile("/proc/self/uid_map", "0 0 1") ||
      !writeFile("/proc/self/gid_map", "0 0 1"))
    return fail("Becoming root of the sandbox");
  // The sysfs of this network namespace; the one from above shows the host's devices.
  if (mount("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0)
    return fail("Mounting the sandbox's /sys");
  if (!raiseLoopback()) return fail("Raising the loopback device");
  if (!limit(RLIMIT_NPROC, limits->processes)) return fail("Limiting the number of processes");
  if (!limit(RLIMIT_AS, limits->memory)) return fail("Limiting the memory of a process");
  if (!limit(RLIMIT_CORE, 0)) return fail("Forbidding core files");
  snprintf(text, sizeof text, "%lu", limits->namespaces);
  if (!writeFile("/proc/sys/user/max_net_namespaces", text))
    return fail("Limiting the number of network namespaces");
  return true;
}
