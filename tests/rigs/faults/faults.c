/*
 * A folder shown through FUSE, of which chosen calls fail: faults BACKING MOUNTPOINT RULES
 * It speaks the kernel's protocol (linux/fuse.h), so it needs a compiler and no library.
 *
 * RULES is a file that is read before each call, lines of "call errno every": "write 28 10" has each
 * tenth write say ENOSPC. The errno 999 changes a bit of what is written, and says
 * nothing. Calls: read write fsync fsyncdir link unlink rename create open mkdir.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#define MAX_NODES 65536
#define MAX_WRITE 131072
#define CORRUPT 999

static int dev;
static const char *rules;
static char *paths[MAX_NODES]; /* by node; 1 is the root */
static int nodes = 1;
static struct { char call[16]; long count; } counts[16];

static int fault(const char *call) {
  FILE *file = fopen(rules, "r");
  if (!file) return 0;
  char name[16];
  int code, every, found = 0;
  while (fscanf(file, "%15s %d %d", name, &code, &every) == 3) {
    if (strcmp(name, call)) continue;
    int at = 0;
    while (counts[at].call[0] && strcmp(counts[at].call, call)) at++;
    strcpy(counts[at].call, call);
    if (++counts[at].count % every == 0) found = -code;
  }
  fclose(file);
  return found;
}

static void answer(struct fuse_in_header *in, int error, const void *data, size_t size) {
  struct fuse_out_header out = {sizeof out + (error ? 0 : size), error, in->unique};
  struct iovec parts[2] = {{&out, sizeof out}, {(void *)data, error ? 0 : size}};
  if (writev(dev, parts, 2) < 0 && errno != ENOENT) perror("faults: answer");
}

static const char *path_of(uint64_t node, const char *name, char *into) {
  snprintf(into, 8192, name ? "%s/%s" : "%s", paths[node], name);
  return into;
}

static int node_of(const char *path) {
  for (int node = 1; node <= nodes; node++) if (!strcmp(paths[node], path)) return node;
  paths[++nodes] = strdup(path);
  return nodes;
}

/* Whatever has this name next is another node. */
static void forget(const char *path) {
  int node = node_of(path);
  free(paths[node]);
  paths[node] = strdup("/nowhere");
}

static void to_attr(const struct stat *st, struct fuse_attr *attr) {
  memset(attr, 0, sizeof *attr);
  attr->ino = st->st_ino; attr->size = st->st_size; attr->blocks = st->st_blocks;
  attr->atime = st->st_atim.tv_sec; attr->atimensec = st->st_atim.tv_nsec;
  attr->mtime = st->st_mtim.tv_sec; attr->mtimensec = st->st_mtim.tv_nsec;
  attr->ctime = st->st_ctim.tv_sec; attr->ctimensec = st->st_ctim.tv_nsec;
  attr->mode = st->st_mode; attr->nlink = st->st_nlink;
  attr->uid = st->st_uid; attr->gid = st->st_gid; attr->blksize = 4096;
}

static int entry(const char *path, struct fuse_entry_out *out) {
  struct stat st;
  if (lstat(path, &st)) return -errno;
  memset(out, 0, sizeof *out);
  out->nodeid = node_of(path);
  to_attr(&st, &out->attr);
  return 0;
}

static void answer_entry(struct fuse_in_header *in, const char *path) {
  struct fuse_entry_out out;
  int error = entry(path, &out);
  answer(in, error, &out, sizeof out);
}

static void answer_attr(struct fuse_in_header *in) {
  struct fuse_attr_out out = {0};
  struct stat st;
  int error = lstat(paths[in->nodeid], &st) ? -errno : 0;
  to_attr(&st, &out.attr);
  answer(in, error, &out, sizeof out);
}

