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

# Where its compiler and libc are installed the checks build everything for arm64 too, and run what qemu
# can. Of a libc that it has not, gcc says the name alone.
ARM64_LIBC := $(if $(CROSS),,$(shell aarch64-linux-gnu-gcc -print-file-name=libc.a 2>/dev/null))
ARM64 := $(if $(findstring /,$(ARM64_LIBC)),aarch64-linux-gnu-)
QEMU_ARM64 := $(shell command -v qemu-aarch64-static)
