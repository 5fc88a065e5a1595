package io.jcri.sandbox.mount;

import io.jcri.sandbox.linux.Errno;
import io.jcri.sandbox.linux.ErrnoException;
import io.jcri.sandbox.linux.Linux;
import io.jcri.sandbox.linux.Syscalls;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** The running kernel without some of what newer ones brought, to reach the older ways. */
final class OldKernel {
  private OldKernel() {}

  /** A kernel before 6.8, that takes no layer by itself. */
  static Syscalls withoutSingleLayers() {
    return refusing((method, args) -> method.equals("fsconfigSet") && "lowerdir+".equals(args[1]));
  }

  /** A kernel before 6.15, whose overlays take layers of attached mounts only. */
  static Syscalls withoutDetachedLayers() {
    boolean[] attached = {false};
    return refusing((method, args) -> {
      attached[0] |= method.equals("moveMount");
      return method.equals("fsconfigCreate") && !attached[0];
    });
  }

  /** Both. */
  static Syscalls before68() {
    boolean[] attached = {false};
    return refusing((method, args) -> {
      attached[0] |= method.equals("moveMount");
      return (method.equals("fsconfigSet") && "lowerdir+".equals(args[1]))
          || (method.equals("mount") && "overlay".equals(args[0]) && !attached[0]);
    });
  }

  private interface Refusal {
    boolean of(String method, Object[] args);
  }

  private static Syscalls refusing(Refusal refusal) {
    return (Syscalls)
        Proxy.newProxyInstance(
            Syscalls.class.getClassLoader(),
            new Class<?>[] {Syscalls.class},
            (proxy, method, args) -> {
              if (refusal.of(method.getName(), args)) {
                throw new ErrnoException(method.getName(), Errno.EINVAL.number(), "" + args[0]);
              }
              try {
                return method.invoke(Linux.get(), args);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
