/*
 * The arena: the last bytes of the disk, outside the file system. Random runs of blocks are written past the page
 * cache; for every block the table keeps the last write that completed, so that verification is exact.
 */
#define _GNU_SOURCE
#include "guest.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define LONGEST_RUN 8
#define READ_UNITS 256
#define FLUSH_EVERY_NS 1000000000ULL
#define IDLE_NS 5000000ULL

/* seq 0: never written in this boot. failed: a write that the device refused; it may or may not have landed. */
struct block {
    uint64_t seq;
    uint64_t failed;
};

static int disk = -1;
static uint64_t offset;
static uint64_t count;
static uint64_t boot_id;
static struct block *blocks;
static _Atomic uint64_t rate;
static _Atomic uint64_t written;
static _Atomic uint64_t errors;
static pthread_mutex_t writing = PTHREAD_MUTEX_INITIALIZER;

void arena_open(const char *path, uint64_t bytes, uint64_t boot) {
    uint64_t size = 0;
    disk = open(path, O_RDWR | O_DIRECT | O_CLOEXEC);
    if (disk < 0 || ioctl(disk, BLKGETSIZE64, &size) != 0 || size < bytes) {
        die("cannot open the arena on the disk");
    }
    offset = size / UNIT_BYTES * UNIT_BYTES - bytes;
    count = bytes / UNIT_BYTES;
    boot_id = boot;
    blocks = calloc(count, sizeof *blocks);
    if (blocks == NULL) {
        die("no memory for the arena's table");
    }
}

void arena_rate(uint64_t bytes_per_second) {
    rate = bytes_per_second;
}

uint64_t arena_written(void) {
    return written;
}

uint64_t arena_errors(void) {
    return errors;
}

static void write_run(uint64_t *units, uint64_t first, uint64_t length, uint64_t seq) {
    for (uint64_t i = 0; i < length; i++) {
        unit_fill(units + i * UNIT_WORDS, boot_id, first + i, seq);
    }
    size_t bytes = length * UNIT_BYTES;
    ssize_t n = pwrite(disk, units, bytes, (off_t)(offset + first * UNIT_BYTES));
    for (uint64_t i = 0; i < length; i++) {
        if (n == (ssize_t)bytes) {
            blocks[first + i] = (struct block){.seq = seq};
        } else {
            blocks[first + i].failed = seq;
        }
    }
    if (n == (ssize_t)bytes) {
        written += bytes;
    } else {
        errors++;
    }
}

void *arena_write(void *unused) {
    (void)unused;
    uint64_t *units = aligned_alloc(UNIT_BYTES, LONGEST_RUN * UNIT_BYTES);
    uint64_t random = boot_id;
    uint64_t seq = 0;
    uint64_t flushed_ns = now_ns();
    struct budget budget = {0};
    uint64_t length = 1 + random_next(&random) % LONGEST_RUN;
    for (;;) {
        if (!budget_allows(&budget, rate, length * UNIT_BYTES)) {
            sleep_until(now_ns() + IDLE_NS);
            continue;
        }
        pthread_mutex_lock(&writing);
        write_run(units, random_next(&random) % (count - length + 1), length, ++seq);
        if (now_ns() - flushed_ns > FLUSH_EVERY_NS) {
            errors += fdatasync(disk) != 0;
            flushed_ns = now_ns();
        }
        pthread_mutex_unlock(&writing);
        length = 1 + random_next(&random) % LONGEST_RUN;
    }
    return NULL;
}

static int block_is_good(const uint64_t *unit, uint64_t index) {
    struct block expected = blocks[index];
    if (expected.failed != 0 && unit_is(unit, boot_id, index, expected.failed)) {
        return 1;
    }
    return expected.seq == 0 ? unit_is_untouched(unit, boot_id, index)
                             : unit_is(unit, boot_id, index, expected.seq);
}

struct verdict arena_verify(void) {
    struct verdict verdict = {0};
    uint64_t *units = aligned_alloc(UNIT_BYTES, READ_UNITS * UNIT_BYTES);
    pthread_mutex_lock(&writing);
    for (uint64_t first = 0; first < count; first += READ_UNITS) {
        uint64_t length = count - first < READ_UNITS ? count - first : READ_UNITS;
        size_t bytes = length * UNIT_BYTES;
        int readable = pread(disk, units, bytes, (off_t)(offset + first * UNIT_BYTES)) == (ssize_t)bytes;
        for (uint64_t i = 0; i < length; i++) {
            verdict.verified++;
            verdict.bad += !readable || !block_is_good(units + i * UNIT_WORDS, first + i);
        }
    }
    pthread_mutex_unlock(&writing);
    free(units);
    return verdict;
}
