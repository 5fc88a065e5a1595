package io.jcri.daemon.nri;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.nri.ttrpc.Peer;
import io.jcri.daemon.nri.ttrpc.TtrpcException;
import io.jcri.nri.v1alpha1.NriApi;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first steps of a plugin that has connected: it names itself, is configured, and says which
 * events it wants.
 */
final class Registration {
  private static final Logger log = LoggerFactory.getLogger(Registration.class);
  private static final String RUNTIME = "nri.pkg.api.v1alpha1.Runtime/";
  private static final String NRI_VERSION = "v0.12.0";
  private static final Pattern INDEX = Pattern.compile("[0-9]{2}");

  /** What a registered plugin may ask of the runtime by itself. */
  @FunctionalInterface
  interface Requests {
    NriApi.UpdateContainersResponse update(String plugin, NriApi.UpdateContainersRequest request);
  }

  /**
   * A program that the daemon has started itself.
   *
   * @param configuration the text of its file, or empty
   */
  record Preinstalled(String index, String base, String configuration) {}

  private record Names(String index, String base) {}

  private final Supplier<DaemonConfig.Nri> config;
  private final String runtimeVersion;
  private final Requests requests;
  private final Runnable onClose;

  /**
   * For all plugins of a daemon.
   *
   * @param onClose run whenever a plugin's connection has ended
   */
  Registration(
      Supplier<DaemonConfig.Nri> config,
      String runtimeVersion,
      Requests requests,
      Runnable onClose) {
    this.config = config;
    this.runtimeVersion = runtimeVersion;
    this.requests = requests;
    this.onClose = onClose;
  }

  /**
   * Makes a plugin of a connection, which is closed when that fails.
   *
   * @param known what the plugin is called already, when the daemon has started it
   * @throws IOException saying why it is none
   */
  Plugin register(SocketChannel channel, Optional<Preinstalled> known) throws IOException {
    CompletableFuture<Names> registered = new CompletableFuture<>();
    Peer peer =
        new Peer(
            channel,
            (method, request) -> answer(method, request, known, registered),
            why -> {
              if (!registered.completeExceptionally(new IOException(why))) {
                gone(registered, why);
              }
              onClose.run();
            });
    peer.start(known.map(Preinstalled::base).orElse("a new plugin"));
    try {
      Names names = await(registered, peer);
      NriApi.ConfigureResponse configured =
          Plugin.call(
              peer,
              "Configure",
              NriApi.ConfigureRequest.newBuilder()
                  .setConfig(known.map(Preinstalled::configuration).orElse(""))
                  .setRuntimeName("jcri")
                  .setRuntimeVersion(runtimeVersion)
                  .setRegistrationTimeout(config.get().registrationTimeout().toMillis())
                  .setRequestTimeout(config.get().requestTimeout().toMillis())
                  .setNRIVersion(NRI_VERSION)
                  .build(),
              NriApi.ConfigureResponse.parser(),
              config.get().requestTimeout());
      int events = configured.getEvents() == 0 ? Plugin.ALL_EVENTS : configured.getEvents();
      if ((events & ~Plugin.ALL_EVENTS) != 0) {
        throw new IOException(
            "plugin %s-%s wants unknown events: 0x%x"
                .formatted(names.index(), names.base(), configured.getEvents()));
      }
      return new Plugin(peer, names.index(), names.base(), events, config.get().requestTimeout());
    } catch (IOException e) {
      peer.close();
      throw e;
    }
  }

  private static void gone(CompletableFuture<Names> registered, String why) {
    if (!registered.isCompletedExceptionally()) {
      Names names = registered.join();
      log.info("NRI plugin {}-{} has gone: {}", names.index(), names.base(), why);
    }
  }

  private Names await(CompletableFuture<Names> registered, Peer peer) throws IOException {
    try {
      return registered.get(config.get().registrationTimeout().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new IOException(
          "it did not register within %d ms"
              .formatted(config.get().registrationTimeout().toMillis()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      throw new IOException(
          "it did not register: " + (peer.isClosed() ? peer.whyClosed() : e.getMessage()), e);
    }
  }

  private byte[] answer(
      String method,
      byte[] request,
      Optional<Preinstalled> known,
      CompletableFuture<Names> registered)
      throws TtrpcException {
    return switch (method) {
      case RUNTIME + "RegisterPlugin" -> {
        NriApi.RegisterPluginRequest names = parse(NriApi.RegisterPluginRequest.parser(), request);
        Names accepted =
            known
                .map(plugin -> new Names(plugin.index(), plugin.base()))
                .orElseGet(() -> new Names(names.getPluginIdx(), names.getPluginName()));
        check(accepted);
        if (!registered.complete(accepted)) {
          throw invalid("this connection has registered a plugin already");
        }
        yield NriApi.Empty.getDefaultInstance().toByteArray();
      }
      case RUNTIME + "UpdateContainers" -> {
        if (!registered.isDone() || registered.isCompletedExceptionally()) {
          throw invalid("only a registered plugin may update containers");
        }
        Names names = registered.join();
        yield requests
            .update(
                names.index() + "-" + names.base(),
                parse(NriApi.UpdateContainersRequest.parser(), request))
            .toByteArray();
      }
      default ->
          throw TtrpcException.answered(
              TtrpcException.UNIMPLEMENTED, "method " + method + " is unknown");
    };
  }

  private static void check(Names names) throws TtrpcException {
    if (names.base().isEmpty()) {
      throw invalid("a plugin needs a name");
    }
    if (!INDEX.matcher(names.index()).matches()) {
      throw invalid(
          "plugin %s has index \"%s\", which is not two digits"
              .formatted(names.base(), names.index()));
    }
  }

  private static <T extends MessageLite> T parse(Parser<T> parser, byte[] request)
      throws TtrpcException {
    try {
      return parser.parseFrom(request);
    } catch (InvalidProtocolBufferException e) {
      throw invalid("the request can't be read: " + e.getMessage());
    }
  }

  private static TtrpcException invalid(String why) {
    return TtrpcException.answered(TtrpcException.INVALID_ARGUMENT, why);
  }
}
