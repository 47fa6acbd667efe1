/*
 * TCP: "load DISK MEMORY" (bytes a second), "verify", "stats", "poweroff", each answered by one line,
 * "ok key=value ..." or "error what went wrong".
 */
#define _GNU_SOURCE
#include "guest.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <unistd.h>

static int listener;

int listen_on(int port) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof any) != 0 || listen(fd, 8) != 0) {
        die("cannot listen");
    }
    return fd;
}

static void set_load(uint64_t disk, uint64_t memory) {
    arena_rate(disk);
    region_rate(memory);
}

void power_off(void) {
    set_load(0, 0);
    /*
     * Shutting down breaks the virtqueues (virtio_dev_shutdown, 6.1.192); virtio_net then spins for ever in
     * virtnet_poll_cleantx if it is polling: 1 of 8 power-offs under traffic hung so. An interface that is down
     * does not poll.
     */
    network_down();
    umount("/disk");
    sync();
    reboot(RB_POWER_OFF);
}

static void answer(const char *line, char *reply, size_t room) {
    typedef unsigned long long ull;
    ull disk_rate, memory_rate;
    if (sscanf(line, "load %llu %llu", &disk_rate, &memory_rate) == 2) {
        set_load(disk_rate, memory_rate);
        snprintf(reply, room, "ok\n");
    } else if (strcmp(line, "verify") == 0) {
        struct verdict disk = arena_verify();
        struct bad_pages bad = {0};
        struct verdict memory = region_verify(&bad);
        snprintf(reply, room,
                "ok verified_blocks=%llu bad_blocks=%llu verified_pages=%llu bad_pages=%llu older_pages=%llu "
                "newer_pages=%llu torn_pages=%llu first_bad_page=%llu last_bad_page=%llu\n",
                (ull)disk.verified, (ull)disk.bad, (ull)memory.verified, (ull)memory.bad, (ull)bad.older,
                (ull)bad.newer, (ull)bad.torn, (ull)bad.first, (ull)bad.last);
    } else if (strcmp(line, "stats") == 0) {
        snprintf(reply, room,
                "ok answers=%llu stream_bytes=%llu stream_retransmits=%llu disk_bytes=%llu disk_errors=%llu "
                "memory_bytes=%llu\n",
                (ull)answers(), (ull)stream_bytes(), (ull)stream_retransmits(), (ull)arena_written(),
                (ull)arena_errors(), (ull)region_written());
    } else if (strcmp(line, "poweroff") == 0) {
        snprintf(reply, room, "ok\n");
    } else {
        snprintf(reply, room, "error No such request: %s\n", line);
    }
}

static void *converse(void *opaque) {
    FILE *peer = fdopen((int)(intptr_t)opaque, "r+");
    char line[256];
    char reply[512];
    while (peer != NULL && fgets(line, sizeof line, peer) != NULL) {
        line[strcspn(line, "\r\n")] = 0;
        answer(line, reply, sizeof reply);
        /* A seek between reading and writing is due by the C standard (7.21.5.3); sockets ignore it. */
        fseek(peer, 0, SEEK_CUR);
        fputs(reply, peer);
        fflush(peer);
        if (strcmp(line, "poweroff") == 0) {
            /* The answer is on its way before the kernel goes. */
            sleep_until(now_ns() + 100000000ULL);
            power_off();
        }
    }
    if (peer != NULL) {
        fclose(peer);
    }
    return NULL;
}

void control_open(void) {
    listener = listen_on(CONTROL_PORT);
}

void *serve_control(void *unused) {
    (void)unused;
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        pthread_t thread;
        if (fd >= 0 && pthread_create(&thread, NULL, converse, (void *)(intptr_t)fd) == 0) {
            pthread_detach(thread);
        } else if (fd >= 0) {
            close(fd);
        }
    }
    return NULL;
}
