package io.jcri.daemon.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes an event as a line, for people or as JSON. Each line begins with journald's priority where
 * that reads it, and those of a stack do too: to journald they are entries of their own.
 *
 * <p>Thread-safe.
 */
public final class LineEncoder extends EncoderBase<ILoggingEvent> {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", Locale.ROOT)
          .withZone(ZoneId.systemDefault());

  private final boolean journal;
  private volatile LogFormat format = LogFormat.TEXT;

  /**
   * One for text.
   *
   * @param journal whether journald reads the lines, which has a time of its own
   */
  public LineEncoder(boolean journal) {
    this.journal = journal;
  }

  /** Writes in another form from now on. */
  public void format(LogFormat next) {
    format = next;
  }

  @Override
  public byte[] headerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] footerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    Optional<CurrentCall> call = CurrentCall.current();
    String message = String.valueOf(event.getFormattedMessage());
    List<LogNames.Mention> mentions = LogNames.in(message);
    if (mentions.isEmpty() && call.isPresent()) {
      List<LogNames.Mention> asked = LogNames.in(call.get().subject());
      if (!asked.isEmpty() && !message.contains(asked.getFirst().named().toString())) {
        message += " [" + asked.getFirst().named() + "]";
      }
      return line(event, call, message, asked);
    }
    return line(event, call, LogNames.named(message, mentions), mentions);
  }

  private byte[] line(
      ILoggingEvent event,
      Optional<CurrentCall> call,
      String message,
      List<LogNames.Mention> mentions) {
    if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
      Recent.trouble(
          new LogLine(
              Instant.ofEpochMilli(event.getTimeStamp()),
              event.getLevel().toString(),
              Topics.of(event.getLoggerName()),
              message,
              call.map(CurrentCall::id)));
    }
    String priority = journal ? priority(event.getLevel()) : "";
    String text =
        switch (format) {
          case TEXT -> text(event, call, message, priority);
          case JSON -> priority + json(event, call, message, mentions) + "\n";
        };
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String priority(Level level) {
    return switch (level.toInt()) {
      case Level.ERROR_INT -> "<3>";
      case Level.WARN_INT -> "<4>";
      case Level.INFO_INT -> "<6>";
      default -> "<7>";
    };
  }

  private String text(
      ILoggingEvent event, Optional<CurrentCall> call, String message, String priority) {
    StringBuilder line = new StringBuilder(priority);
    if (!journal) {
      String level = event.getLevel().toString();
      line.append(time(event)).append(' ').append(level).append(" ".repeat(6 - level.length()));
    }
    line.append(Topics.of(event.getLoggerName())).append(": ");
    inOneLine(line, message);
    call.ifPresent(its -> line.append(" call=").append(its.id()));
    line.append('\n');
    @Nullable IThrowableProxy failure = event.getThrowableProxy();
    if (failure != null) {
      StackText.of(failure).lines().forEach(row -> line.append(priority).append(row).append('\n'));
    }
    return line.toString();
  }

  private static String time(ILoggingEvent event) {
    return TIME.format(Instant.ofEpochMilli(event.getTimeStamp()));
  }

  /** A stranger's text can't look like a line of ours. */
  private static void inOneLine(StringBuilder line, String message) {
    for (int i = 0; i < message.length(); i++) {
      char c = message.charAt(i);
      switch (c) {
        case '\n' -> line.append("\\n");
        case '\r' -> line.append("\\r");
        case '\t' -> line.append(' ');
        default -> line.append(c < ' ' || c == 0x7f ? '?' : c);
      }
    }
  }

  private static String json(
      ILoggingEvent event,
      Optional<CurrentCall> call,
      String message,
      List<LogNames.Mention> mentions) {
    JsonLine line =
        new JsonLine()
            .add("time", time(event))
            .add("level", event.getLevel().toString().toLowerCase(Locale.ROOT))
            .add("topic", Topics.of(event.getLoggerName()))
            .add("call", call.map(CurrentCall::id).orElse(null));
    Optional<LogNames.Mention> container =
        mentions.stream().filter(one -> one.named().container().isPresent()).findFirst();
    container
        .or(() -> mentions.stream().findFirst())
        .map(LogNames.Mention::named)
        .ifPresent(of -> line.add("pod", of.pod()).add("podId", of.podId()));
    container.ifPresent(one ->
        line.add("container", one.named().container().orElseThrow()).add("containerId", one.id()));
    line.add("message", message);
    @Nullable IThrowableProxy failure = event.getThrowableProxy();
    if (failure != null) {
      line.add("error", failure.getMessage()).add("stack", StackText.of(failure));
    }
    return line.toString();
  }
}
