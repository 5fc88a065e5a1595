package io.jcri.daemon.cri;

import io.grpc.ServerInterceptor;
import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.cri.tracing.Tracing;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Traces, when somebody wants them; in a daemon without, nothing of theirs is loaded. */
public final class Traces implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Traces.class);

  private static final double MILLION = 1e6;

  private final List<ServerInterceptor> interceptors;
  private final Runnable end;

  private Traces(List<ServerInterceptor> interceptors, Runnable end) {
    this.interceptors = interceptors;
    this.end = end;
  }

  /**
   * Begins to record calls, if a variable or the configuration names a receiver. What keeps it from
   * that keeps nothing else: pods do without.
   */
  public static Traces of(DaemonConfig.Tracing config, Map<String, String> environment) {
    if (!isWanted(config, environment)) {
      return none();
    }
    try {
      Tracing tracing =
          Tracing.start(environment, config.endpoint(), config.samplesPerMillion() / MILLION);
      return new Traces(List.of(tracing.interceptor()), tracing::close);
    } catch (IOException | RuntimeException e) {
      log.error("there are no traces: {}", Reasons.of(e));
      return none();
    }
  }

  /** Of nothing. */
  public static Traces none() {
    return new Traces(List.of(), () -> {});
  }

  /** What sees each call. */
  List<ServerInterceptor> interceptors() {
    return interceptors;
  }

  /** Sends what is left, if that is done within seconds. */
  @Override
  public void close() {
    end.run();
  }

  private static boolean isWanted(DaemonConfig.Tracing config, Map<String, String> environment) {
    String endpoint = ofTraces(environment, "OTEL_EXPORTER_OTLP_%sENDPOINT", config.endpoint());
    boolean disabled =
        environment.getOrDefault("OTEL_SDK_DISABLED", "").equalsIgnoreCase("true")
            || environment.getOrDefault("OTEL_TRACES_EXPORTER", "otlp").equals("none");
    if (endpoint.isEmpty() || disabled) {
      return false;
    }
    String protocol = ofTraces(environment, "OTEL_EXPORTER_OTLP_%sPROTOCOL", "grpc");
    if (!protocol.equals("grpc")) {
      log.warn("there are no traces: jcri sends them by OTLP over grpc, not by {}", protocol);
      return false;
    }
    return true;
  }

  /** The variable for traces alone, or else that for all signals. */
  private static String ofTraces(Map<String, String> environment, String name, String otherwise) {
    String all = environment.getOrDefault(name.formatted(""), "").strip();
    String own = environment.getOrDefault(name.formatted("TRACES_"), "").strip();
    return !own.isEmpty() ? own : !all.isEmpty() ? all : otherwise;
  }
}
