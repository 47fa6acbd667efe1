/* The power button: whoever presses it shuts the guest down. */
#define _GNU_SOURCE
#include "guest.h"

#include <fcntl.h>
#include <linux/input.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#define DEVICES 8

/* Takes all of it that has come; true when the button went down (KEY_POWER of linux/input-event-codes.h). */
static int is_pressed(int fd) {
    struct input_event event;
    int pressed = 0;
    while (read(fd, &event, sizeof event) == (ssize_t)sizeof event) {
        pressed |= event.type == EV_KEY && event.code == KEY_POWER && event.value == 1;
    }
    return pressed;
}

void *watch_button(void *unused) {
    struct pollfd devices[DEVICES];
    nfds_t count = 0;
    for (int i = 0; i < DEVICES; i++) {
        char path[32];
        snprintf(path, sizeof path, "/dev/input/event%d", i);
        int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        if (fd >= 0) {
            devices[count++] = (struct pollfd){.fd = fd, .events = POLLIN};
        }
    }
    if (count == 0) {
        printf("drover guest: there is no power button\n");
        return unused;
    }
    for (;;) {
        if (poll(devices, count, -1) <= 0) {
            continue;
        }
        for (nfds_t i = 0; i < count; i++) {
            if (is_pressed(devices[i].fd)) {
                power_off();
            }
        }
    }
}