static void set_attr(struct fuse_in_header *in, struct fuse_setattr_in *set) {
  const char *path = paths[in->nodeid];
  int error = 0;
  if (set->valid & FATTR_MODE) error |= chmod(path, set->mode);
  if (set->valid & FATTR_SIZE) error |= truncate(path, set->size);
  if (set->valid & (FATTR_ATIME | FATTR_MTIME)) {
    struct timespec times[2] = {{set->atime, set->atimensec}, {set->mtime, set->mtimensec}};
    if (!(set->valid & FATTR_ATIME)) times[0].tv_nsec = UTIME_OMIT;
    if (!(set->valid & FATTR_MTIME)) times[1].tv_nsec = UTIME_OMIT;
    error |= utimensat(AT_FDCWD, path, times, 0);
  }
  if (error) answer(in, -errno, 0, 0);
  else answer_attr(in);
}

static void read_dir(struct fuse_in_header *in, struct fuse_read_in *ask) {
  static char buffer[65536];
  size_t size = 0;
  DIR *folder = opendir(paths[in->nodeid]);
  if (!folder) return answer(in, -errno, 0, 0);
  struct dirent *found;
  for (uint64_t at = 1; (found = readdir(folder)); at++) {
    size_t length = strlen(found->d_name), whole = FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + length);
    if (at <= ask->offset) continue;
    if (size + whole > ask->size || size + whole > sizeof buffer) break;
    struct fuse_dirent *to = (void *)(buffer + size);
    memset(to, 0, whole);
    to->ino = found->d_ino; to->off = at; to->namelen = length; to->type = found->d_type;
    memcpy(to->name, found->d_name, length);
    size += whole;
  }
  closedir(folder);
  answer(in, 0, buffer, size);
}

