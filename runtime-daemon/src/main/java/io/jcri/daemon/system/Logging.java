package io.jcri.daemon.system;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.jul.LevelChangePropagator;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Logging set up in code: reading an XML file would cost a quarter of a second at every start.
 * Lines go to standard error; below systemd they carry journald's priority prefix instead of a time
 * stamp of our own.
 */
public final class Logging extends ContextAwareBase implements Configurator {
  private static final String PLAIN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0}: %msg%n";
  private static final String JOURNAL =
      "%replace(%replace(%replace(%replace(%replace(%level){'ERROR','<3>'}){'WARN','<4>'})"
          + "{'INFO','<6>'}){'DEBUG','<7>'}){'TRACE','<7>'}%logger{0}: %msg%n";

  /** Logback finds this class as a service and calls it once. */
  @Override
  public ExecutionStatus configure(LoggerContext context) {
    boolean journal = System.getenv("JOURNAL_STREAM") != null;
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(journal ? JOURNAL : PLAIN);
    encoder.start();
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setName("stderr");
    console.setTarget("System.err");
    console.setEncoder(encoder);
    console.start();
    LevelChangePropagator propagator = new LevelChangePropagator();
    propagator.setContext(context);
    propagator.start();
    context.addListener(propagator);
    context.getLogger("ROOT").setLevel(Level.INFO);
    context.getLogger("ROOT").addAppender(console);
    // One warning a connection about an option that unix sockets don't have.
    context.getLogger("io.grpc.netty.shaded.io.netty").setLevel(Level.ERROR);
    // What its parts could use and do not find; streaming errors are told by our own loggers.
    context.getLogger("io.netty").setLevel(Level.ERROR);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /**
   * Sends java.util.logging (gRPC, the JDK) the same way, and sets our own level.
   *
   * @param level {@code trace} to {@code error}
   */
  public static void start(String level) {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    if (LoggerFactory.getLogger("io.jcri") instanceof ch.qos.logback.classic.Logger logger) {
      logger.setLevel(Level.toLevel(level, Level.INFO));
    }
  }
}
