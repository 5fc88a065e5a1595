# How all native programs of jcri are compiled; included by the Makefiles beside them.
#   CROSS=aarch64-linux-gnu-  for another machine, by its gcc and a static glibc
# musl makes the smaller process; gcc -static is as good otherwise, and knows _FORTIFY_SOURCE.
CROSS ?=
MUSL := $(if $(CROSS),,$(shell command -v musl-gcc))
CC_STATIC := $(or $(MUSL),$(CROSS)gcc)

WARNINGS := -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -Wformat=2 -Wconversion -Wshadow \
  -Wstrict-prototypes -Wmissing-prototypes
HARDEN := -fstack-protector-strong $(if $(MUSL),,-D_FORTIFY_SOURCE=3)
# Small pages and sections keep a process's private memory at a few dozen KiB.
SECTIONS := -ffunction-sections -fdata-sections
LDFLAGS_STATIC := -static -Wl,-z,relro,-z,now,--gc-sections -s
SANITIZE := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all

# Where its compiler is installed the checks build everything for arm64 too, and run what qemu can.
ARM64 := $(if $(CROSS),,$(shell command -v aarch64-linux-gnu-gcc >/dev/null && echo aarch64-linux-gnu-))
QEMU_ARM64 := $(shell command -v qemu-aarch64-static)
