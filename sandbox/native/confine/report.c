#include "../common/report.h"

#include <unistd.h>

#include "confine.h"

const struct speaker SPEAKER = {
    .name = "jcri-confine",
    .prefix = "jcri-confine: ",
    .fd = STDERR_FILENO,
    .status = STATUS_FAILED,
};
