/*
 * A PKCS #11 module in front of another one, which does what the file `orders` says, line by line:
 *
 *     before C_Sign        stop before the function does anything
 *     after C_Sign         stop when it has done all
 *     fail C_Sign 49       do nothing, and answer with this CKR_ value
 *     flags 256            say that the token has these CKF_ flags, too
 *     keys 1234            somebody types this PIN on the reader's keys
 *
 * A stop lasts as long as its line stands there; that it was reached is written to the file `reached`. Both are in the
 * folder of SIGNET_FAULTS; SIGNET_FAULTS_MODULE is the other module.
 *
 * PKCS #11 v2.40 §3.
 */

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef unsigned long word;
/* Every function takes eight words or fewer; who takes fewer does not see the others. */
typedef word (*function)(word, word, word, word, word, word, word, word);

/* CK_FUNCTION_LIST: a version, then the functions in the order of §3.6. */
struct list {
    unsigned char version[2];
    function functions[68];
};

enum { CKR_OK = 0, CKR_GENERAL_ERROR = 5 };
/* The places in that order. */
enum { GET_FUNCTION_LIST = 3, GET_SLOT_LIST = 4, GET_TOKEN_INFO = 6, SET_PIN = 11, LOGIN = 18, CREATE_OBJECT = 20, DESTROY_OBJECT = 22, SIGN = 43, GENERATE_KEY_PAIR = 59 };
/* CK_TOKEN_INFO: three texts of 32, 32 and 16 bytes and one of 16, then the flags. */
enum { FLAGS = 96 };

static struct list *behind;
static struct list shown;

static FILE *opened(const char *name, const char *mode) {
    char path[4096];
    const char *folder = getenv("SIGNET_FAULTS");
    snprintf(path, sizeof path, "%s/%s", folder ? folder : "", name);
    return fopen(path, mode);
}

/* Whether such an order stands there, and its value. */
static int ordered(const char *kind, const char *name, char *value) {
    char line[256], order[64], first[128];
    int found = 0;
    FILE *orders = opened("orders", "r");
    while (orders && !found && fgets(line, sizeof line, orders)) {
        first[0] = value[0] = 0;
        int words = sscanf(line, "%63s %127s %127s", order, first, value);
        if (words < 2 || strcmp(order, kind)) continue;
        if (!name) strcpy(value, first);
        found = !name || !strcmp(first, name);
    }
    if (orders) fclose(orders);
    return found;
}

static void stop(const char *when, const char *name) {
    char unused[128];
    int told = 0;
    while (ordered(when, name, unused)) {
        FILE *reached = told ? NULL : opened("reached", "a");
        if (reached) {
            fprintf(reached, "%s %s\n", when, name);
            fclose(reached);
        }
        told = 1;
        usleep(5000);
    }
}

static word called(const char *name, int place, word a, word b, word c, word d, word e, word f, word g, word h) {
    char value[128];
    stop("before", name);
    if (ordered("fail", name, value)) return strtoul(value, NULL, 10);
    word result = behind->functions[place](a, b, c, d, e, f, g, h);
    stop("after", name);
    return result;
}

#define FAULTY(name, place)                                                                   \
    static word name(word a, word b, word c, word d, word e, word f, word g, word h) { \
        return called("C_" #name, place, a, b, c, d, e, f, g, h);                             \
    }

FAULTY(GetSlotList, GET_SLOT_LIST)
FAULTY(SetPIN, SET_PIN)
FAULTY(CreateObject, CREATE_OBJECT)
FAULTY(DestroyObject, DESTROY_OBJECT)
FAULTY(Sign, SIGN)
FAULTY(GenerateKeyPair, GENERATE_KEY_PAIR)

static word GetTokenInfo(word slot, char *info) {
    char value[128];
    word flags;
    word result = behind->functions[GET_TOKEN_INFO](slot, (word)info, 0, 0, 0, 0, 0, 0);
    if (result == CKR_OK && ordered("flags", NULL, value)) {
        memcpy(&flags, info + FLAGS, sizeof flags);
        flags |= strtoul(value, NULL, 10);
        memcpy(info + FLAGS, &flags, sizeof flags);
    }
    return result;
}

/* Without a PIN the reader's keys are asked. */
static word Login(word session, word user, const char *pin, word length) {
    char typed[128];
    if (!pin && ordered("keys", NULL, typed)) {
        pin = typed;
        length = strlen(typed);
    }
    return called("C_Login", LOGIN, session, user, (word)pin, length, 0, 0, 0, 0);
}

word C_GetFunctionList(struct list **list) {
    const char *module = getenv("SIGNET_FAULTS_MODULE");
    void *library = module ? dlopen(module, RTLD_NOW | RTLD_LOCAL) : NULL;
    function get = library ? (function)dlsym(library, "C_GetFunctionList") : NULL;
    if (!get || get((word)&behind, 0, 0, 0, 0, 0, 0, 0) != CKR_OK) return CKR_GENERAL_ERROR;
    shown = *behind;
    shown.functions[GET_FUNCTION_LIST] = (function)C_GetFunctionList;
    shown.functions[GET_SLOT_LIST] = GetSlotList;
    shown.functions[GET_TOKEN_INFO] = (function)GetTokenInfo;
    shown.functions[SET_PIN] = SetPIN;
    shown.functions[LOGIN] = (function)Login;
    shown.functions[CREATE_OBJECT] = CreateObject;
    shown.functions[DESTROY_OBJECT] = DestroyObject;
    shown.functions[SIGN] = Sign;
    shown.functions[GENERATE_KEY_PAIR] = GenerateKeyPair;
    *list = &shown;
    return CKR_OK;
}
