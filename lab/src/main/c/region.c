/* The region: memory that is filled once, then rewritten page by page at random. */
#define _GNU_SOURCE
#include "guest.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

#define IDLE_NS 2000000ULL

static uint64_t *pages;
static uint64_t *seqs;
static uint64_t count;
static uint64_t boot_id;
static _Atomic uint64_t rate;
static _Atomic uint64_t written;
static pthread_mutex_t writing = PTHREAD_MUTEX_INITIALIZER;

void region_open(uint64_t bytes, uint64_t boot) {
    count = bytes / UNIT_BYTES;
    boot_id = boot;
    pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    seqs = calloc(count, sizeof *seqs);
    if (pages == MAP_FAILED || seqs == NULL) {
        die("no memory for the region");
    }
}

void region_rate(uint64_t bytes_per_second) {
    rate = bytes_per_second;
}

uint64_t region_written(void) {
    return written;
}

static void write_page(uint64_t index, uint64_t seq) {
    pthread_mutex_lock(&writing);
    unit_fill(pages + index * UNIT_WORDS, boot_id, index, seq);
    seqs[index] = seq;
    pthread_mutex_unlock(&writing);
}

void *region_write(void *unused) {
    (void)unused;
    uint64_t random = mix(boot_id);
    uint64_t seq = 0;
    struct budget budget = {0};
    for (uint64_t index = 0; index < count; index++) {
        write_page(index, ++seq);
    }
    for (;;) {
        if (!budget_allows(&budget, rate, UNIT_BYTES)) {
            sleep_until(now_ns() + IDLE_NS);
            continue;
        }
        write_page(random_next(&random) % count, ++seq);
        written += UNIT_BYTES;
    }
    return NULL;
}

static void tell_apart(const uint64_t *page, uint64_t index, struct bad_pages *bad) {
    bad->first = bad->older + bad->newer + bad->torn == 0 ? index : bad->first;
    bad->last = index;
    if (!unit_is(page, boot_id, index, page[2])) {
        bad->torn++;
    } else if (page[2] < seqs[index]) {
        bad->older++;
    } else {
        bad->newer++;
    }
}

struct verdict region_verify(struct bad_pages *bad) {
    struct verdict verdict = {0};
    pthread_mutex_lock(&writing);
    for (uint64_t index = 0; index < count; index++) {
        const uint64_t *page = pages + index * UNIT_WORDS;
        int good = seqs[index] == 0 ? unit_is_untouched(page, boot_id, index)
                                    : unit_is(page, boot_id, index, seqs[index]);
        verdict.verified++;
        if (!good) {
            verdict.bad++;
            tell_apart(page, index, bad);
        }
    }
    pthread_mutex_unlock(&writing);
    return verdict;
}
