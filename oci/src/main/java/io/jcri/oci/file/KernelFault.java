package io.jcri.oci.file;

import io.jcri.oci.OciException;
import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;

/** The kernel's reason for a refusal in terms of whose fault it is. */
public final class KernelFault {

  private KernelFault() {}

  public static OciException of(String action, ErrnoException e) {
    OciException.Kind kind =
        e.is(Errno.ENOSPC, Errno.EDQUOT)
            ? OciException.Kind.RESOURCE_EXHAUSTED
            : e.is(
                    Errno.E2BIG,
                    Errno.ERANGE,
                    Errno.ENAMETOOLONG,
                    Errno.EINVAL,
                    Errno.ELOOP,
                    Errno.ENOTDIR,
                    Errno.EMLINK,
                    Errno.EFBIG,
                    Errno.EISDIR,
                    Errno.ENOENT)
                ? OciException.Kind.INVALID
                : OciException.Kind.INTERNAL;
    return new OciException(kind, action + ": " + Errno.describe(e.errno()), e);
  }
}
