/* A unit: 4096 bytes that say which boot wrote them, where and as which write. */
#include "guest.h"

#include <stdatomic.h>
#include <string.h>

/* Mixing and sequence of splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators). */
#define GOLDEN 0x9e3779b97f4a7c15ULL

uint64_t mix(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
    return x ^ (x >> 31);
}

uint64_t random_next(uint64_t *state) {
    *state += GOLDEN;
    return mix(*state);
}

static uint64_t key(uint64_t boot, uint64_t index, uint64_t seq) {
    return mix(boot ^ mix(index + GOLDEN * (seq + 1)));
}

/* One addition and one store a word: software emulation has to keep up. */
void unit_fill(uint64_t *unit, uint64_t boot, uint64_t index, uint64_t seq) {
    uint64_t word = key(boot, index, seq);
    unit[0] = boot;
    unit[1] = index;
    unit[2] = seq;
    for (size_t i = 3; i < UNIT_WORDS; i++) {
        unit[i] = word;
        word += GOLDEN;
    }
}

int unit_is(const uint64_t *unit, uint64_t boot, uint64_t index, uint64_t seq) {
    uint64_t word = key(boot, index, seq);
    uint64_t wrong = (unit[0] ^ boot) | (unit[1] ^ index) | (unit[2] ^ seq);
    for (size_t i = 3; i < UNIT_WORDS; i++) {
        wrong |= unit[i] ^ word;
        word += GOLDEN;
    }
    return wrong == 0;
}

/* Never written in this boot: zeros, or whole and in its place from an earlier boot. */
int unit_is_untouched(const uint64_t *unit, uint64_t boot, uint64_t index) {
    uint64_t any = 0;
    for (size_t i = 0; i < UNIT_WORDS; i++) {
        any |= unit[i];
    }
    return any == 0 || (unit[0] != boot && unit_is(unit, unit[0], index, unit[2]));
}

int budget_allows(struct budget *budget, uint64_t rate, uint64_t bytes) {
    uint64_t now = now_ns();
    uint64_t due = rate == 0 ? 0 : (now - budget->since_ns) * rate / 1000000000ULL;
    if (rate != budget->rate || rate == 0 || due > budget->paid + rate / 10) {
        budget->rate = rate;
        budget->since_ns = now;
        budget->paid = 0;
        due = 0;
    }
    if (due < budget->paid + bytes) {
        return 0;
    }
    budget->paid += bytes;
    return 1;
}
