// Starts what runs inside the sandbox: a shell on a pty of its own, or a program on pipes.
// Both in a session of their own, with default signal handling: whoever started the agent may have
// ignored SIGINT, and a shell that inherits that can never be interrupted.
// Source: pty(7), setns(2), credentials(7).

#include "agent.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static char promptName[NAME_MAXIMUM + 32];
static char *environment[] = {"HOME=/root",           "USER=root",     "SHELL=/bin/bash",
                              "TERM=xterm-256color",  "LANG=C.UTF-8",
                              "PATH=/usr/sbin:/usr/bin:/sbin:/bin",    NULL, NULL};

static void becomeProgram(int input, int output, uint32_t inode, char *const argv[]) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  for (int number = 1; number < 32; number++) signal(number, SIG_DFL);
  const char *byName = NULL;
  bool entered = enterNamespace(inode, &byName);
  dup2(input, 0);
  dup2(output, 1);
  dup2(output, 2);
  if (!entered) {
    dprintf(2, "This namespace has gone.\n");
    _exit(126);
  }
  if (chdir("/root") != 0 && chdir("/") != 0) _exit(126);
  environ = environment;
  if (byName != NULL) {  // the last place of the environment is kept free for it
    snprintf(promptName, sizeof promptName, "VETHBOOK_NAME=%s", byName);
    environment[sizeof environment / sizeof *environment - 2] = promptName;
  }
  char *full[260] = {"ip", "netns", "exec", (char *)byName};
  int count = byName == NULL ? 0 : 4;
  for (; *argv != NULL && count < 259; argv++) full[count++] = *argv;
  full[count] = NULL;
  execvp(full[0], full);
  dprintf(2, "%s: %s\n", full[0], errno == ENOENT ? "command not found" : strerror(errno));
  _exit(errno == ENOENT ? 127 : 126);
}

bool startTerminal(uint32_t inode, uint16_t rows, uint16_t columns, struct started *result) {
  char name[64];
  struct winsize size = {.ws_row = rows, .ws_col = columns};
  int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  if (master < 0) return false;
  if (grantpt(master) != 0 || unlockpt(master) != 0 || ptsname_r(master, name, sizeof name) != 0) {
    close(master);
    return false;
  }
  ioctl(master, TIOCSWINSZ, &size);
  pid_t child = fork();
  if (child == 0) {
    setsid();
    int slave = open(name, O_RDWR | O_CLOEXEC);
    ioctl(slave, TIOCSCTTY, 0);
    char *argv[] = {"/bin/bash", "--rcfile", "/etc/vethbook/bashrc", "-i", NULL};
    becomeProgram(slave, slave, inode, argv);
  }
  if (child < 0) {
    close(master);
    return false;
  }
  *result = (struct started){child, master, master};
  return true;
}

bool startProgram(uint32_t inode, char *const argv[], struct started *result) {
  int input[2], output[2];
  if (pipe2(input, O_CLOEXEC) != 0) return false;
  if (pipe2(output, O_CLOEXEC) != 0) {
    close(input[0]);
    close(input[1]);
    return false;
  }
  pid_t child = fork();
  if (child == 0) {
    setsid();
    becomeProgram(input[0], output[1], inode, argv);
  }
  close(input[0]);
  close(output[1]);
  if (child < 0) {
    close(input[1]);
    close(output[0]);
    return false;
  }
  fcntl(input[1], F_SETFL, O_NONBLOCK);
  fcntl(output[0], F_SETFL, O_NONBLOCK);
  *result = (struct started){child, input[1], output[0]};
  return true;
}
