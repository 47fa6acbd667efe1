/*
 * The guest's only program: it is the init, and it serves what the lab's client asks for.
 *
 *   init.c     mounts, modules, network; then starts the rest
 *   answer.c   UDP 7001: answers numbered packets
 *   stream.c   TCP 7002: a stream whose content follows from the offset
 *   unit.c     what a unit (4096 bytes of disk or memory) holds
 *   arena.c    random writes to the disk, and what they must read as
 *   region.c   random writes to memory, and what they must read as
 *   control.c  TCP 7003: one line of request, one line of answer
 *   button.c   shuts down when the power button is pressed
 */
#ifndef DROVER_GUEST_H
#define DROVER_GUEST_H

#include <stddef.h>
#include <stdint.h>

#define ANSWER_PORT 7001
#define STREAM_PORT 7002
#define CONTROL_PORT 7003

#define UNIT_BYTES 4096
#define UNIT_WORDS (UNIT_BYTES / 8)

struct verdict {
    uint64_t verified;
    uint64_t bad;
};

/* init.c */
const char *option(const char *name, const char *otherwise);
uint64_t option_bytes(const char *name, uint64_t otherwise);
void die(const char *what);
void start_thread(void *(*body)(void *), int realtime_priority);
uint64_t now_ns(void);
void sleep_until(uint64_t monotonic_ns);
void network_down(void);

/* unit.c */
uint64_t mix(uint64_t x);
uint64_t random_next(uint64_t *state);
void unit_fill(uint64_t *unit, uint64_t boot, uint64_t index, uint64_t seq);
int unit_is(const uint64_t *unit, uint64_t boot, uint64_t index, uint64_t seq);
int unit_is_untouched(const uint64_t *unit, uint64_t boot, uint64_t index);

/* Pays out bytes at a rate; a pause of the guest is not made up for. */
struct budget {
    uint64_t since_ns;
    uint64_t paid;
    uint64_t rate;
};
int budget_allows(struct budget *budget, uint64_t rate, uint64_t bytes);

/* answer.c */
void *answer_packets(void *unused);
uint64_t answers(void);

/* stream.c */
void stream_open(void);
void *serve_streams(void *unused);
uint64_t stream_bytes(void);
uint64_t stream_retransmits(void);

/* arena.c */
void arena_open(const char *disk, uint64_t bytes, uint64_t boot);
void *arena_write(void *unused);
void arena_rate(uint64_t bytes_per_second);
struct verdict arena_verify(void);
uint64_t arena_written(void);
uint64_t arena_errors(void);

/* region.c */
void region_open(uint64_t bytes, uint64_t boot);
void *region_write(void *unused);
void region_rate(uint64_t bytes_per_second);

/* What is wrong with bad pages: whole but an older write than noted, whole but a newer one, or not whole. */
struct bad_pages {
    uint64_t older;
    uint64_t newer;
    uint64_t torn;
    uint64_t first;
    uint64_t last;
};

struct verdict region_verify(struct bad_pages *bad);
uint64_t region_written(void);

/* control.c */
void control_open(void);
void *serve_control(void *unused);
int listen_on(int port);
void power_off(void);

/* button.c */
void *watch_button(void *unused);

#endif
