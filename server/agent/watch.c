// Says which network namespace changed, by netlink, for every namespace that was listed.
// One socket does it. It lives in an empty network namespace of its own, where each watched
// namespace is given a number, and listens to all numbered ones. A socket inside each namespace
// would keep it and its veths alive after its last process; numbers given in the initial
// namespace would change the `link-netnsid` that a reader sees there. This does neither.
// Source: rtnetlink(7), netlink(7) NETLINK_LISTEN_ALL_NSID.

#include "agent.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/net_namespace.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { COALESCE = 20, TABLES = 5, LINK = 0, ADDRESS, ROUTE, RULE, NEIGHBOUR };
static const char *const tableNames[TABLES] = {"link", "address", "route", "rule", "neighbour"};

// A watched namespace; its place in the array is its number.
struct watched {
  uint32_t inode;
  bool gone;
  bool pending[TABLES];
  int64_t reported[TABLES];
};
static struct watched *watchedList;
static size_t watchedCount, watchedRoom;
static int watchSocket = -1;

int watchStart(void) {
  static const int groups[] = {RTNLGRP_LINK,       RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,
                               RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE,  RTNLGRP_IPV4_RULE,
                               RTNLGRP_IPV6_RULE,  RTNLGRP_NEIGH,       RTNLGRP_NSID};
  int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), on = 1;
  if (home < 0 || unshare(CLONE_NEWNET) != 0) return -1;
  watchSocket = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  if (setns(home, CLONE_NEWNET) != 0) abort();  // it would serve the wrong network
  close(home);
  if (watchSocket < 0) return -1;
  setsockopt(watchSocket, SOL_NETLINK, NETLINK_LISTEN_ALL_NSID, &on, sizeof on);
  for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
    setsockopt(watchSocket, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &groups[i], sizeof groups[i]);
  return watchSocket;
}

static void addAttribute(struct nlmsghdr *message, int type, int value) {
  struct rtattr *attribute = (struct rtattr *)((char *)message + NLMSG_ALIGN(message->nlmsg_len));
  attribute->rta_type = type;
  attribute->rta_len = RTA_LENGTH(sizeof value);
  memcpy(RTA_DATA(attribute), &value, sizeof value);
  message->nlmsg_len = NLMSG_ALIGN(message->nlmsg_len) + RTA_LENGTH(sizeof value);
}

static void giveNumber(int namespace, int number) {
  struct {
    struct nlmsghdr header;
    struct rtgenmsg body;
    char attributes[64];
  } request = {.header = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct rtgenmsg)),
                          .nlmsg_type = RTM_NEWNSID,
                          .nlmsg_flags = NLM_F_REQUEST}};
  addAttribute(&request.header, NETNSA_NSID, number);
  addAttribute(&request.header, NETNSA_FD, namespace);
  if (send(watchSocket, &request, request.header.nlmsg_len, 0) < 0) return;
}

// A number that is free again, or a new one.
static size_t freeNumber(void) {
  for (size_t i = 0; i < watchedCount; i++)
    if (watchedList[i].gone && !watchedList[i].pending[LINK]) return i;
  if (watchedCount == watchedRoom) {
    watchedRoom = watchedRoom * 2 + 16;
    watchedList = realloc(watchedList, watchedRoom * sizeof *watchedList);
    if (watchedList == NULL) abort();
  }
  return watchedCount++;
}

static bool isWatched(uint32_t inode) {
  for (size_t i = 0; i < watchedCount; i++)
    if (!watchedList[i].gone && watchedList[i].inode == inode) return true;
  return false;
}

void watchNamespaces(const struct namespaceList *list) {
  if (watchSocket < 0) return;
  for (size_t i = 0; i < list->count; i++) {
    uint32_t inode = list->entries[i].inode;
    int namespace = isWatched(inode) ? -1 : openNamespace(&list->entries[i]);
    if (namespace < 0) continue;
    size_t number = freeNumber();
    watchedList[number] = (struct watched){.inode = inode};
    giveNumber(namespace, (int)number);
    close(namespace);
  }
}

static int tableOf(int type) {
  if (type == RTM_NEWLINK || type == RTM_DELLINK) return LINK;
  if (type == RTM_NEWADDR || type == RTM_DELADDR) return ADDRESS;
  if (type == RTM_NEWROUTE || type == RTM_DELROUTE) return ROUTE;
  if (type == RTM_NEWRULE || type == RTM_DELRULE) return RULE;
  if (type == RTM_NEWNEIGH || type == RTM_DELNEIGH) return NEIGHBOUR;
  return -1;
}

// RTM_DELNSID: a numbered namespace has gone. Its number and its inode may come again.
static void forget(const struct nlmsghdr *message) {
  struct rtattr *attribute =
      (struct rtattr *)((char *)NLMSG_DATA(message) + NLMSG_ALIGN(sizeof(struct rtgenmsg)));
  int left = message->nlmsg_len - NLMSG_LENGTH(sizeof(struct rtgenmsg)), number;
  for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) {
    if (attribute->rta_type != NETNSA_NSID) continue;
    memcpy(&number, RTA_DATA(attribute), sizeof number);
    if (number < 0 || (size_t)number >= watchedCount) continue;
    watchedList[number].gone = true;
    watchedList[number].pending[LINK] = true;
  }
}

static int numberOf(struct msghdr *message) {
  int number = -1;
  for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part != NULL; part = CMSG_NXTHDR(message, part))
    if (part->cmsg_level == SOL_NETLINK && part->cmsg_type == NETLINK_LISTEN_ALL_NSID)
      memcpy(&number, CMSG_DATA(part), sizeof number);
  return number;
}

void watchRead(bool (*report)(uint32_t inode, const char *group)) {
  static char data[65536];
  for (;;) {
    char extra[64];
    struct iovec vector = {data, sizeof data};
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = extra, .msg_controllen = sizeof extra};
    ssize_t length = recvmsg(watchSocket, &message, 0);
    if (length < 0 && errno == ENOBUFS) {  // some were lost: everything may have changed
      for (size_t i = 0; i < watchedCount; i++)
        for (int table = 0; table < TABLES; table++) watchedList[i].pending[table] = true;
      continue;
    }
    if (length <= 0) break;
    int number = numberOf(&message);
    struct nlmsghdr *header = (struct nlmsghdr *)data;
    for (int left = (int)length; NLMSG_OK(header, left); header = NLMSG_NEXT(header, left)) {
      int table = tableOf(header->nlmsg_type);
      // Watched namespaces report the loss of numbers of their own as well; those are not ours.
      if (header->nlmsg_type == RTM_DELNSID && number < 0) forget(header);
      if (table >= 0 && number >= 0 && (size_t)number < watchedCount)
        watchedList[number].pending[table] = true;
    }
  }
  watchFlush(report);
}

// What cannot be told now stays pending; whatever makes it possible wakes the loop that calls this.
int watchFlush(bool (*report)(uint32_t inode, const char *group)) {
  int timeout = -1;
  int64_t now = milliseconds();
  for (size_t i = 0; i < watchedCount; i++) {
    struct watched *watched = &watchedList[i];
    for (int table = 0; table < TABLES; table++) {
      if (!watched->pending[table]) continue;
      int64_t wait = watched->reported[table] + COALESCE - now;
      if (wait > 0) {
        if (timeout < 0 || wait < timeout) timeout = (int)wait;
        continue;
      }
      if (!report(watched->inode, tableNames[table])) continue;
      watched->pending[table] = false;
      watched->reported[table] = now;
    }
  }
  return timeout;
}
