package io.jcri.daemon.app;

import io.jcri.daemon.config.ConfigException;
import io.jcri.sandbox.linux.ProcessCalls;
import java.lang.reflect.Proxy;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGHUP, which asks a daemon to read its configuration again and would end a Java runtime. One
 * that comes before the daemon serves is kept until then. Thread-safe.
 */
final class HangUps {
  private static final Logger log = LoggerFactory.getLogger(HangUps.class);

  private static final int SIGHUP = 1;

  private final Semaphore wanted = new Semaphore(0);

  private HangUps() {}

  /**
   * From now on the signal ends nothing any more. Below nohup(1) it is ignored, and the Java
   * runtime sets no handler for what is ignored.
   */
  static HangUps take(ProcessCalls calls) {
    HangUps hangUps = new HangUps();
    boolean _ = calls.heed(SIGHUP);
    try {
      handle("HUP", hangUps.wanted::release);
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      log.warn("SIGHUP is not handled: {}", String.valueOf(e.getMessage()));
    }
    return hangUps;
  }

  /** By reflection: the compiler warns of this class of the JDK's, and can't be told not to. */
  private static void handle(String signal, Runnable handler) throws ReflectiveOperationException {
    Class<?> signals = Class.forName("sun.misc.Signal");
    Class<?> handlers = Class.forName("sun.misc.SignalHandler");
    Object proxy =
        Proxy.newProxyInstance(
            HangUps.class.getClassLoader(),
            new Class<?>[] {handlers},
            (_, method, _) -> {
              if (method.getName().equals("handle")) {
                handler.run();
              }
              return null;
            });
    signals
        .getMethod("handle", signals, handlers)
        .invoke(null, signals.getConstructor(String.class).newInstance(signal), proxy);
  }

  /** Has each answered, several at once by one answer. */
  void answer(Runnable reload) {
    Thread.ofVirtual()
        .name("reload")
        .start(() -> {
          try {
            while (true) {
              wanted.acquire();
              int _ = wanted.drainPermits();
              answerOne(reload);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private static void answerOne(Runnable reload) {
    try {
      reload.run();
    } catch (ConfigException e) {
      log.debug("what is wrong was told: {}", e.getMessage());
    } catch (RuntimeException e) {
      log.error("the configuration could not be read again", e);
    }
  }
}
