package io.jcri.daemon.core;

/**
 * Who counts what the daemon does. Nobody does unless metrics are served: then each of these calls
 * is the read of a field and an empty method. What is told here has few different words; never a
 * name of a pod, a container or an image.
 *
 * <p>Thread-safe; told on the way of calls, so it must be quick.
 */
public class Meter {
  /** Counts nothing. */
  public static final Meter NONE = new Meter();

  private static volatile Meter installed = NONE;

  /** Counts nothing, but for what is overridden. */
  protected Meter() {}

  /** The one that counts now. */
  public static Meter now() {
    return installed;
  }

  /** From now on all is told to this one. */
  public static void install(Meter meter) {
    installed = meter;
  }

  /**
   * A call of CRI has come.
   *
   * @param method with its service, as gRPC names it: whatever a client has asked for
   */
  public void called(String method) {}

  /**
   * It is over, and its answer sent.
   *
   * @param code gRPC's
   */
  public void answered(String method, String code, long nanos) {}

  /**
   * A stage of an operation is over.
   *
   * @param operation as CRI names it
   */
  public void stage(String operation, String stage, long nanos) {}

  /**
   * A pull is over.
   *
   * @param result {@code OK}, or the kind of its failure
   */
  public void pulled(String result, long nanos) {}

  /** So many bytes of a layer have come. */
  public void received(int bytes) {}

  /** A process was started that pulls. */
  public void pullWorkerStarted() {}

  /**
   * CNI has done its part.
   *
   * @param operation {@code add} or {@code del}
   */
  public void network(String operation, boolean done, long nanos) {}

  /**
   * A container's end was recorded.
   *
   * @param reason one of those of an exit
   */
  public void exited(String reason) {}

  /**
   * A command of an ExecSync is over.
   *
   * @param result {@code success}, {@code failure}, {@code timeout} or {@code error}
   */
  public void commandEnded(String result) {}

  /**
   * An event was made for subscribers.
   *
   * @param type of the event
   */
  public void event(String type) {}

  /** A subscriber was too slow for its events. */
  public void subscriberDropped() {}

  /** So many spans of traces go to nobody. */
  public void spansDropped(long spans) {}
}
