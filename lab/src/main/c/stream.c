/* TCP: a client sends "rate BYTES_PER_SECOND\n" and gets words that follow from their offset. */
#define _GNU_SOURCE
#include "guest.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define TICK_NS 10000000ULL
#define CHUNK_WORDS 8192

static int listener;
static _Atomic uint64_t sent;
static _Atomic uint64_t retransmits_of_closed;
static _Atomic int current = -1;

uint64_t stream_bytes(void) {
    return sent;
}

static uint64_t retransmits_of(int fd) {
    struct tcp_info info = {0};
    socklen_t length = sizeof info;
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) == 0 ? info.tcpi_total_retrans : 0;
}

uint64_t stream_retransmits(void) {
    int fd = current;
    return retransmits_of_closed + (fd < 0 ? 0 : retransmits_of(fd));
}

static int send_all(int fd, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t n = send(fd, bytes, count, MSG_NOSIGNAL);
        if (n <= 0) {
            return 0;
        }
        bytes += n;
        count -= (size_t)n;
        sent += (uint64_t)n;
    }
    return 1;
}

static uint64_t asked_rate(int fd) {
    char line[64];
    size_t length = 0;
    while (length < sizeof line - 1 && read(fd, line + length, 1) == 1 && line[length] != '\n') {
        length++;
    }
    line[length] = 0;
    unsigned long long rate = 0;
    return sscanf(line, "rate %llu", &rate) == 1 ? rate : 0;
}

static void serve(int fd) {
    static uint64_t words[CHUNK_WORDS];
    uint64_t rate = asked_rate(fd);
    uint64_t next_word = 0;
    uint64_t next_tick = now_ns();
    size_t count = rate * (TICK_NS / 1000000) / 8000;
    count = count < 1 ? 1 : count > CHUNK_WORDS ? CHUNK_WORDS : count;
    while (rate > 0) {
        for (size_t i = 0; i < count; i++) {
            words[i] = mix(next_word++);
        }
        if (!send_all(fd, (const char *)words, count * 8)) {
            return;
        }
        uint64_t now = now_ns();
        next_tick = now > next_tick + 10 * TICK_NS ? now : next_tick + TICK_NS;
        sleep_until(next_tick);
    }
}

void stream_open(void) {
    listener = listen_on(STREAM_PORT);
}

void *serve_streams(void *unused) {
    (void)unused;
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0) {
            continue;
        }
        current = fd;
        serve(fd);
        current = -1;
        retransmits_of_closed += retransmits_of(fd);
        close(fd);
    }
    return NULL;
}
