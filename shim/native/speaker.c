#include <unistd.h>

#include "common/report.h"

const struct speaker SPEAKER = {
    .name = "jcri-shim",
    .prefix = "jcri-shim: ",
    .fd = STDERR_FILENO,
    .status = 1,
};
