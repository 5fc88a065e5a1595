package io.jcri.daemon.nri.ttrpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.jcri.daemon.budget.Bound;
import io.jcri.daemon.budget.SharedBudget;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.system.HeapGuard;
import io.jcri.nri.v1alpha1.Ttrpc;
import io.jcri.sandbox.linux.Reasons;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The other end of a socket, which is called and calls. A peer that breaks the protocol or does not
 * answer in time is cut off: its socket is closed and every call in progress fails.
 *
 * <p>Thread-safe.
 */
public final class Peer implements AutoCloseable {
  /** The logical connection on which the peer serves. */
  private static final int THEIR_SERVICE = 1;

  /** The logical connection on which we do. */
  private static final int OUR_SERVICE = 2;

  /** Calls of one peer at work at a time; more are refused. */
  private static final int MAX_INCOMING = (int) Bound.NRI_CALLS.limit();

  /** What large messages of all peers take, half read ones and those that are worked on. */
  private static final SharedBudget MESSAGES = new SharedBudget(Bound.NRI_MESSAGES);

  /** A request is held as a message, as its payload, and as what that says. */
  private static final int COPIES = 3;

  private static final byte[] NOTHING = {};

  /** What the peer may call. */
  @FunctionalInterface
  public interface Service {
    /**
     * Answers a call.
     *
     * @param method {@code service/method}
     * @throws TtrpcException what the peer is told instead of a result
     */
    byte[] answer(String method, byte[] request) throws TtrpcException;
  }

  private final SocketChannel channel;
  private final Service service;
  private final Consumer<String> onClose;
  private final ReentrantLock writing = new ReentrantLock();
  private int lastStream = -1; // guarded by writing; odd numbers, as a client's are
  private final Map<Integer, CompletableFuture<byte[]>> calls = new ConcurrentHashMap<>();
  private final Semaphore incoming = new Semaphore(MAX_INCOMING);
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile String whyClosed = "connection closed";

  /**
   * Takes over a connected socket.
   *
   * @param onClose told once why the connection has ended
   */
  public Peer(SocketChannel channel, Service service, Consumer<String> onClose) {
    this.channel = channel;
    this.service = service;
    this.onClose = onClose;
  }

  /** Begins to read; before this no call is answered. */
  public void start(String name) {
    Thread.ofVirtual().name("nri reader of " + name).start(this::read);
  }

  /**
   * Calls the peer.
   *
   * @param timeout how long the peer may take, also to take in the request
   * @throws TtrpcException the peer's own error, or that the peer is lost
   */
  public byte[] call(String service, String method, byte[] payload, Duration timeout)
      throws TtrpcException {
    byte[] request =
        Ttrpc.Request.newBuilder()
            .setService(service)
            .setMethod(method)
            .setPayload(ByteString.copyFrom(payload))
            .setTimeoutNano(timeout.toNanos())
            .build()
            .toByteArray();
    if (request.length > Message.MAX_DATA_BYTES) {
      throw TtrpcException.answered(
          TtrpcException.RESOURCE_EXHAUSTED,
          "%s takes %d bytes, the limit is %d"
              .formatted(method, request.length, Message.MAX_DATA_BYTES));
    }
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    // In a thread of its own: a peer that does not read must not hold us longer than the timeout.
    Thread.ofVirtual()
        .name("nri call " + method)
        .start(
            HeapGuard.expendable("call " + method + " of a plugin", () -> send(request, answer)));
    try {
      return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      String why = "no answer to %s within %d ms".formatted(method, timeout.toMillis());
      close(why);
      throw TtrpcException.lost(why, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw TtrpcException.answered(TtrpcException.UNKNOWN, method + " was interrupted");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TtrpcException told) {
        throw told;
      }
      throw TtrpcException.lost(String.valueOf(e.getMessage()), e);
    }
  }

  /** The largest payload that {@link #call} takes, with room for the envelope. */
  public static int maxPayloadBytes() {
    return Message.MAX_DATA_BYTES - 1024;
  }

  private void send(byte[] request, CompletableFuture<byte[]> answer) {
    writing.lock();
    try {
      lastStream += 2;
      calls.put(lastStream, answer);
      Trunk.write(
          channel,
          THEIR_SERVICE,
          new Message(lastStream, Message.REQUEST, (byte) 0, ByteString.copyFrom(request))
              .encode());
    } catch (IOException e) {
      close(reason(e));
    } finally {
      writing.unlock();
    }
    if (closed.get()) {
      answer.completeExceptionally(TtrpcException.lost(whyClosed, null));
    }
  }

