package io.jcri.daemon.log;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The call that a thread works for. Its number stands in each line that is made for it, and {@link
 * CallWatch} tells of it when it is slow.
 *
 * <p>Thread-safe. Bound by a scoped value, which costs a call a fifth of a microsecond and is gone
 * with the work: a number that a pooled thread kept would mark the lines of others.
 */
public final class CurrentCall {
  /**
   * When a call is told of that nothing allows to be long. A pod's start takes a tenth of a second
   * and no call of the kubelet's needs a second; on a node that is merely busy they take two or
   * three, and after some ten the kubelet's own liveness check begins to count.
   */
  static final Duration SLOW = Duration.ofSeconds(5);

  /** So long a call takes beyond what it may before it is kept for who asks. */
  private static final Duration WORTH_KEEPING = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(CurrentCall.class);
  private static final ScopedValue<CurrentCall> CURRENT = ScopedValue.newInstance();
  private static final AtomicInteger NUMBERS = new AtomicInteger(0xfff);
  private static volatile @Nullable Consumer<CurrentCall> observer;

  private final int number = NUMBERS.incrementAndGet();
  private final String method;
  private final Supplier<String> subject;
  private final long begin = System.nanoTime();
  private final long due;
  private final Thread caller = Thread.currentThread();
  private volatile Thread worker = caller;
  private volatile Course[] courses = {};
  private volatile boolean over;

  /**
   * A stage that has ended.
   *
   * @param operation that it is a part of, with the object
   * @param begin in {@link System#nanoTime}'s time, as the end
   */
  public record Part(String operation, String name, long begin, long end) {}

  /** What is known of a call's way. Thread-safe. */
  public interface Course {
    /** The stage that it is in, empty when it has none any more. */
    String stage();

    /** How long each stage took, such as {@code network 8.1 ms, record 0.3 ms}. */
    String times();

    /** The stages that have ended. */
    List<Part> parts();
  }

  private CurrentCall(String method, Supplier<String> subject, Duration allowed) {
    this.method = method;
    this.subject = subject;
    this.due = begin + allowed.plus(SLOW).toNanos();
  }

  /**
   * Has somebody hear of each call that begins, in the call's own thread. Nobody does at first.
   *
   * @param quick must not wait
   */
  public static void observe(Consumer<CurrentCall> quick) {
    observer = quick;
  }

  private static CurrentCall begin(String method, Supplier<String> subject, Duration allowed) {
    CurrentCall call = new CurrentCall(method, subject, allowed);
    @Nullable Consumer<CurrentCall> hears = observer;
    if (hears != null) {
      hears.accept(call);
    }
    return call;
  }

  /** The one that this thread works for. */
  public static Optional<CurrentCall> current() {
    return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
  }

  /**
   * The work of a call that nothing allows to be slow.
   *
   * @param subject names the object, with its id: asked only when a line is written
   * @param allowed how long it may take before its slowness begins: a grace period, a time limit
   */
  public static Runnable watched(
      String method, Supplier<String> subject, Duration allowed, Runnable work) {
    return () -> {
      CurrentCall call = begin(method, subject, allowed);
      CallWatch.enter(call);
      try {
        ScopedValue.where(CURRENT, call).run(work);
      } finally {
        call.over = true;
        CallWatch.leave(call);
        call.ended();
      }
    };
  }

  /** The work of a call that may take as long as it takes. */
  public static Runnable unwatched(String method, Supplier<String> subject, Runnable work) {
    return () -> {
      CurrentCall call = begin(method, subject, Duration.ZERO);
      CallWatch.note(call);
      try {
        ScopedValue.where(CURRENT, call).run(work);
      } finally {
        call.over = true;
        CallWatch.leave(call);
      }
    };
  }

  /** Work for another thread, done for the call of this one, which waits for it. */
  public static Runnable carried(Runnable work) {
    if (!CURRENT.isBound()) {
      return work;
    }
    CurrentCall call = CURRENT.get();
    return () -> call.carry(work);
  }

  private void carry(Runnable work) {
    Thread here = Thread.currentThread();
    worker = here;
    try {
      ScopedValue.where(CURRENT, this).run(work);
    } finally {
      if (here.equals(worker)) { // or another has begun meanwhile
        worker = caller;
      }
    }
  }

  /** Tells the call, if there is one, of the stages that it goes through. */
  public static void goes(Course course) {
    current().ifPresent(call -> call.add(course));
  }

  private synchronized void add(Course course) {
    courses = Stream.concat(Stream.of(courses), Stream.of(course)).toArray(Course[]::new);
  }

  long number() {
    return number;
  }

  boolean isOver() {
    return over;
  }

  /** The thread that works for it, the last to begin where there are several. */
  public Thread worker() {
    return worker;
  }

  public String method() {
    return method;
  }

  /** Short, and of this daemon's life no other call's. */
  public String id() {
    return Integer.toHexString(number);
  }

  /** The stages that have ended, in the order of what they are parts of. */
  public List<Part> parts() {
    return Stream.of(courses).flatMap(course -> course.parts().stream()).toList();
  }

  /** The object that the call is about; empty when it is about none. */
  public String subject() {
    return subject.get();
  }

  /** When it is slow, in {@link System#nanoTime}'s time. */
  long due() {
    return due;
  }

  /** Says, once, what a slow call does. */
  void tell() {
    Thread at = worker;
    ScopedValue.where(CURRENT, this)
        .run(() ->
            log.warn(
                "{} has not ended after {}{}{}",
                what(),
                seconds(System.nanoTime() - begin),
                stage().map(name -> ", it is at: " + name).orElse(""),
                times().map(text -> " (" + text + ")").orElse(""),
                new StackText.Moment(at)));
  }

  /** Whether the watcher has told or was about to. */
  private void ended() {
    long now = System.nanoTime();
    if (now - due + SLOW.toNanos() - WORTH_KEEPING.toNanos() >= 0) {
      Recent.slow(state(false));
    }
    if (now - due >= 0) {
      ScopedValue.where(CURRENT, this)
          .run(() ->
              log.warn(
                  "{} took {}{}",
                  what(),
                  seconds(now - begin),
                  times().map(text -> ": " + text).orElse("")));
    }
  }

  /** How it stands. */
  CallState state(boolean stack) {
    long millis = (System.nanoTime() - begin) / 1_000_000;
    Thread at = worker;
    String about = subject();
    return new CallState(
        id(),
        method,
        LogNames.named(about, LogNames.in(about)),
        over ? "" : stage().orElse(""),
        times().orElse(""),
        Instant.now().minusMillis(millis),
        millis,
        at.getName(),
        stack && !over ? StackText.lines(at) : List.of());
  }

  private String what() {
    String object = subject();
    return object.isEmpty() ? method : method + " of " + object;
  }

  private Optional<String> stage() {
    Course[] all = courses;
    @Nullable Course last = all.length == 0 ? null : all[all.length - 1];
    return Optional.ofNullable(last).map(Course::stage).filter(name -> !name.isEmpty());
  }

  private Optional<String> times() {
    return Optional.of(
            Stream.of(courses)
                .map(Course::times)
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(", ")))
        .filter(text -> !text.isEmpty());
  }

  private static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
  }
}
