package io.jcri.daemon.system;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.jul.LevelChangePropagator;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.jcri.daemon.log.LineEncoder;
import io.jcri.daemon.log.LogFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Logging set up in code: reading an XML file would cost a quarter of a second at every start.
 * Lines go to standard error; below systemd they carry journald's priority prefix instead of a time
 * stamp of our own.
 */
public final class Logging extends ContextAwareBase implements Configurator {
  private static volatile @Nullable LineEncoder encoder;

  /** Logback finds this class as a service and calls it once. */
  @Override
  public ExecutionStatus configure(LoggerContext context) {
    boolean journal = System.getenv("JOURNAL_STREAM") != null;
    LineEncoder lines = new LineEncoder(journal);
    lines.setContext(context);
    lines.start();
    encoder = lines;
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setName("stderr");
    console.setTarget("System.err");
    console.setEncoder(lines);
    console.start();
    LevelChangePropagator propagator = new LevelChangePropagator();
    propagator.setContext(context);
    propagator.start();
    context.addListener(propagator);
    context.getLogger("ROOT").setLevel(Level.INFO);
    context.getLogger("ROOT").addAppender(console);
    // One warning a connection about an option that unix sockets don't have, and a stack for each
    // client whose connection ends before its calls do, as all do when the daemon stops.
    context.getLogger("io.grpc.netty").setLevel(Level.ERROR);
    // What its parts could use and do not find; streaming errors are told by our own loggers.
    context.getLogger("io.netty").setLevel(Level.ERROR);
    // A thread that serves connections must not end, nor go on with faults, in silence.
    for (String thread : List.of("util.concurrent.SingleThreadEventExecutor", "channel.epoll")) {
      context.getLogger("io.grpc.netty.shaded.io.netty." + thread).setLevel(Level.WARN);
      context.getLogger("io.netty." + thread).setLevel(Level.WARN);
    }
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /**
   * Sends java.util.logging (gRPC, the JDK) the same way, and sets our own level.
   *
   * @param level {@code trace} to {@code error}
   */
  public static void start(String level, LogFormat format) {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    level(level);
    @Nullable LineEncoder lines = encoder; // there once a logger has been asked for
    if (lines != null) {
      lines.format(format);
    }
  }

  /** Sets our own level, at any time. */
  public static void level(String level) {
    if (LoggerFactory.getLogger("io.jcri") instanceof ch.qos.logback.classic.Logger logger) {
      logger.setLevel(Level.toLevel(level, Level.INFO));
    }
  }
}
