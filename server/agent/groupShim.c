// A shared object for /etc/ld.so.preload of a host sandbox. Only one user id is mapped there and
// setgroups(2) is denied, so Debian's tcpdump, which drops to a user of its own, would refuse to
// start. There is no group to drop: saying "done" is the truth about what it wants to reach.
// Source: user_namespaces(7), "setgroups".

#include <grp.h>
#include <stddef.h>
#include <sys/types.h>

int setgroups(size_t count, const gid_t *groups) {
  (void)count;
  (void)groups;
  return 0;
}

int initgroups(const char *user, gid_t group) {
  (void)user;
  (void)group;
  return 0;
}
