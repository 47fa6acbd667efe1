/* The first process: what a distribution's initramfs would do, then the servers. */
#define _GNU_SOURCE
#include "guest.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DEVICE_WAIT_NS 10000000000ULL
#define POLL_NS 2000000ULL

static char command_line[4096];

/* Says why on the console and leaves a shell there. */
void die(const char *what) {
    printf("drover guest: %s: %m\n", what);
    fflush(stdout);
    execl("/bin/busybox", "sh", (char *)NULL);
    pause();
    abort();
}

uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

void sleep_until(uint64_t ns) {
    struct timespec until = {.tv_sec = (time_t)(ns / 1000000000ULL), .tv_nsec = (long)(ns % 1000000000ULL)};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

static void mount_all(void) {
    mkdir("/proc", 0755);
    mkdir("/sys", 0755);
    mkdir("/dev", 0755);
    mkdir("/disk", 0755);
    mount("proc", "/proc", "proc", 0, NULL);
    mount("sysfs", "/sys", "sysfs", 0, NULL);
    mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
    int console = open("/dev/console", O_RDWR);
    for (int fd = 0; console >= 0 && fd < 3; fd++) {
        dup2(console, fd);
    }
    int proc = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
    if (proc < 0 || read(proc, command_line, sizeof command_line - 1) <= 0) {
        die("cannot read the kernel's command line");
    }
    close(proc);
    command_line[strcspn(command_line, "\n")] = 0;
}

/* The value of NAME=value on the kernel's command line. */
const char *option(const char *name, const char *otherwise) {
    static char value[256];
    size_t length = strlen(name);
    for (const char *word = command_line; *word != 0; word += strcspn(word, " ")) {
        word += strspn(word, " ");
        if (strncmp(word, name, length) == 0 && word[length] == '=') {
            snprintf(value, sizeof value, "%.*s", (int)strcspn(word + length + 1, " "), word + length + 1);
            return value;
        }
    }
    return otherwise;
}

uint64_t option_bytes(const char *name, uint64_t otherwise) {
    const char *value = option(name, NULL);
    return (value == NULL ? otherwise : strtoull(value, NULL, 10)) / UNIT_BYTES * UNIT_BYTES;
}

/* /modules/order names the files in the order in which they depend on each other. */
static void insert_modules(void) {
    FILE *order = fopen("/modules/order", "re");
    char name[256];
    if (order == NULL) {
        die("cannot read /modules/order");
    }
    while (fgets(name, sizeof name, order) != NULL) {
        name[strcspn(name, "\n")] = 0;
        char path[300];
        snprintf(path, sizeof path, "/modules/%s", name);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0 || syscall(SYS_finit_module, fd, "", 0) != 0) {
            printf("drover guest: cannot insert %s: %m\n", name);
        }
        close(fd);
    }
    fclose(order);
}

static void mount_disk(const char *disk) {
    struct stat status;
    for (uint64_t end = now_ns() + DEVICE_WAIT_NS; stat(disk, &status) != 0 && now_ns() < end;) {
        sleep_until(now_ns() + POLL_NS);
    }
    if (mount(disk, "/disk", "ext4", MS_NOATIME, NULL) != 0) {
        die("cannot mount the disk");
    }
}

static void configure(int fd, const char *interface, const char *address) {
    char text[64];
    unsigned bits = 24;
    struct ifreq request = {0};
    struct sockaddr_in *in = (struct sockaddr_in *)&request.ifr_addr;
    snprintf(request.ifr_name, IFNAMSIZ, "%s", interface);
    if (address != NULL) {
        snprintf(text, sizeof text, "%s", address);
        if (strchr(text, '/') != NULL) {
            bits = (unsigned)atoi(strchr(text, '/') + 1);
            *strchr(text, '/') = 0;
        }
        in->sin_family = AF_INET;
        if (inet_pton(AF_INET, text, &in->sin_addr) != 1 || bits < 1 || bits > 32
                || ioctl(fd, SIOCSIFADDR, &request) != 0) {
            die("cannot set the address");
        }
        in->sin_addr.s_addr = htonl(0xffffffffU << (32 - bits));
        ioctl(fd, SIOCSIFNETMASK, &request);
    }
    if (ioctl(fd, SIOCGIFFLAGS, &request) != 0) {
        die("no network interface");
    }
    request.ifr_flags |= IFF_UP | IFF_RUNNING;
    if (ioctl(fd, SIOCSIFFLAGS, &request) != 0) {
        die("cannot bring the interface up");
    }
}

static void write_file(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, text, strlen(text)) < 0) {
        printf("drover guest: cannot write %s: %m\n", path);
    }
    close(fd);
}

static void configure_network(void) {
    /* Tell the neighbours at once: one that asked too early asks again only a second later. */
    write_file("/proc/sys/net/ipv4/conf/all/arp_notify", "1");
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    configure(fd, "lo", NULL);
    configure(fd, "eth0", option("drover.ip", "10.77.0.10/24"));
    close(fd);
}

void network_down(void) {
    struct ifreq request = {0};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    snprintf(request.ifr_name, IFNAMSIZ, "eth0");
    ioctl(fd, SIOCSIFFLAGS, &request);
    close(fd);
}

/* Priority 0 is the load's: it runs when nothing else wants to. */
void start_thread(void *(*body)(void *), int realtime_priority) {
    pthread_attr_t attributes;
    struct sched_param parameter = {.sched_priority = realtime_priority};
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED);
    pthread_attr_setschedpolicy(&attributes, realtime_priority > 0 ? SCHED_FIFO : SCHED_OTHER);
    pthread_attr_setschedparam(&attributes, &parameter);
    if (pthread_create(&thread, &attributes, body, NULL) != 0) {
        die("cannot start a thread");
    }
    pthread_detach(thread);
}

int main(void) {
    mount_all();
    signal(SIGPIPE, SIG_IGN);
    insert_modules();
    configure_network();
    uint64_t boot = 0;
    if (getrandom(&boot, sizeof boot, GRND_NONBLOCK) != sizeof boot) {
        boot = now_ns();
    }
    boot = mix(boot) | 1;
    const char *disk = strdup(option("drover.disk", "/dev/vda"));
    mount_disk(disk);
    arena_open(disk, option_bytes("drover.arena", 64 << 20), boot);
    region_open(option_bytes("drover.region", 32 << 20), boot);
    stream_open();
    control_open();
    start_thread(region_write, 0);
    start_thread(arena_write, 0);
    start_thread(serve_streams, 10);
    start_thread(serve_control, 0);
    start_thread(watch_button, 0);
    /* Last: who gets an answer may use all the rest. */
    start_thread(answer_packets, 20);
    printf("drover guest: serving\n");
    fflush(stdout);
    for (;;) {
        if (wait(NULL) < 0) {
            pause();
        }
    }
}
