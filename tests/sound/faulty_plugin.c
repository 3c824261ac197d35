/* A VST2 plugin that misbehaves on request, for the tests of plugin hosting.  Written from the layout of the binary
   interface alone.  FAULT: 0 plays a square wave, 1 crashes on load, 2 sleeps for ever on load, 3 crashes while
   playing, 4 plays numbers that are none, 5 stays silent, 6 sleeps for ever while playing, 7 leaves on load with a
   clean exit status, 8 prints without end while it plays, 9 crashes when it is unloaded, 10 and 11 take memory without
   end on load and while playing, 12 leaves while playing, 13 plays 80 dB above full scale, 14 forgets its state, 15 plays noise that is
   never twice the same, 16 says that it is a shell of plugins, 17 is a library without a plugin.  With EFFECT it is a stereo
   effect of half the level, which does the same when the input is above zero.  One parameter, "Volume", three
   programs that set it, and one number of state besides, which is the number of notes it was ever sent. */
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

#ifdef EFFECT
#define INPUTS 2
#else
#define INPUTS 0
#endif

struct Events { int32_t count; intptr_t reserved; struct Event { int32_t type, size, delta, flags; int32_t details[2]; unsigned char midi[4]; } *events[1]; };

typedef struct { float volume; int32_t notes; } State;
typedef struct { int sounding, program; long position; State state; } Instance;
static State saved;
static const char *const PROGRAMS[] = {"Full", "Half", "Quiet"};
static const float VOLUMES[] = {1.0f, 0.5f, 0.125f};

static void take_memory(void) {
    for (;;) {
        char *much = malloc(1 << 24);
        memset(much, 1, 1 << 24); /* crashes where there is no more */
    }
}

static intptr_t dispatch(Effect *effect, int32_t code, int32_t index, intptr_t value, void *pointer, float number) {
    Instance *self = effect->object;
    (void)number;
    if (code == 1 && FAULT == 9) *(volatile int *)0 = 1;
    if (code == 2 && value >= 0 && value < 3) { self->program = value; self->state.volume = VOLUMES[value]; }
    if (code == 3) return self->program;
    if (code == 5) strcpy(pointer, PROGRAMS[self->program]);
    if (code == 29 && index >= 0 && index < 3) { strcpy(pointer, PROGRAMS[index]); return 1; }
    if (code == 7 && index == 0) { sprintf(pointer, "%.2f", self->state.volume); return 1; }
    if (code == 8 && index == 0) { strcpy(pointer, "Volume"); return 1; }
    if (code == 26) return 1; /* its parameter can be automated */
    if (code == 23) { saved = self->state; *(void **)pointer = &saved; return sizeof saved; }
    if (code == 24 && FAULT == 14) return 1;
    if (code == 24 && value == sizeof saved) { memcpy(&self->state, pointer, sizeof saved); return 1; }
    if (code == 25) { /* events from the host */
        struct Events *events = pointer;
        for (int i = 0; i < events->count; i++) {
            int status = events->events[i]->midi[0] & 0xF0;
            if (status == 0x90) { self->sounding = 1; self->position = 0; self->state.notes++; }
            if (status == 0x80) self->sounding = 0;
        }
        return 1;
    }
    if (code == 35 && FAULT == 16) return 10;
    if (code == 35) return INPUTS ? 1 : 2; /* category: effect, synthesizer */
    if (code == 58) return 2400; /* version of the interface */
    return 0;
}

static void replace(Effect *effect, float **in, float **out, int32_t frames) {
    Instance *self = effect->object;
    (void)in;
    for (int32_t i = 0; INPUTS && i < frames; i++) self->sounding = self->sounding || in[0][i] > 0;
    for (int32_t i = 0; i < frames; i++) {
        float sample = INPUTS ? in[0][i] / 2 : self->sounding ? ((self->position++ / 100) % 2 ? 0.2f : -0.2f) : 0.0f;
        if (self->sounding && FAULT == 3) *(volatile int *)0 = 1;
        if (self->sounding && FAULT == 4) sample = NAN;
        if (FAULT == 5) sample = 0.0f;
        if (self->sounding && FAULT == 6) for (;;) sleep(1000);
        if (self->sounding && FAULT == 11) take_memory();
        if (self->sounding && FAULT == 12) _exit(0);
        if (self->sounding && FAULT == 15) sample = (rand() ^ getpid()) % 1000 / 1000.0f;
        if (self->sounding && FAULT == 13) sample = 10000.0f;
        out[0][i] = out[1][i] = sample * self->state.volume;
    }
    if (FAULT == 8) { for (int i = 0; i < 100; i++) puts("{\"stage\": \"done\", \"frames\": 1}"); fflush(stdout); }
}

static void set_parameter(Effect *effect, int32_t index, float value) { if (index == 0) ((Instance *)effect->object)->state.volume = value; }
static float get_parameter(Effect *effect, int32_t index) { (void)index; return ((Instance *)effect->object)->state.volume; }

#if FAULT == 17
#define VSTPluginMain nothing_of_the_kind
#endif
void *VSTPluginMain(void *host) {
    (void)host;
    if (FAULT == 1) *(volatile int *)0 = 1;
    if (FAULT == 2) for (;;) sleep(1000);
    if (FAULT == 7) _exit(0);
    if (FAULT == 10) take_memory();
    Effect *effect = calloc(1, sizeof *effect);
    Instance *self = effect->object = calloc(1, sizeof *self);
    self->state.volume = 1.0f;
    effect->magic = 0x56737450; /* 'VstP' */
    effect->dispatch = dispatch;
    effect->accumulate = replace;
    effect->set_parameter = set_parameter;
    effect->get_parameter = get_parameter;
    effect->programs = 3;
    effect->parameters = 1;
    effect->inputs = INPUTS;
    effect->outputs = 2;
    effect->flags = 1 << 4 | 1 << 5 | (INPUTS ? 0 : 1 << 8); /* replaces its output; saves a state; is a synthesizer */
    effect->io_ratio = 1.0f;
    effect->id = 0x46617566 + FAULT;
    effect->version = 1;
    effect->replace = replace;
    return effect;
}
