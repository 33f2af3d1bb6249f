// Which network namespaces there are in this sandbox, and how to enter one: each process's
// /proc/PID/ns/net, and each name in /run/netns. Source: namespaces(7), ip-netns(8).
// Not here: namespaces that only a socket or a mount outside of /run/netns keeps alive.

#include "agent.h"
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NETNS_DIRECTORY "/run/netns"

static uint32_t inodeOf(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 ? (uint32_t)status.st_ino : 0;
}

static struct namespaceEntry *entryOf(struct namespaceList *list, uint32_t inode) {
  for (size_t i = 0; i < list->count; i++)
    if (list->entries[i].inode == inode) return &list->entries[i];
  if (list->count == list->room) {
    list->room = list->room * 2 + 16;
    list->entries = realloc(list->entries, list->room * sizeof *list->entries);
    if (list->entries == NULL) abort();
  }
  struct namespaceEntry *entry = &list->entries[list->count++];
  *entry = (struct namespaceEntry){.inode = inode, .started = UINT64_MAX};
  return entry;
}

// Field 22 of /proc/PID/stat; the name in field 2 may hold spaces and parentheses.
static uint64_t startOf(const char *pid) {
  char path[300], text[1024];
  snprintf(path, sizeof path, "/proc/%s/stat", pid);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return UINT64_MAX;
  ssize_t length = read(file, text, sizeof text - 1);
  close(file);
  if (length <= 0) return UINT64_MAX;
  text[length] = 0;
  char *field = strrchr(text, ')');
  for (int i = 2; field != NULL && i < 22; i++) field = strchr(field + 1, ' ');
  return field == NULL ? UINT64_MAX : strtoull(field, NULL, 10);
}

static void scanProcesses(struct namespaceList *list) {
  uint32_t ownHostname = inodeOf("/proc/self/ns/uts");
  DIR *directory = opendir("/proc");
  if (directory == NULL) return;
  for (struct dirent *item; (item = readdir(directory)) != NULL;) {
    if (item->d_name[0] < '1' || item->d_name[0] > '9') continue;
    char path[300];
    snprintf(path, sizeof path, "/proc/%s/ns/net", item->d_name);
    uint32_t inode = inodeOf(path);
    if (inode == 0) continue;  // it has just ended, or is a zombie
    struct namespaceEntry *entry = entryOf(list, inode);
    snprintf(path, sizeof path, "/proc/%s/ns/uts", item->d_name);
    uint32_t uts = inodeOf(path);
    bool named = uts != 0 && uts != ownHostname;
    uint64_t started = startOf(item->d_name);
    // A process with a hostname of its own stands for the namespace before an older one without.
    bool better = named != entry->ownHostname ? named : started < entry->started;
    if (entry->pid != 0 && !better) continue;
    entry->pid = atoi(item->d_name);
    entry->started = started;
    entry->ownHostname = named;
  }
  closedir(directory);
}

static void scanNames(struct namespaceList *list) {
  DIR *directory = opendir(NETNS_DIRECTORY);
  if (directory == NULL) return;
  struct stat parent;
  bool known = stat(NETNS_DIRECTORY, &parent) == 0;
  for (struct dirent *item; (item = readdir(directory)) != NULL;) {
    char path[300];
    struct stat status;
    snprintf(path, sizeof path, NETNS_DIRECTORY "/%s", item->d_name);
    // A name whose mount is gone is a plain file of the tmpfs; only mounted ones are namespaces.
    if (item->d_name[0] == '.' || stat(path, &status) != 0 || !known) continue;
    if (status.st_dev == parent.st_dev) continue;
    struct namespaceEntry *entry = entryOf(list, (uint32_t)status.st_ino);
    if (entry->nameCount < 8)
      snprintf(entry->names[entry->nameCount++], NAME_MAXIMUM, "%s", item->d_name);
  }
  closedir(directory);
}

static void readHostnames(struct namespaceList *list) {
  char own[NAME_MAXIMUM] = "";
  gethostname(own, sizeof own - 1);
  int home = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
  for (size_t i = 0; i < list->count; i++) {
    struct namespaceEntry *entry = &list->entries[i];
    memcpy(entry->hostname, own, sizeof own);
    if (!entry->ownHostname) continue;
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/ns/uts", entry->pid);
    int other = open(path, O_RDONLY | O_CLOEXEC);
    if (other < 0) continue;
    if (setns(other, CLONE_NEWUTS) == 0) {
      gethostname(entry->hostname, sizeof entry->hostname - 1);
      setns(home, CLONE_NEWUTS);
    }
    close(other);
  }
  close(home);
}

static uint32_t initialInode;

// The initial one first, then by the age of what holds it, oldest first.
static int byAge(const void *left, const void *right) {
  const struct namespaceEntry *a = left, *b = right;
  if ((a->inode == initialInode) != (b->inode == initialInode))
    return a->inode == initialInode ? -1 : 1;
  if (a->started != b->started) return a->started < b->started ? -1 : 1;
  return a->pid < b->pid ? -1 : a->pid > b->pid;
}

void scanNamespaces(struct namespaceList *list) {
  *list = (struct namespaceList){.initial = inodeOf("/proc/self/ns/net")};
  scanProcesses(list);
  scanNames(list);
  readHostnames(list);
  initialInode = list->initial;
  qsort(list->entries, list->count, sizeof *list->entries, byAge);
}

void freeNamespaces(struct namespaceList *list) {
  free(list->entries);
  *list = (struct namespaceList){0};
}

bool hasNamespace(uint32_t inode) {
  struct namespaceList list;
  scanNamespaces(&list);
  bool found = inode == 0;
  for (size_t i = 0; i < list.count; i++) found |= list.entries[i].inode == inode;
  freeNamespaces(&list);
  return found;
}

int openNamespace(const struct namespaceEntry *entry) {
  char path[300];
  if (entry->pid != 0)
    snprintf(path, sizeof path, "/proc/%d/ns/net", entry->pid);
  else
    snprintf(path, sizeof path, NETNS_DIRECTORY "/%s", entry->names[0]);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  // The process may have ended since it was listed, and its number may be another's by now.
  struct stat status;
  if (file >= 0 && (fstat(file, &status) != 0 || (uint32_t)status.st_ino != entry->inode)) {
    close(file);
    return -1;
  }
  return file;
}

bool enterNamespace(uint32_t inode, const char **byName) {
  static char name[NAME_MAXIMUM];
  struct namespaceList list;
  bool entered = false;
  *byName = NULL;
  scanNamespaces(&list);
  if (inode == 0 || inode == list.initial) {
    freeNamespaces(&list);
    return true;
  }
  for (size_t i = 0; i < list.count && !entered; i++) {
    struct namespaceEntry *entry = &list.entries[i];
    if (entry->inode != inode) continue;
    if (entry->nameCount > 0 && !entry->ownHostname) {
      snprintf(name, sizeof name, "%s", entry->names[0]);
      *byName = name;
      entered = true;
      break;
    }
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/ns/uts", entry->pid);
    int hostname = open(path, O_RDONLY | O_CLOEXEC), network = openNamespace(entry);
    entered = hostname >= 0 && network >= 0 && setns(hostname, CLONE_NEWUTS) == 0 &&
              setns(network, CLONE_NEWNET) == 0;
    if (hostname >= 0) close(hostname);
    if (network >= 0) close(network);
  }
  freeNamespaces(&list);
  return entered;
}