  private void read() {
    TrunkReader trunk = new TrunkReader(channel);
    try (MessageReader answers = new MessageReader(MESSAGES);
        MessageReader requests = new MessageReader(MESSAGES)) {
      while (true) {
        TrunkReader.Part part = trunk.read();
        switch (part.connection()) {
          case THEIR_SERVICE -> {
            for (Message message : answers.take(part.data())) {
              answered(message);
            }
          }
          case OUR_SERVICE -> {
            for (Message message : requests.take(part.data())) {
              asked(message);
            }
          }
          default -> {} // a connection that nobody opened: NRI drops what comes on it
        }
      }
    } catch (IOException e) {
      close(reason(e));
    } catch (RuntimeException | OutOfMemoryError e) {
      close("reader failed: " + Reasons.of(e));
    }
  }

  /** An answer to nothing is dropped: it can't do harm. */
  private void answered(Message message) throws IOException {
    if (message.type() != Message.RESPONSE) {
      throw new IOException("type %d where an answer belongs".formatted(message.type()));
    }
    @Nullable CompletableFuture<byte[]> call = calls.remove(message.stream());
    if (call == null) {
      return;
    }
    Ttrpc.Response response = parse(Ttrpc.Response.parser(), message);
    if (response.getStatus().getCode() == 0) {
      call.complete(response.getPayload().toByteArray());
    } else {
      call.completeExceptionally(
          TtrpcException.answered(
              response.getStatus().getCode(), response.getStatus().getMessage()));
    }
  }

  private void asked(Message message) throws IOException {
    if (message.type() != Message.REQUEST || message.stream() % 2 == 0) {
      throw new IOException(
          "type %d on stream %d where a request belongs"
              .formatted(message.type(), Integer.toUnsignedLong(message.stream())));
    }
    if (!incoming.tryAcquire()) {
      reply(message.stream(), TtrpcException.RESOURCE_EXHAUSTED, "too many calls at once", NOTHING);
      return;
    }
    SharedBudget.Share share;
    try {
      share = MESSAGES.take((long) COPIES * message.data().size());
    } catch (JcriException e) {
      incoming.release();
      reply(
          message.stream(),
          TtrpcException.RESOURCE_EXHAUSTED,
          String.valueOf(e.getMessage()),
          NOTHING);
      return;
    }
    Thread.ofVirtual()
        .name("nri call of a plugin")
        .start(
            HeapGuard.expendable(
                "a plugin's call",
                () -> {
                  try (share) {
                    serve(message);
                  } finally {
                    incoming.release();
                  }
                }));
  }

  private void serve(Message message) {
    int stream = message.stream();
    try {
      Ttrpc.Request request = parse(Ttrpc.Request.parser(), message);
      byte[] result =
          service.answer(
              request.getService() + "/" + request.getMethod(), request.getPayload().toByteArray());
      reply(stream, 0, "", result);
    } catch (TtrpcException e) {
      reply(stream, e.code(), String.valueOf(e.getMessage()), NOTHING);
    } catch (IOException e) {
      close(reason(e));
    } catch (RuntimeException e) {
      reply(stream, TtrpcException.UNKNOWN, String.valueOf(e.getMessage()), NOTHING);
    }
  }

  private void reply(int stream, int code, String why, byte[] result) {
    Ttrpc.Response.Builder response =
        Ttrpc.Response.newBuilder().setPayload(ByteString.copyFrom(result));
    if (code != 0) {
      response.setStatus(Ttrpc.Status.newBuilder().setCode(code).setMessage(why));
    }
    writing.lock();
    try {
      Trunk.write(
          channel,
          OUR_SERVICE,
          new Message(stream, Message.RESPONSE, (byte) 0, response.build().toByteString())
              .encode());
    } catch (IOException e) {
      close(reason(e));
    } finally {
      writing.unlock();
    }
  }

  private static <T> T parse(com.google.protobuf.Parser<T> parser, Message message)
      throws IOException {
    try {
      return parser.parseFrom(message.data());
    } catch (InvalidProtocolBufferException e) {
      throw new IOException("an envelope that can't be read: " + e.getMessage(), e);
    }
  }

  private static String reason(IOException e) {
    String message = e.getMessage();
    return message == null ? "connection closed" : message;
  }

  /** Why the connection ended. */
  public String whyClosed() {
    return whyClosed;
  }

  public boolean isClosed() {
    return closed.get();
  }

  @Override
  public void close() {
    close("closed by jcri");
  }

  private void close(String why) {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    whyClosed = why;
    try {
      channel.close();
    } catch (IOException e) {
      whyClosed = why + "; " + e.getMessage();
    }
    calls.values().forEach(call -> call.completeExceptionally(TtrpcException.lost(why, null)));
    onClose.accept(whyClosed);
  }
}
