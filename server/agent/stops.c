// What Ctrl-C means for a shell with our bashrc: the whole run stops, not only its first command.
// While the shell does not read a line (then it would have its tty in raw mode) it is told so by a
// signal that does nothing by default, and by a note, see bashrc. The shell empties the note at its
// next prompt. A shell without our bashrc is not harmed by either.
//
// The kernel sends Ctrl-C's SIGINT to whatever has the tty at that moment. While a program is being
// started that is the shell, or a copy of the shell that does not yet run the program, and neither
// tells the program; so it is told here, as soon as it runs.
// Source: termios(3) ISIG, tcgetpgrp(3), proc(5).

#include "agent.h"
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define NOTES "/run/vethbook"
enum { CONTROL_C = 3, CHECK_AFTER = 30 };

static void notePath(const struct program *program, char *path, size_t room) {
  snprintf(path, room, NOTES "/stop.%d", program->pid);
}

void stopsStart(void) { mkdir(NOTES, 0700); }

static size_t readProcess(const char *pid, const char *name, char *text, size_t room) {
  char path[300];
  snprintf(path, sizeof path, "/proc/%s/%s", pid, name);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t length = file < 0 ? 0 : read(file, text, room - 1);
  if (file >= 0) close(file);
  text[length > 0 ? length : 0] = 0;
  return length > 0 ? length : 0;
}

// Field 5 of /proc/PID/stat; the name in field 2 may hold spaces and parentheses.
static pid_t groupOf(const char *pid) {
  char text[1024];
  readProcess(pid, "stat", text, sizeof text);
  char *end = strrchr(text, ')');
  pid_t group = -1;
  return end != NULL && sscanf(end, ") %*c %*d %d", &group) == 1 ? group : -1;
}

// Whether each process of this group runs a program of its own: a fork of the shell still has the
// shell's command line.
static bool runsProgram(pid_t group, pid_t shell) {
  char own[512], other[512], pid[16];
  bool runs = true;
  snprintf(pid, sizeof pid, "%d", shell);
  size_t length = readProcess(pid, "cmdline", own, sizeof own);
  DIR *directory = opendir("/proc");
  if (directory == NULL) return true;
  for (struct dirent *item; runs && (item = readdir(directory)) != NULL;) {
    if (item->d_name[0] < '1' || item->d_name[0] > '9' || groupOf(item->d_name) != group) continue;
    runs = readProcess(item->d_name, "cmdline", other, sizeof other) != length ||
           memcmp(own, other, length) != 0;
  }
  closedir(directory);
  return runs;
}

void announceStop(struct program *program, const unsigned char *data, size_t length) {
  struct termios modes;
  char path[64];
  if (memchr(data, CONTROL_C, length) == NULL || tcgetattr(program->output, &modes) != 0) return;
  if (!(modes.c_lflag & ICANON)) return;
  notePath(program, path, sizeof path);
  int note = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (note < 0) return;
  if (write(note, "1", 1) == 1) {
    kill(program->pid, SIGURG);
    if (!runsProgram(tcgetpgrp(program->output), program->pid))
      program->stopCheck = milliseconds() + CHECK_AFTER;
  }
  close(note);
}

void checkStop(struct program *program) {
  char path[64];
  struct stat note;
  notePath(program, path, sizeof path);
  program->stopCheck = 0;
  if (program->output < 0 || stat(path, &note) != 0 || note.st_size == 0) return;
  pid_t foreground = tcgetpgrp(program->output);
  if (foreground > 0 && runsProgram(foreground, program->pid))
    kill(-foreground, SIGINT);
  else
    program->stopCheck = milliseconds() + CHECK_AFTER;
}

void forgetStop(const struct program *program) {
  char path[64];
  notePath(program, path, sizeof path);
  unlink(path);
}
