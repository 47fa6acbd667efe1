/* UDP: every numbered packet is sent back as it came. */
#define _GNU_SOURCE
#include "guest.h"

#include <arpa/inet.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>

static _Atomic uint64_t answered;

uint64_t answers(void) {
    return answered;
}

void *answer_packets(void *unused) {
    (void)unused;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_port = htons(ANSWER_PORT)};
    /* Room for a second of packets that were held while the guest was moved. */
    int room = 16 << 20;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
    if (fd < 0 || bind(fd, (struct sockaddr *)&any, sizeof any) != 0) {
        die("cannot listen for packets");
    }
    for (;;) {
        char packet[2048];
        struct sockaddr_in from;
        socklen_t length = sizeof from;
        ssize_t n = recvfrom(fd, packet, sizeof packet, 0, (struct sockaddr *)&from, &length);
        if (n >= 4 && memcmp(packet, "DRVR", 4) == 0
                && sendto(fd, packet, (size_t)n, 0, (struct sockaddr *)&from, length) == n) {
            answered++;
        }
    }
    return NULL;
}
