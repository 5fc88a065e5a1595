/**
 * OpenTelemetry traces, when somebody wants them: {@link io.jcri.daemon.cri.tracing.CallTraces}
 * makes a span of each call and one of each of its stages, {@link
 * io.jcri.daemon.cri.tracing.SpanExporter} sends them by OTLP over gRPC. By hand, of what is there:
 * OpenTelemetry's own library for Java, with its usual sender, would be 16 jars of 4.4 MB more.
 *
 * <p>Nothing in here is loaded by a daemon without traces.
 */
@NullMarked
package io.jcri.daemon.cri.tracing;

import org.jspecify.annotations.NullMarked;
