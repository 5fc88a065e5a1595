package io.jcri.daemon.streaming.link;

import io.jcri.daemon.budget.Bound;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection after its upgrade: the last handler of its pipeline, and what sessions hold
 * on to. Back-pressure is TCP's: a sender waits while the client does not read, and the connection
 * is not read while {@link #MOST_WAITING} bytes of it wait for their readers. One reader that
 * stalls so stalls the connection's other streams; its end is still seen.
 *
 * <p>Thread-safe.
 */
public final class ClientConnection extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(ClientConnection.class);

  /** The most that is read from a client at once. */
  public static final int MOST_READ = 32 * 1024;

  /**
   * Bytes that may wait for their readers before the reading stops. With what is read then they fit
   * in the array that {@link Inbound} keeps.
   */
  static final int MOST_WAITING = 24 * 1024;

  /** What all connections' streams hold, but for {@link Inbound#MOST_KEPT} of each connection. */
  private static final AtomicLong LARGE = new AtomicLong();

  /** Answers to a client (pongs, resets) that it has not taken: beyond this it only ever sends. */
  private static final int MOST_UNTAKEN_ANSWERS = 1024;

  private final Channel channel;
  private final Closing closing;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by lock.
  private final Set<Leaving> leavings = new LinkedHashSet<>();
  private long waiting;
  private long held;
  private long large;
  private boolean gone;

  /** Only touched by the connection's own thread. */
  private int untakenAnswers;

  public ClientConnection(Channel channel) {
    this.channel = channel;
    this.closing = new Closing(channel);
  }

  /** Sends a message, waiting for the client to keep up; not for the connection's own thread. */
  public void send(Object message) throws IOException {
    lock.lock();
    try {
      while (!gone && !channel.isWritable()) {
        changed.awaitUninterruptibly();
      }
      if (gone || closing.begun()) {
        ReferenceCountUtil.release(message);
        throw new IOException("the client is gone");
      }
    } finally {
      lock.unlock();
    }
    var _ = channel.writeAndFlush(message);
  }

  /**
   * Sends a short answer from the connection's own thread, which must not wait. A client that takes
   * none of many is cut off.
   *
   * @param from the handler that answers
   */
  public void answer(ChannelHandlerContext from, Object message) {
    untakenAnswers++;
    if (untakenAnswers > MOST_UNTAKEN_ANSWERS) {
      ReferenceCountUtil.release(message);
      cut("it asks and does not read");
      return;
    }
    from.writeAndFlush(message).addListener(_ -> untakenAnswers--);
  }

  /**
   * Says goodbye after all that was sent, and closes when the client has, or soon after.
   *
   * @param goodbye writes and flushes the last message; not called when it was said before
   */
  public void finish(Supplier<ChannelFuture> goodbye) {
    closing.begin(goodbye);
  }

  /** The same for a client that has said goodbye itself, and need not read what was sent. */
  public void finishSoon(Supplier<ChannelFuture> goodbye) {
    closing.begin(goodbye);
    closing.closeSoon();
  }

  /**
   * A buffer for a message, outside of the heap: what is sent would else be garbage there, as much
   * as goes over the connection.
   */
  public ByteBuf buffer(int capacity) {
    return channel.alloc().ioBuffer(capacity);
  }

  /** The connection's channel, for a multiplexer's own messages. */
  public Channel channel() {
    return channel;
  }

  /** Does something on the connection's thread, after a while. */
  public void later(Duration delay, Runnable action) {
    var _ = channel.eventLoop().schedule(action, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Closes at once. */
  public void cut(String why) {
    log.debug("connection of {} is cut: {}", channel.remoteAddress(), why);
    var _ = channel.close();
  }

  /** A listener to the client's leaving, until it is closed. */
  public final class Leaving implements AutoCloseable {
    private final Runnable listener;

    private Leaving(Runnable listener) {
      this.listener = listener;
    }

    @Override
    public void close() {
      lock.lock();
      try {
        leavings.remove(this);
      } finally {
        lock.unlock();
      }
    }
  }

  /** Runs the listener when the client is gone; at once if it is. It must not block. */
  public Leaving onGone(Runnable listener) {
    Leaving leaving = new Leaving(listener);
    lock.lock();
    try {
      if (!gone) {
        leavings.add(leaving);
        return leaving;
      }
    } finally {
      lock.unlock();
    }
    listener.run();
    return leaving;
  }

  /** So many more bytes wait for their readers. */
  void waiting(int bytes) {
    lock.lock();
    try {
      waiting += bytes;
      if (waiting > MOST_WAITING) {
        channel.config().setAutoRead(false);
      }
    } finally {
      lock.unlock();
    }
  }

  /** A stream's array has grown by so many bytes, or shrunk. */
  void held(int more) {
    lock.lock();
    try {
      held += more;
      countLarge();
      if (more > 0 && large > 0 && LARGE.get() > Bound.STREAMING_INPUT.limit()) {
        // Later: who is told of it takes the locks of streams.
        channel.eventLoop().execute(() -> cut("no room for what it sends"));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether its streams' arrays are to be let go when they are empty. */
  boolean crowded() {
    lock.lock();
    try {
      return held > Inbound.MOST_KEPT;
    } finally {
      lock.unlock();
    }
  }

  /** Of a client that is gone nothing counts: nobody might ever take it. */
  private void countLarge() {
    long now = gone ? 0 : Math.max(0, held - Inbound.MOST_KEPT);
    LARGE.addAndGet(now - large);
    large = now;
  }

  /** So many bytes were taken by their readers. */
  void taken(int bytes) {
    lock.lock();
    try {
      waiting -= bytes;
      if (!gone && waiting <= MOST_WAITING / 2 && !channel.config().isAutoRead()) {
        channel.config().setAutoRead(true);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    List<Leaving> told;
    lock.lock();
    try {
      gone = true;
      countLarge();
      changed.signalAll();
      told = List.copyOf(leavings);
      leavings.clear();
    } finally {
      lock.unlock();
    }
    told.forEach(leaving -> leaving.listener.run());
  }

  /** What no handler wanted, such as bytes after the client's own goodbye. */
  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ReferenceCountUtil.release(message);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof IdleStateEvent) {
      log.info("streaming session of {} was idle for too long", channel.remoteAddress());
      var _ = channel.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    cut(String.valueOf(cause.getMessage()));
  }
}
