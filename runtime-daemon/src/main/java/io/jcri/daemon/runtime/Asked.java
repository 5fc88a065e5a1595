package io.jcri.daemon.runtime;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a program tells of itself, asked in the background. A failure is not remembered for good:
 * who wants to know later has it asked again, in the background too and not more often than {@link
 * #PAUSE_NANOS}. So a program that hangs holds up only who came before its first failure. A program
 * that is another one by now is asked as well; until it tells, the answer of the one before it
 * holds: a program may be met while it is being written.
 *
 * <p>Thread-safe.
 */
final class Asked<T> {
  static final long PAUSE_NANOS = 10_000_000_000L;

  private static final Logger log = LoggerFactory.getLogger(Asked.class);

  private final String what;
  private final Supplier<T> question;
  private final Supplier<? extends Optional<?>> file;
  private final Executor background;
  private final LongSupplier nanoTime;
  private final CountDownLatch first = new CountDownLatch(1);
  private final AtomicBoolean asking = new AtomicBoolean(true);
  private volatile Answer<T> latest;

  /**
   * One.
   *
   * @param failure why there is none, or null
   * @param file whose answer it is
   */
  private record Answer<T>(T value, @Nullable String failure, long at, Optional<?> file) {}

  /**
   * Asks for the first time.
   *
   * @param what is asked, for the log: {@code version of runc}
   * @param question throws when there is no answer
   * @param file the program, equal as long as it is the same; empty when it is gone
   * @param unknown stands for the answer while there is none
   * @param background must not run it in the caller's thread
   * @param nanoTime a clock that never goes back, such as {@link System#nanoTime}
   */
  Asked(
      String what,
      Supplier<T> question,
      Supplier<? extends Optional<?>> file,
      T unknown,
      Executor background,
      LongSupplier nanoTime) {
    this.what = what;
    this.question = question;
    this.file = file;
    this.background = background;
    this.nanoTime = nanoTime;
    this.latest = new Answer<>(unknown, null, nanoTime.getAsLong(), Optional.empty());
    background.execute(this::ask);
  }

  /** The last answer; waits for the first one when it has not come yet. */
  T get() {
    try {
      first.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // and with what is known
    }
    Answer<T> answer = latest;
    if ((failedLongAgo(answer) || replaced(answer)) && asking.compareAndSet(false, true)) {
      background.execute(this::ask);
    }
    return answer.value();
  }

  /** The last answer, if there has been one by now. */
  Optional<T> known() {
    return first.getCount() == 0 ? Optional.of(latest.value()) : Optional.empty();
  }

  private boolean failedLongAgo(Answer<T> answer) {
    return answer.failure() != null && nanoTime.getAsLong() - answer.at() >= PAUSE_NANOS;
  }

  /** One that is gone can't be asked, and who runs it is told so. */
  private boolean replaced(Answer<T> answer) {
    Optional<?> now = file.get();
    return now.isPresent() && !now.equals(answer.file());
  }

  /** Why there is no answer at this moment; waits for the first one as {@link #get} does. */
  Optional<String> failure() {
    get();
    return Optional.ofNullable(latest.failure());
  }

  /** Whatever goes wrong there must be an answer: status calls and creations wait for it. */
  private void ask() {
    Answer<T> before = latest;
    Answer<T> now = before;
    Optional<?> asked = Optional.empty();
    try {
      asked = file.get(); // before it tells: if it is replaced meanwhile, that is seen
      now = new Answer<>(question.get(), null, nanoTime.getAsLong(), asked);
      if (before.failure() != null) {
        log.info("there is an answer about the {} now", what);
      }
    } catch (RuntimeException e) {
      String why = String.valueOf(e.getMessage());
      now = new Answer<>(before.value(), why, nanoTime.getAsLong(), asked);
      if (!why.equals(before.failure())) {
        log.warn("no answer about the {}, which is asked for again later: {}", what, why);
      }
    } finally {
      latest = now;
      asking.set(false);
      first.countDown();
    }
  }
}
