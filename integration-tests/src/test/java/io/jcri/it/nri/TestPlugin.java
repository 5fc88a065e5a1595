package io.jcri.it.nri;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.jcri.it.kit.Waiting;
import io.jcri.it.nri.PluginWire.Frame;
import io.jcri.nri.v1alpha1.NriApi;
import io.jcri.nri.v1alpha1.Ttrpc;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An NRI plugin that does what a test wants. It hears of every event. */
final class TestPlugin implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String RUNTIME = "nri.pkg.api.v1alpha1.Runtime";

  /** What the plugin does when it is called. */
  @FunctionalInterface
  interface Handler {
    MessageLite answer(ByteString request) throws Exception;
  }

  /** A call as it came. */
  record Call(String method, ByteString request) {
    /** The container that it is about, empty for a pod's. */
    NriApi.Container container() throws InvalidProtocolBufferException {
      return NriApi.CreateContainerRequest.parseFrom(request).getContainer();
    }

    NriApi.PodSandbox pod() throws InvalidProtocolBufferException {
      return NriApi.CreateContainerRequest.parseFrom(request).getPod();
    }
  }

  private final PluginWire wire;
  private final String index;
  private final String base;
  private final Map<String, Handler> handlers = new ConcurrentHashMap<>();
  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final Map<Integer, CompletableFuture<Ttrpc.Response>> waiting = new ConcurrentHashMap<>();
  private final AtomicInteger streams = new AtomicInteger(-1);
  private final CountDownLatch ended = new CountDownLatch(1);

  private TestPlugin(PluginWire wire, String index, String base) {
    this.wire = wire;
    this.index = index;
    this.base = base;
    on("Configure", request -> NriApi.ConfigureResponse.getDefaultInstance());
    on("Synchronize", request -> NriApi.SynchronizeResponse.getDefaultInstance());
  }

  /** A plugin that has connected and not yet registered. */
  static TestPlugin dial(Path socket, String index, String base) throws IOException {
    TestPlugin plugin = new TestPlugin(PluginWire.connect(socket), index, base);
    Thread.ofVirtual().name("test plugin " + base).start(plugin::serve);
    return plugin;
  }

  /** A plugin that has registered and heard of all there is. */
  static TestPlugin join(Path socket, String index, String base) throws IOException {
    TestPlugin plugin = dial(socket, index, base);
    plugin.register();
    plugin.awaitCall("Synchronize");
    return plugin;
  }

  TestPlugin on(String method, Handler handler) {
    handlers.put(method, handler);
    return this;
  }

  /** Adjusts every container that is created. */
  TestPlugin adjust(NriApi.ContainerAdjustment adjustment) {
    return on(
        "CreateContainer",
        request -> NriApi.CreateContainerResponse.newBuilder().setAdjust(adjustment).build());
  }

  Ttrpc.Response register() throws IOException {
    return call(
        "RegisterPlugin",
        NriApi.RegisterPluginRequest.newBuilder().setPluginIdx(index).setPluginName(base).build());
  }

  /** Asks the runtime for updates and evictions that it has not asked for. */
  NriApi.UpdateContainersResponse update(NriApi.UpdateContainersRequest request)
      throws IOException {
    Ttrpc.Response response = call("UpdateContainers", request);
    if (response.getStatus().getCode() != 0) {
      throw new IOException(response.getStatus().getMessage());
    }
    return NriApi.UpdateContainersResponse.parseFrom(response.getPayload());
  }

  Ttrpc.Response call(String method, MessageLite request) throws IOException {
    return call(RUNTIME, method, request.toByteString());
  }

  Ttrpc.Response call(String service, String method, ByteString payload) throws IOException {
    int stream = streams.addAndGet(2);
    CompletableFuture<Ttrpc.Response> answer = new CompletableFuture<>();
    waiting.put(stream, answer);
    wire.write(
        new Frame(
            PluginWire.RUNTIME_SERVICE,
            stream,
            PluginWire.REQUEST,
            Ttrpc.Request.newBuilder()
                .setService(service)
                .setMethod(method)
                .setPayload(payload)
                .build()
                .toByteString()));
    Waiting.until(PATIENCE, answer::isDone, () -> "no answer to " + method);
    return answer.join();
  }

  PluginWire wire() {
    return wire;
  }

  List<Call> calls() {
    return List.copyOf(calls);
  }

  List<Call> calls(String method) {
    return calls.stream().filter(call -> call.method().equals(method)).toList();
  }

  List<String> methods() {
    return calls.stream().map(Call::method).toList();
  }

  Call awaitCall(String method) throws IOException {
    Waiting.until(
        PATIENCE,
        () -> !calls(method).isEmpty(),
        () -> "no call of %s, only of %s".formatted(method, methods()));
    return calls(method).getFirst();
  }

  /** Waits until the daemon has cut the connection. */
  void awaitEnd() throws IOException {
    Waiting.until(PATIENCE, this::hasEnded, () -> "still connected");
  }

  boolean hasEnded() {
    return ended.getCount() == 0;
  }

  private void serve() {
    try {
      for (@Nullable Frame frame = wire.read(); frame != null; frame = wire.read()) {
        Frame message = frame;
        if (message.connection() == PluginWire.RUNTIME_SERVICE) {
          @Nullable CompletableFuture<Ttrpc.Response> answer = waiting.remove(message.stream());
          if (answer != null) {
            answer.complete(Ttrpc.Response.parseFrom(message.data()));
          }
        } else {
          Ttrpc.Request request = Ttrpc.Request.parseFrom(message.data());
          calls.add(new Call(request.getMethod(), request.getPayload()));
          Thread.ofVirtual().start(() -> answer(message.stream(), request));
        }
      }
    } catch (IOException closed) {
      // the end of the connection, which tests wait for
    } finally {
      ended.countDown();
    }
  }

  private void answer(int stream, Ttrpc.Request request) {
    Ttrpc.Response.Builder response = Ttrpc.Response.newBuilder();
    try {
      Handler handler =
          handlers.getOrDefault(request.getMethod(), payload -> NriApi.Empty.getDefaultInstance());
      response.setPayload(handler.answer(request.getPayload()).toByteString());
    } catch (Unimplemented e) {
      response.setStatus(Ttrpc.Status.newBuilder().setCode(12).setMessage("no such method"));
    } catch (Exception e) {
      response.setStatus(
          Ttrpc.Status.newBuilder().setCode(2).setMessage(String.valueOf(e.getMessage())));
    }
    try {
      wire.write(
          new Frame(
              PluginWire.PLUGIN_SERVICE,
              stream,
              PluginWire.RESPONSE,
              response.build().toByteString()));
    } catch (IOException gone) {
      ended.countDown();
    }
  }

  /** Thrown by a handler: the plugin does not know the method. */
  static final class Unimplemented extends Exception {
    private static final long serialVersionUID = 1L;
  }

  /** Ends the connection, as a plugin does that dies. */
  void hangUp() throws IOException {
    wire.close();
  }

  @Override
  public void close() throws IOException {
    hangUp();
  }
}
