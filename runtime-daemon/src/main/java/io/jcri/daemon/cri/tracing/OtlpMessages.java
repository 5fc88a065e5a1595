package io.jcri.daemon.cri.tracing;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.jcri.otlp.v1.Otlp;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Spans as OTLP has them. Stateless. */
final class OtlpMessages {
  private static final String SCOPE = "jcri";

  /** That the next bit is to be believed. */
  private static final int KNOWS_REMOTE = 0x100;

  private static final int REMOTE = 0x200;

  private OtlpMessages() {}

  /**
   * One request.
   *
   * @param resource what is said of this process
   */
  static Otlp.ExportTraceServiceRequest request(
      Map<String, String> resource, String version, List<SpanRecord> spans) {
    Otlp.Resource.Builder process = Otlp.Resource.newBuilder();
    resource.forEach((key, value) -> process.addAttributes(attribute(key, value)));
    Otlp.ScopeSpans.Builder scope =
        Otlp.ScopeSpans.newBuilder()
            .setScope(Otlp.InstrumentationScope.newBuilder().setName(SCOPE).setVersion(version));
    spans.forEach(span -> scope.addSpans(span(span)));
    return Otlp.ExportTraceServiceRequest.newBuilder()
        .addResourceSpans(Otlp.ResourceSpans.newBuilder().setResource(process).addScopeSpans(scope))
        .build();
  }

  private static Otlp.Span span(SpanRecord span) {
    Otlp.Span.Builder message =
        Otlp.Span.newBuilder()
            .setTraceId(bytes(span.place().traceId()))
            .setSpanId(bytes(span.place().spanId()))
            .setTraceState(span.place().state())
            .setFlags(span.place().flags() | KNOWS_REMOTE | (span.remote() ? REMOTE : 0))
            .setName(span.name())
            .setKind(
                span.server()
                    ? Otlp.Span.SpanKind.SPAN_KIND_SERVER
                    : Otlp.Span.SpanKind.SPAN_KIND_INTERNAL)
            .setStartTimeUnixNano(span.begin())
            .setEndTimeUnixNano(span.end());
    span.parent().ifPresent(parent -> message.setParentSpanId(bytes(parent)));
    span.attributes().forEach((key, value) -> message.addAttributes(attribute(key, value)));
    span.error()
        .ifPresent(why ->
            message.setStatus(
                Otlp.Status.newBuilder()
                    .setCode(Otlp.Status.StatusCode.STATUS_CODE_ERROR)
                    .setMessage(why)));
    return message.build();
  }

  private static ByteString bytes(String hex) {
    return UnsafeByteOperations.unsafeWrap(HexFormat.of().parseHex(hex));
  }

  private static Otlp.KeyValue attribute(String key, Object value) {
    Otlp.AnyValue.Builder any = Otlp.AnyValue.newBuilder();
    switch (value) {
      case Long number -> any.setIntValue(number);
      case Integer number -> any.setIntValue(number);
      case Boolean flag -> any.setBoolValue(flag);
      default -> any.setStringValue(value.toString());
    }
    return Otlp.KeyValue.newBuilder().setKey(key).setValue(any).build();
  }
}
