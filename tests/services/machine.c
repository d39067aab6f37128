/* Preloaded into a program to give it a worse machine: a disk that is full, a clock that is wrong.
 *
 *     FULL_DISK   a folder: while a file of this name with ".full" behind it exists, nothing can be written under it
 *     CLOCK_SKEW  seconds that are added to every time of day
 *
 *     cc -shared -fPIC -o machine.so machine.c -ldl
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static int is_full(int file) {
    const char *folder = getenv("FULL_DISK");
    char mark[PATH_MAX], link[64], path[PATH_MAX];
    if (!folder) return 0;
    snprintf(mark, sizeof mark, "%s.full", folder);
    if (access(mark, F_OK)) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return !strncmp(path, folder, strlen(folder));
}

#define WRITER(name, parameters, arguments)                                   \
    ssize_t name parameters {                                                 \
        static ssize_t (*itself) parameters;                                  \
        if (!itself) itself = (ssize_t(*) parameters)dlsym(RTLD_NEXT, #name); \
        if (is_full(file)) { errno = ENOSPC; return -1; }                     \
        return itself arguments;                                              \
    }

WRITER(write, (int file, const void *data, size_t size), (file, data, size))
WRITER(pwrite, (int file, const void *data, size_t size, off_t place), (file, data, size, place))
WRITER(pwrite64, (int file, const void *data, size_t size, off64_t place), (file, data, size, place))
WRITER(writev, (int file, const struct iovec *parts, int count), (file, parts, count))
WRITER(pwritev, (int file, const struct iovec *parts, int count, off_t place), (file, parts, count, place))
WRITER(pwritev64, (int file, const struct iovec *parts, int count, off64_t place), (file, parts, count, place))

static long skew(void) {
    const char *seconds = getenv("CLOCK_SKEW");
    return seconds ? atol(seconds) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*itself)(clockid_t, struct timespec *);
    if (!itself) itself = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int result = itself(clock, now);
    if (!result && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += skew();
    return result;
}

int gettimeofday(struct timeval *now, void *zone) {
    struct timespec exact;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *result) {
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (result) *result = exact.tv_sec;
    return exact.tv_sec;
}