static void handle(struct fuse_in_header *in, char *data) {
  static char bytes[MAX_WRITE * 8], one[8192], two[8192];
  int error = 0;
  switch (in->opcode) {
  case FUSE_INIT: {
    struct fuse_init_in *ask = (void *)data;
    struct fuse_init_out out = {.major = 7, .minor = 31, .max_readahead = ask->max_readahead,
      .flags = FUSE_BIG_WRITES, .max_write = MAX_WRITE, .max_background = 16,
      .congestion_threshold = 12, .time_gran = 1};
    return answer(in, 0, &out, sizeof out);
  }
  case FUSE_FORGET: case FUSE_BATCH_FORGET: case FUSE_INTERRUPT: return;
  case FUSE_LOOKUP: return answer_entry(in, path_of(in->nodeid, data, one));
  case FUSE_GETATTR: return answer_attr(in);
  case FUSE_SETATTR: return set_attr(in, (void *)data);
  case FUSE_MKDIR: {
    struct fuse_mkdir_in *ask = (void *)data;
    path_of(in->nodeid, data + sizeof *ask, one);
    if ((error = fault("mkdir")) || (mkdir(one, ask->mode) && (error = -errno))) break;
    return answer_entry(in, one);
  }
  case FUSE_UNLINK:
    path_of(in->nodeid, data, one);
    if (!(error = fault("unlink")) && unlink(one)) error = -errno;
    if (!error) forget(one);
    break;
  case FUSE_RMDIR: if (rmdir(path_of(in->nodeid, data, one))) error = -errno; break;
  case FUSE_RENAME: case FUSE_RENAME2: {
    uint64_t to = ((struct fuse_rename_in *)data)->newdir;
    char *name = data + (in->opcode == FUSE_RENAME ? sizeof(struct fuse_rename_in)
                                                   : sizeof(struct fuse_rename2_in));
    path_of(in->nodeid, name, one);
    path_of(to, name + strlen(name) + 1, two);
    if (!(error = fault("rename")) && rename(one, two)) error = -errno;
    if (!error) {
      int node = node_of(one);
      forget(two);
      free(paths[node]);
      paths[node] = strdup(two);
    }
    break;
  }
  case FUSE_LINK: {
    struct fuse_link_in *ask = (void *)data;
    path_of(in->nodeid, data + sizeof *ask, one);
    if ((error = fault("link")) || (link(paths[ask->oldnodeid], one) && (error = -errno))) break;
    return answer_entry(in, one);
  }
  case FUSE_CREATE: {
    struct fuse_create_in *ask = (void *)data;
    struct { struct fuse_entry_out entry; struct fuse_open_out open; } out = {0};
    path_of(in->nodeid, data + sizeof *ask, one);
    if ((error = fault("create"))) break;
    int fd = open(one, (ask->flags & ~O_NOFOLLOW) | O_CREAT, ask->mode);
    if (fd < 0) { error = -errno; break; }
    if ((error = entry(one, &out.entry))) { close(fd); break; }
    out.open.fh = fd;
    out.open.open_flags = FOPEN_DIRECT_IO;
    return answer(in, 0, &out, sizeof out);
  }
  case FUSE_OPEN: {
    struct fuse_open_out out = {.open_flags = FOPEN_DIRECT_IO};
    if ((error = fault("open"))) break;
    int fd = open(paths[in->nodeid], ((struct fuse_open_in *)data)->flags & ~O_NOFOLLOW);
    if (fd < 0) { error = -errno; break; }
    out.fh = fd;
    return answer(in, 0, &out, sizeof out);
  }
  case FUSE_READ: {
    struct fuse_read_in *ask = (void *)data;
    if ((error = fault("read"))) break;
    ssize_t size = pread(ask->fh, bytes, ask->size < sizeof bytes ? ask->size : sizeof bytes,
                         ask->offset);
    return answer(in, size < 0 ? -errno : 0, bytes, size < 0 ? 0 : size);
  }
  case FUSE_WRITE: {
    struct fuse_write_in *ask = (void *)data;
    struct fuse_write_out out = {0};
    error = fault("write");
    if (error == -CORRUPT) data[sizeof *ask + ask->size / 2] ^= 1;
    else if (error) break;
    error = 0;
    ssize_t size = pwrite(ask->fh, data + sizeof *ask, ask->size, ask->offset);
    if (size < 0) { error = -errno; break; }
    out.size = size;
    return answer(in, 0, &out, sizeof out);
  }
  case FUSE_FSYNC:
    if (!(error = fault("fsync")) && fsync(((struct fuse_fsync_in *)data)->fh)) error = -errno;
    break;
  case FUSE_FSYNCDIR: error = fault("fsyncdir"); break;
  case FUSE_RELEASE: close(((struct fuse_release_in *)data)->fh); break;
  case FUSE_OPENDIR: {
    struct fuse_open_out out = {0};
    return answer(in, 0, &out, sizeof out);
  }
  case FUSE_READDIR: return read_dir(in, (void *)data);
  case FUSE_RELEASEDIR: case FUSE_FLUSH: break;
  case FUSE_STATFS: {
    struct statvfs st;
    struct fuse_statfs_out out = {0};
    statvfs(paths[1], &st);
    out.st.blocks = st.f_blocks; out.st.bfree = st.f_bfree; out.st.bavail = st.f_bavail;
    out.st.files = st.f_files; out.st.ffree = st.f_ffree; out.st.bsize = st.f_bsize;
    out.st.frsize = st.f_frsize; out.st.namelen = 255;
    return answer(in, 0, &out, sizeof out);
  }
  case FUSE_DESTROY: exit(0);
  default: error = -ENOSYS;
  }
  answer(in, error, 0, 0);
}

int main(int count, char **args) {
  if (count != 4) return 2;
  static char buffer[MAX_WRITE * 2 + 65536], options[200];
  paths[1] = args[1];
  rules = args[3];
  umask(0);
  dev = open("/dev/fuse", O_RDWR);
  if (dev < 0) { perror("faults: /dev/fuse"); return 1; }
  snprintf(options, sizeof options, "fd=%d,rootmode=40755,user_id=0,group_id=0,allow_other", dev);
  if (mount("faults", args[2], "fuse", MS_NOSUID | MS_NODEV, options)) {
    perror("faults: mount");
    return 1;
  }
  puts("mounted");
  fflush(stdout);
  for (;;) {
    ssize_t size = read(dev, buffer, sizeof buffer);
    if (size < 0 && (errno == EINTR || errno == EAGAIN || errno == ENOENT)) continue;
    if (size < 0) return errno == ENODEV ? 0 : 1;
    handle((void *)buffer, buffer + sizeof(struct fuse_in_header));
  }
}
