#include <unistd.h>

#include "common/report.h"

const struct speaker SPEAKER = {
    .name = "jcri-task",
    .prefix = "jcri-task: ",
    .fd = STDERR_FILENO,
    .status = 1,
};
