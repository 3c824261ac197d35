/* A VST2 instrument that misbehaves on request, for the tests of plugin hosting.  Written from the layout of the
   binary interface alone.  FAULT: 0 plays a square wave, 1 crashes on load, 2 sleeps for ever on load, 3 crashes
   while playing, 4 plays numbers that are none, 5 stays silent, 6 sleeps for ever while playing, 7 leaves on load
   with a clean exit status, 8 prints without end while it plays. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct Effect Effect;
struct Effect {
    int32_t magic;
    intptr_t (*dispatch)(Effect *, int32_t, int32_t, intptr_t, void *, float);
    void (*accumulate)(Effect *, float **, float **, int32_t);
    void (*set_parameter)(Effect *, int32_t, float);
    float (*get_parameter)(Effect *, int32_t);
    int32_t programs, parameters, inputs, outputs, flags;
    intptr_t host_own[2];
    int32_t latency, real_qualities, off_qualities;
    float io_ratio;
    void *object, *user;
    int32_t id, version;
    void (*replace)(Effect *, float **, float **, int32_t);
    void (*replace_double)(Effect *, double **, double **, int32_t);
    char future[56];
};

struct Events { int32_t count; intptr_t reserved; struct Event { int32_t type, size, delta, flags; int32_t details[2]; unsigned char midi[4]; } *events[1]; };

static int sounding = 0;
static long position = 0;

static intptr_t dispatch(Effect *effect, int32_t code, int32_t index, intptr_t value, void *pointer, float number) {
    (void)effect; (void)index; (void)value; (void)number;
    if (code == 25) { /* events from the host */
        struct Events *events = pointer;
        for (int i = 0; i < events->count; i++) {
            int status = events->events[i]->midi[0] & 0xF0;
            if (status == 0x90) sounding = 1;
            if (status == 0x80) sounding = 0;
        }
        return 1;
    }
    if (code == 35) return 2; /* category: synthesizer */
    if (code == 58) return 2400; /* version of the interface */
    return 0;
}

static void replace(Effect *effect, float **in, float **out, int32_t frames) {
    (void)effect; (void)in;
    for (int32_t i = 0; i < frames; i++) {
        float sample = sounding ? ((position++ / 100) % 2 ? 0.2f : -0.2f) : 0.0f;
        if (sounding && FAULT == 3) *(volatile int *)0 = 1;
        if (sounding && FAULT == 4) sample = NAN;
        if (FAULT == 5) sample = 0.0f;
        if (sounding && FAULT == 6) for (;;) sleep(1000);
        out[0][i] = out[1][i] = sample;
    }
    if (FAULT == 8) { for (int i = 0; i < 100; i++) puts("{\"stage\": \"done\", \"frames\": 1}"); fflush(stdout); }
}

static void set_parameter(Effect *effect, int32_t index, float value) { (void)effect; (void)index; (void)value; }
static float get_parameter(Effect *effect, int32_t index) { (void)effect; (void)index; return 0.0f; }

void *VSTPluginMain(void *host) {
    (void)host;
    if (FAULT == 1) *(volatile int *)0 = 1;
    if (FAULT == 2) for (;;) sleep(1000);
    if (FAULT == 7) _exit(0);
    Effect *effect = calloc(1, sizeof *effect);
    effect->magic = 0x56737450; /* 'VstP' */
    effect->dispatch = dispatch;
    effect->accumulate = replace;
    effect->set_parameter = set_parameter;
    effect->get_parameter = get_parameter;
    effect->outputs = 2;
    effect->flags = 1 << 4 | 1 << 8; /* replaces its output; is a synthesizer */
    effect->io_ratio = 1.0f;
    effect->id = 0x46617566 + FAULT;
    effect->version = 1;
    effect->replace = replace;
    return effect;
}
